/** Lists of all torrents on their way to clients of the libc transport. @module */

import { BlockingSocket, type Libc } from "../os/mod.ts";
import type { PeerTable } from "../peers/mod.ts";
import { httpErrorCounter } from "../stats/mod.ts";
import { AnswerBuffer, CONNECTION_CLOSE } from "./answer_buffer.ts";
import { readBody } from "./body_stream.ts";
import { type FullScrapeTurn, giveBackTurn } from "./full_scrape_limit.ts";
import { ascii } from "./query.ts";
import { BUSY } from "./refusal.ts";
import { TorrentList } from "./torrent_list.ts";
import type { HttpStreamMessage } from "./worker_messages.ts";

/** Answers under way at the same time. Each holds some pieces of 64 KiB, and a thread while it waits for its client. */
const STREAMS_MAX = 16;
const BUSY_COUNTER = httpErrorCounter("unavailable");

/** Answers under way when the sender is told to stop get this long. */
const STOP_MS_MAX = 1000;

/** Sends to some clients at the same time. One a thread. */
export class StreamSender {
  readonly #libc: Libc;
  readonly #table: PeerTable;
  readonly #counters: Float64Array;
  readonly #timeoutSec: number;
  readonly #onFullScrape: (client: string) => void;
  readonly #sendings = new Map<BlockingSocket, Promise<void>>();

  /**
   * `counters` is the row that this thread alone writes. A client that does not take a piece, of up to 64 KiB, within
   * `timeoutSec` is dropped. `onFullScrape` is told the address of each client to which a list is sent.
   */
  constructor(
    libc: Libc,
    table: PeerTable,
    counters: Float64Array,
    timeoutSec: number,
    onFullScrape: (client: string) => void,
  ) {
    this.#libc = libc;
    this.#table = table;
    this.#counters = counters;
    this.#timeoutSec = timeoutSec;
    this.#onFullScrape = onFullScrape;
  }

  /** Begins to send an answer, and closes the socket in the end. Where too many are under way, it answers that. */
  begin(message: HttpStreamMessage): void {
    const { fd, head, turn } = message;
    const socket = new BlockingSocket(this.#libc, fd, this.#timeoutSec);
    const sending = this.#sendings.size >= STREAMS_MAX
      ? this.#refuse(socket, turn)
      : sendAll(socket, head, new TorrentList(this.#table, message, this.#counters, this.#onFullScrape));
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

  /** False when not all has left; so with `sendAll`. */
  async #refuse(socket: BlockingSocket, turn: FullScrapeTurn | null): Promise<boolean> {
    this.#counters[BUSY_COUNTER]++;
    giveBackTurn(turn);
    const answers = new AnswerBuffer();
    answers.append(BUSY, CONNECTION_CLOSE, false);
    return await socket.send(answers.rest(0));
  }

  #end(socket: BlockingSocket, isWhole: boolean): void {
    socket.close(isWhole);
    this.#sendings.delete(socket);
  }
}

async function sendAll(socket: BlockingSocket, head: string, body: TorrentList): Promise<boolean> {
  if (!await socket.send(ascii(head))) return false;
  for await (const piece of readBody(body)) {
    if (!await socket.send(piece)) return false;
  }
  return true;
}
