// The page as a tracker serves it, from a made-up state that a test changes while a browser looks at it.
import { PAGE_FILES, pageDocuments, type PageOptions } from "../../src/page/mod.ts";
import { HISTORY_JSON, type ReportDocument, type ReportSource } from "../../src/stats/mod.ts";
import { reportSource } from "../stats/report_source.ts";

/** Where announces are answered, as far as the page knows. */
export const PAGE_OPTIONS: PageOptions = {
  announce: [
    { scheme: "udp", port: 6969 },
    { scheme: "udp", port: 6969 },
    { scheme: "http", port: 8080 },
  ],
  ownAnnounces: true,
  up: "",
  statsName: "stats",
};

/** Serves one page and its files in `folder`. Disposing it closes it. */
export class PageServer implements AsyncDisposable {
  /** What is told of; a test may change it and replace it. */
  source: ReportSource = reportSource();
  /** Answered to everything, when it is not 200. */
  status = 200;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #folder: string;
  readonly #options: PageOptions;

  constructor(options = PAGE_OPTIONS, folder = "/", port = 0) {
    this.#options = options;
    this.#folder = folder;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => this.#answer(new URL(request.url).pathname),
    );
  }

  /** Of the listener. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Of the page, for a browser that is told that `host` is this machine. */
  url(host = "127.0.0.1"): string {
    return `http://${host}:${this.port}${this.#folder}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(path: string): Response | Promise<Response> {
    if (this.status !== 200) return new Response("", { status: this.status });
    const file = PAGE_FILES.find(({ name }) => path === this.#folder + name);
    if (file !== undefined) {
      return new Response(file.text, { headers: { "content-type": file.contentType } });
    }
    if (path === `${this.#folder}history.json`) return this.#render(HISTORY_JSON);
    if (path === this.#folder) return this.#render(pageDocuments(this.#options)[0]);
    return new Response("", { status: 404 });
  }

  async #render(document: ReportDocument): Promise<Response> {
    const headers = new Headers({ "content-type": document.contentType });
    for (const [, name, value] of document.headers.matchAll(/^(.+?): (.+)\r\n/gm)) headers.set(name, value);
    return new Response(await document.render(this.source), { headers });
  }
}
