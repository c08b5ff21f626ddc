/** Full scrapes on their way to clients of the libc transport. @module */

import { BlockingSocket, type Libc } from "../os/mod.ts";
import type { PeerTable } from "../peers/mod.ts";
import { AnswerBuffer, CONNECTION_CLOSE } from "./answer_buffer.ts";
import { readBody } from "./body_stream.ts";
import { FullScrape } from "./full_scrape.ts";
import { ascii } from "./query.ts";
import { BUSY } from "./refusal.ts";
import type { HttpStreamMessage } from "./worker_messages.ts";

/** Answers under way at the same time. Each holds some pieces of 64 KiB, and a thread while it waits for its client. */
const STREAMS_MAX = 16;

/** Answers under way when the sender is told to stop get this long. */
const STOP_MS_MAX = 1000;

/** Sends to some clients at the same time. One a thread. */
export class StreamSender {
  readonly #libc: Libc;
  readonly #table: PeerTable;
  readonly #timeoutSec: number;
  readonly #sendings = new Map<BlockingSocket, Promise<void>>();

  /** A client that does not take a piece, of up to 64 KiB, within `timeoutSec` is dropped. */
  constructor(libc: Libc, table: PeerTable, timeoutSec: number) {
    this.#libc = libc;
    this.#table = table;
    this.#timeoutSec = timeoutSec;
  }

  /** Begins to send an answer, and closes the socket in the end. Where too many are under way, it answers that. */
  begin({ fd, head, gzip }: HttpStreamMessage): void {
    const socket = new BlockingSocket(this.#libc, fd, this.#timeoutSec);
    const isBusy = this.#sendings.size >= STREAMS_MAX;
    const sending = isBusy ? refuse(socket) : sendAll(socket, head, new FullScrape(this.#table, gzip));
    this.#sendings.set(socket, sending.then((isWhole) => this.#end(socket, isWhole)));
  }

  /** Waits, within bounds, for what is under way. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => {
      for (const socket of this.#sendings.keys()) socket.cut();
    }, STOP_MS_MAX);
    await Promise.all(this.#sendings.values());
    clearTimeout(timer);
  }

  #end(socket: BlockingSocket, isWhole: boolean): void {
    socket.close(isWhole);
    this.#sendings.delete(socket);
  }
}

/** False when not all has left; so with `refuse`. */
async function sendAll(socket: BlockingSocket, head: string, body: FullScrape): Promise<boolean> {
  if (!await socket.send(ascii(head))) return false;
  for await (const piece of readBody(body)) {
    if (!await socket.send(piece)) return false;
  }
  return true;
}

async function refuse(socket: BlockingSocket): Promise<boolean> {
  const answers = new AnswerBuffer();
  answers.append(BUSY, CONNECTION_CLOSE, false);
  return await socket.send(answers.rest(0));
}
