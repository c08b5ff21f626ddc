// A server in a tracker's place, which says what a test wants.
import { STATS_JSON, TOP_JSON } from "../../src/stats/mod.ts";
import { reportSource, snapshot } from "../stats/report_source.ts";

/** The token that some of them ask for. */
export const TOKEN = "0123456789abcdef";

/** Serves on loopback. Disposing it ends it. */
export class Stub implements AsyncDisposable {
  /** What it answers requests for the statistics with; null = the made-up tracker's, a second older each time. */
  answer: ((request: Request) => Response) | null = null;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #asked = 0;

  constructor(tls: { cert: string; key: string } | null = null) {
    const options = { hostname: "127.0.0.1", port: 0, onListen() {}, ...tls };
    this.#server = Deno.serve(options, (request) => this.#serve(request));
  }

  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  async #serve(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === TOP_JSON.target) return new Response(await TOP_JSON.render(reportSource()));
    if (pathname !== STATS_JSON.target) return new Response(null, { status: 404 });
    if (this.answer !== null) return this.answer(request);
    const seen = snapshot();
    seen.timeUnixMs += 1000 * this.#asked;
    seen.requests.udpAnnounces += 777 * this.#asked++;
    return new Response(await STATS_JSON.render(reportSource({ snapshot: seen })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
