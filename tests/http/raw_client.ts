// Connections of which a test sees every byte, and when they end.
import type { HttpEndpoint } from "../../src/addresses/mod.ts";
import { within } from "../within.ts";

const READ_MS = 20_000;
const PIECE_BYTES = 65_536;

/** One answer of a connection that may go on. */
export interface RawAnswer {
  status: number;
  /** The head's lines behind the first, by lower-case name. */
  fields: Map<string, string>;
  body: string;
}

/** A client's end of a connection, text being latin-1. */
export class RawClient implements Disposable {
  readonly #connection: Deno.Conn;
  #text = "";
  #isOpen = true;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  static async connect(endpoint: HttpEndpoint): Promise<RawClient> {
    if (endpoint.kind === "unix") {
      return new RawClient(await Deno.connect({ transport: "unix", path: endpoint.path }));
    }
    return new RawClient(await Deno.connect({ hostname: endpoint.hostname, port: endpoint.port }));
  }

  /** Sends the text. Rejects when the server has closed the connection. */
  async send(text: string): Promise<void> {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
  }

  /** Tells the server that no more will be sent. */
  async endSending(): Promise<void> {
    await (this.#connection as Deno.TcpConn).closeWrite();
  }

  /** Reads one answer; `isHead` when it has no body, whatever its head says. */
  async answer(isHead = false): Promise<RawAnswer> {
    const headEnd = await this.#find("\r\n\r\n") + 4;
    const [first, ...lines] = this.#text.slice(0, headEnd - 4).split("\r\n");
    const [, status] = /^HTTP\/1\.[01] (\d{3}) /.exec(first) ?? [];
    if (status === undefined) throw new Error(`No HTTP answer: ${JSON.stringify(this.#text)}`);
    const fields = new Map(lines.map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
    }));
    const length = isHead ? 0 : Number(fields.get("content-length") ?? 0);
    await this.#receive(() => this.#text.length >= headEnd + length);
    const body = this.#text.slice(headEnd, headEnd + length);
    this.#text = this.#text.slice(headEnd + length);
    return { status: Number(status), fields, body };
  }

  /** Reads until the server ends the connection, in order or by a reset. Returns what came. */
  async end(): Promise<string> {
    await this.#receive(() => !this.#isOpen);
    return this.#text;
  }

  /** Whether the server has ended the connection by the time it has sent something or `waitMs` are over. */
  async hasEnded(waitMs: number): Promise<boolean> {
    if (!this.#isOpen) return true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, waitMs));
    await Promise.race([this.#read(), late]);
    clearTimeout(timer);
    return !this.#isOpen;
  }

  async #find(text: string): Promise<number> {
    await this.#receive(() => this.#text.includes(text));
    return this.#text.indexOf(text);
  }

  async #receive(isEnough: () => boolean): Promise<void> {
    while (!isEnough()) {
      if (!this.#isOpen) throw new Error(`The connection ended after ${JSON.stringify(this.#text)}`);
      await within(READ_MS, this.#read(), () => `Only ${JSON.stringify(this.#text)} came`);
    }
  }

  async #read(): Promise<void> {
    const piece = new Uint8Array(PIECE_BYTES);
    try {
      const count = await this.#connection.read(piece);
      if (count === null) this.#isOpen = false;
      else this.#text += new TextDecoder("latin1").decode(piece.subarray(0, count));
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      this.#isOpen = false;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

/** A request for `target` with further lines of a head. */
export function get(target: string, ...lines: string[]): string {
  return ["GET " + target + " HTTP/1.1", "Host: tracker", ...lines, "", ""].join("\r\n");
}
