// The types of Deno.listenDatagram, which Deno before 2.9 keeps among its unstable ones.
/// <reference lib="deno.unstable" />
import type { Endpoint } from "../addresses/mod.ts";
import { SLOT_BYTES } from "../os/mod.ts";
import { countLatency, UDP_LATENCY } from "../stats/mod.ts";
import { REPLY_ROOM_BYTES, UdpHandler, type UdpService } from "./handle.ts";

/** Replies handed to Deno and not yet sent, at most; beyond that they are dropped, as a full socket would do. */
const UNSENT_MAX = 1024;

/** `REPLY_ROOM_BYTES` rounded up to whole words. */
const REPLY_BYTES = (REPLY_ROOM_BYTES + 3) & ~3;

/**
 * Serves one address through `Deno.listenDatagram`: slower than the C library, but wherever Deno runs. It does not tell
 * which address a datagram was sent to, so on a wildcard address replies leave from the one that the route has.
 */
export class DenoServer {
  /** Fulfilled once `close` was called; rejected when the socket fails. */
  readonly done: Promise<void>;
  readonly #socket: Deno.DatagramConn;
  readonly #handler: UdpHandler;
  readonly #counters: Float64Array;
  readonly #request = new Uint8Array(SLOT_BYTES);
  readonly #reply = new Uint8Array(REPLY_BYTES);
  #unsent = 0;
  #isClosed = false;

  /** Opens the socket and begins to serve it. Throws when it cannot be opened. */
  constructor(address: Endpoint, service: UdpService) {
    this.#socket = Deno.listenDatagram({ transport: "udp", ...address });
    this.#handler = new UdpHandler(service, this.#request.buffer, this.#reply.buffer);
    this.#counters = service.counters;
    this.done = this.#serve();
  }

  /** Closes the socket. */
  close(): void {
    this.#isClosed = true;
    this.#socket.close();
  }

  async #serve(): Promise<void> {
    while (!this.#isClosed) {
      let received: [Uint8Array, Deno.Addr];
      try {
        received = await this.#socket.receive(this.#request);
      } catch (error) {
        if (this.#isClosed) return;
        // Windows tells here that an earlier reply found nobody.
        if (error instanceof Deno.errors.ConnectionReset) continue;
        throw error;
      }
      const receivedMs = performance.now();
      this.#answer(received[0].length, received[1] as Deno.NetAddr, receivedMs);
      countLatency(this.#counters, UDP_LATENCY, (performance.now() - receivedMs) * 1000, 1);
    }
  }

  #answer(length: number, sender: Deno.NetAddr, nowMs: number): void {
    const handler = this.#handler;
    handler.sources[0].readText(sender.hostname, sender.port);
    // No other thread has this socket, so this thread's own clock will do for the connection ids.
    const nowSec = Math.floor(nowMs / 1000);
    handler.read(0, 0, length, nowSec);
    const replyLength = handler.answer(0, 0, nowSec);
    if (replyLength === 0 || this.#unsent === UNSENT_MAX) return;
    this.#unsent++;
    // A copy, because the next reply may be written before this one is sent. Nobody waits for it; a reply that cannot
    // be delivered is lost, as any datagram may be.
    this.#socket.send(this.#reply.slice(0, replyLength), sender).then(this.#sent, this.#sent);
  }

  readonly #sent = (): void => {
    this.#unsent--;
  };
}
