// A service manager, as far as it is told things: the socket of sd_notify(3).
import { PROCESS_MS } from "./process.ts";
import { within } from "./within.ts";

/** Collects what a tracker tells. */
export class FakeManager implements Disposable {
  /** Each datagram that came, as its lines. */
  readonly told: string[][] = [];
  readonly #socket: Deno.DatagramConn;
  #news = Promise.withResolvers<void>();

  /** Listens at `path`. */
  constructor(path: string) {
    this.#socket = Deno.listenDatagram({ transport: "unixpacket", path });
    this.#receive();
  }

  /** Every line so far, in order. */
  get lines(): string[] {
    return this.told.flat();
  }

  /** Waits until `isTrue`. */
  async wait(isTrue: () => boolean): Promise<void> {
    const search = async () => {
      while (!isTrue()) await this.#news.promise;
    };
    await within(
      PROCESS_MS,
      search(),
      () => `The manager was told no more than ${JSON.stringify(this.told)}`,
    );
  }

  /** Waits for a line, among all so far or to come. */
  async waitFor(line: string): Promise<void> {
    await this.wait(() => this.lines.includes(line));
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  async #receive(): Promise<void> {
    for await (const [datagram] of this.#socket) {
      this.told.push(new TextDecoder().decode(datagram).split("\n"));
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }
  }
}
