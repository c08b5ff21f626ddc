/**
 * What the tracker tells of itself: takes a snapshot each second, makes the documents of it that somebody reads, and puts
 * them on the board, from which the threads of HTTP serve them.
 *
 * @module
 */

import { type Config, VERSION } from "./config/mod.ts";
import { gzip } from "./gzip.ts";
import type { StatisticsParts } from "./http/mod.ts";
import { log } from "./log.ts";
import { type PeerTable, tableStats, type TopTorrents } from "./peers/mod.ts";
import { reportDocuments, reportFiles } from "./report_documents.ts";
import { nowSec } from "./saver.ts";
import type { Sockets } from "./sockets.ts";
import {
  BoardWriter,
  createBoard,
  DOCUMENT_BYTES_MAX,
  type ProcessUsage,
  type ReportDocument,
  type ReportSource,
  StatsReader,
  type StatsReaderOptions,
} from "./stats/mod.ts";

const TICK_MS = 1000;
/** A document that was asked for within so many ticks is made anew with each tick, the others once in a while. */
const READ_TICKS = 60;
const UNREAD_EACH_TICKS = 10;
/** Between two walks of the table for the top torrents: where somebody reads of them, and where nobody does. */
const TOP_TICKS = 10;
const UNREAD_TOP_TICKS = 60;
/** Torrents in each list of the top ones. */
const TOP_COUNT = 100;
/** Documents of fewer characters fit into one packet as they are. */
const GZIP_LENGTH_MIN = 1024;

/** What there is to report on once the threads run. */
export interface ReportsOptions
  extends Pick<StatsReaderOptions, "counters" | "workers" | "isSaved" | "isReady"> {
  table: PeerTable;
  /** Asks for the top torrents, so many of each list; with them `takeTop` is to be called then. */
  askTop: (count: number) => void;
}

/** The reports of one tracker. */
export class Reports {
  /** What the threads of HTTP serve from. */
  readonly parts: StatisticsParts;
  readonly #documents: readonly ReportDocument[];
  readonly #board: BoardWriter;
  readonly #showsHashes: boolean;
  readonly #usage: () => ProcessUsage;
  /** By document: the tick by which it was asked for last. */
  readonly #askedAt: number[];
  /** Documents that something was said about; it is said once. */
  readonly #complained = new Set<ReportDocument>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #tick: (ofAll: boolean) => Promise<void> = () => Promise.resolve();
  #ticks = 0;
  /** The making of documents that is under way; null when none is. */
  #making: Promise<void> | null = null;
  #top: TopTorrents = { byPeers: [], bySeeders: [] };
  /** As long ago as has them found with the first tick. */
  #topAskedAt = -UNREAD_TOP_TICKS;
  /** Whether they were asked for and did not come yet: a save that takes long goes first. */
  #isTopAwaited = false;

  /** The reports of a tracker that serves at `sockets`; null when it is not to tell of itself, or has nowhere to. */
  static async create(
    config: Config,
    sockets: Sockets,
    tokens: StatisticsParts["tokens"],
    usage: () => ProcessUsage,
  ): Promise<Reports | null> {
    if (!config.stats || sockets.http.workers.length + sockets.https.workers.length === 0) return null;
    const files = await reportFiles();
    return new Reports(reportDocuments(config, sockets), { files, tokens }, config.statsHashes, usage);
  }

  /**
   * `parts` is what goes along with the documents, `showsHashes` says whether info hashes are told, and `usage` tells what
   * the process uses.
   */
  constructor(
    documents: readonly ReportDocument[],
    parts: Omit<StatisticsParts, "board">,
    showsHashes: boolean,
    usage: () => ProcessUsage,
  ) {
    const board = createBoard(documents);
    this.parts = { ...parts, board };
    this.#documents = documents;
    this.#board = new BoardWriter(board);
    this.#showsHashes = showsHashes;
    this.#usage = usage;
    this.#askedAt = documents.map(() => -Infinity);
  }

  /** Begins to report, and resolves when every document is there. */
  begin({ table, askTop, ...counted }: ReportsOptions): Promise<void> {
    const { maxTorrents, maxPeers } = table;
    const reader = new StatsReader({
      ...counted,
      version: VERSION,
      table: () => ({ ...tableStats(table), maxTorrents, maxPeers }),
      usage: this.#usage,
      nowSec,
      unixMs: Date.now,
    });
    this.#tick = (ofAll) => this.#report(reader, askTop, ofAll);
    this.#timer = setInterval(() => void this.#tick(false), TICK_MS);
    return this.refresh();
  }

  /** Makes all documents anew, and resolves when they are. */
  async refresh(): Promise<void> {
    await this.#making;
    await this.#tick(true);
  }

  /** Ends it; what is on the board stays there. */
  end(): void {
    clearInterval(this.#timer);
  }

  /** Takes the top torrents that were asked for. */
  takeTop(top: TopTorrents): void {
    this.#isTopAwaited = false;
    this.#top = top;
  }

  async #report(reader: StatsReader, askTop: (count: number) => void, ofAll: boolean): Promise<void> {
    const tick = this.#ticks++;
    // While documents are still made, too: rates and the history are of seconds.
    const snapshot = reader.read();
    if (this.#making !== null) return;
    this.#noteReaders(tick);
    if (this.#isTopDue(tick)) askTop(TOP_COUNT);
    const { byPeers, bySeeders } = this.#top;
    const source: ReportSource = {
      snapshot,
      history: reader.history,
      top: byPeers,
      topBySeeders: bySeeders,
      showsHashes: this.#showsHashes,
    };
    const due = [...this.#documents.keys()].filter((number) => ofAll || this.#isDue(number, tick));
    this.#making = this.#make(due, source);
    await this.#making;
    this.#making = null;
  }

  #noteReaders(tick: number): void {
    for (const number of this.#documents.keys()) {
      if (this.#board.wasAsked(number)) this.#askedAt[number] = tick;
    }
  }

  #isTopDue(tick: number): boolean {
    if (this.#isTopAwaited) return false;
    const isRead = this.#documents.some(({ needsTop }, number) => needsTop && this.#isRead(number, tick));
    if (tick - this.#topAskedAt < (isRead ? TOP_TICKS : UNREAD_TOP_TICKS)) return false;
    this.#topAskedAt = tick;
    this.#isTopAwaited = true;
    return true;
  }

  /** Those that nobody reads have each a tick of their own. */
  #isDue(number: number, tick: number): boolean {
    return this.#isRead(number, tick) || (tick + number) % UNREAD_EACH_TICKS === 0;
  }

  #isRead(number: number, tick: number): boolean {
    return tick - this.#askedAt[number] < READ_TICKS;
  }

  async #make(numbers: readonly number[], source: ReportSource): Promise<void> {
    for (const number of numbers) await this.#render(number, this.#documents[number], source);
  }

  async #render(number: number, document: ReportDocument, source: ReportSource): Promise<void> {
    try {
      const body = await document.render(source);
      const gzipped = body === null || body.length < GZIP_LENGTH_MIN ? null : await gzip(body);
      if (this.#board.write(number, body, gzipped)) return;
      this.#complain(document, `it is longer than ${DOCUMENT_BYTES_MAX} bytes`);
    } catch (error) {
      this.#complain(document, error instanceof Error ? error.message : String(error));
    }
  }

  #complain(document: ReportDocument, reason: string): void {
    if (this.#complained.has(document)) return;
    this.#complained.add(document);
    log.error(`${document.target} stays as it was: ${reason}`);
  }
}
