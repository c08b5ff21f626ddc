import { urlOf } from "./program.ts";

const CONNECT = 0;
/** Where the action lies in requests. */
const ACTION = 8;
/** Bytes of an answer to a connect, and to an announce when there are no peers. */
const CONNECT_ANSWER = 16, ANNOUNCE_ANSWER = 20;

/** An announce that is to be answered. */
export interface Asked {
  /** How many came before. */
  index: number;
  from: Deno.Addr;
  /** The right answer, without peers. */
  answer: Uint8Array<ArrayBuffer>;
  /** Answers. */
  send(answer: Uint8Array): Promise<unknown>;
}

/** A tracker that answers connects at once and announces as it is told to. */
export class FakeTracker implements Disposable {
  readonly #socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });

  constructor(answer: (asked: Asked) => unknown) {
    this.#serve(answer);
  }

  get url(): string {
    return urlOf(this.#socket.addr as Deno.NetAddr);
  }

  async #serve(answerAnnounce: (asked: Asked) => unknown): Promise<void> {
    let announces = 0;
    for await (const [request, from] of this.#socket) {
      const isConnect = new DataView(request.buffer).getUint32(ACTION) === CONNECT;
      const answer = new Uint8Array(isConnect ? CONNECT_ANSWER : ANNOUNCE_ANSWER);
      // The action and the transaction id.
      answer.set(request.subarray(ACTION, ACTION + 8));
      const send = (bytes: Uint8Array) => this.#socket.send(bytes, from);
      if (isConnect) await send(answer);
      else answerAnnounce({ index: announces++, from, answer, send });
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
