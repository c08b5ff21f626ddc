/** `tracker odb diff`: what is in one file and not in the other. @module */

import { type GivenSettings, valueOf } from "../config/mod.ts";
import { FLAGS_AT } from "../odb/mod.ts";
import { COMPACT_BYTES, type Family, RECORD_BYTES } from "../peers/mod.ts";
import { EXIT_FAILURE, EXIT_OK, type OdbCommand } from "./command.ts";
import { compareBytes } from "./compare_bytes.ts";
import { Inputs } from "./inputs.ts";
import { Printer } from "./printer.ts";
import { Progress } from "./progress.ts";
import { RecordLines } from "./record_lines.ts";
import { JSON_OUTPUT } from "./settings.ts";
import { firstCursors, openCursors, type TorrentCursor } from "./torrent_cursor.ts";

/** Exit code 0: the same; 1: not. */
export const DIFF: OdbCommand = {
  name: "diff",
  usage: "A B [--json]",
  summary: "tell the torrents and peers that two files do not share",
  details: [
    "Lines as of tracker odb text: behind - what is in A only, behind + what is in B only. A torrent with another",
    "completed count and a peer with other flags have both lines. Ages and times are not compared. With --json a",
    'line begins {"change":"-", or {"change":"+",. A last line has the numbers.',
    "",
    "Exit codes: 0 the same, 1 not the same or a failure, 3 a file is not an ODB.",
  ],
  settings: [JSON_OUTPUT],
  filesMin: 2,
  filesMax: 2,
  run: diff,
};

function diff(files: string[], given: GivenSettings): number {
  using progress = Progress.besideOutput("diff");
  using inputs = new Inputs(files, progress);
  const printer = new Printer();
  const asJson = valueOf(JSON_OUTPUT, given);
  const difference = new Difference(printer, inputs.family, asJson);
  const [before, after] = openCursors(inputs.all);
  for (;;) {
    const first = firstCursors([before, after]);
    if (first.length === 0) break;
    if (printer.isClosed) return EXIT_FAILURE; // Who reads has seen enough: there were differences.
    if (first.length === 2) difference.compare(before, after);
    else difference.only(first[0] === before ? 0 : 1, first[0]);
    for (const cursor of first) cursor.next();
  }
  printer.line(difference.summary(asJson));
  printer.flush();
  return difference.isEmpty ? EXIT_OK : EXIT_FAILURE;
}

/** Index of a side: the first file, or the second. */
type Side = 0 | 1;

/** Prints what differs, torrent by torrent, and counts it. */
class Difference {
  readonly #lines: readonly [RecordLines, RecordLines];
  readonly #recordBytes: number;
  readonly #compactBytes: number;
  readonly #flagsAt: number;
  /** What is on one side only, by side, and what is on both and differs. */
  readonly #torrents: [number, number] = [0, 0];
  readonly #peers: [number, number] = [0, 0];
  #changedTorrents = 0;
  #changedPeers = 0;

  constructor(printer: Printer, family: Family, asJson: boolean) {
    this.#lines = [
      new RecordLines(printer, family, asJson, "-"),
      new RecordLines(printer, family, asJson, "+"),
    ];
    this.#recordBytes = RECORD_BYTES[family];
    this.#compactBytes = COMPACT_BYTES[family];
    this.#flagsAt = FLAGS_AT[family];
  }

  /** Whether nothing differed. */
  get isEmpty(): boolean {
    const counts = [...this.#torrents, ...this.#peers, this.#changedTorrents, this.#changedPeers];
    return counts.every((count) => count === 0);
  }

  /** A torrent that only one side has. */
  only(side: Side, cursor: TorrentCursor): void {
    this.#lines[side].torrent(cursor.head);
    this.#lines[side].setHash(cursor.head.hash);
    this.#torrents[side]++;
    const end = cursor.count * this.#recordBytes;
    for (let at = 0; at < end; at += this.#recordBytes) this.#onlyPeer(side, cursor, at);
  }

  /** A torrent that both have. */
  compare(before: TorrentCursor, after: TorrentCursor): void {
    const [minus, plus] = this.#lines;
    minus.setHash(before.head.hash);
    plus.setHash(after.head.hash);
    if (before.head.completed !== after.head.completed) {
      minus.torrent(before.head);
      plus.torrent(after.head);
      this.#changedTorrents++;
    }
    const size = this.#recordBytes;
    const beforeEnd = before.count * size;
    const afterEnd = after.count * size;
    let beforeAt = 0;
    let afterAt = 0;
    while (beforeAt < beforeEnd || afterAt < afterEnd) {
      const order = beforeAt === beforeEnd
        ? 1
        : afterAt === afterEnd
        ? -1
        : compareBytes(before.records, beforeAt, after.records, afterAt, this.#compactBytes);
      if (order < 0) this.#onlyPeer(0, before, beforeAt);
      else if (order > 0) this.#onlyPeer(1, after, afterAt);
      else this.#comparePeers(before, beforeAt, after, afterAt);
      if (order <= 0) beforeAt += size;
      if (order >= 0) afterAt += size;
    }
  }

  /** The last line. */
  summary(asJson: boolean): string {
    const [torrentsBefore, torrentsAfter] = this.#torrents;
    const [peersBefore, peersAfter] = this.#peers;
    if (asJson) {
      return JSON.stringify({
        only_in_first: { torrents: torrentsBefore, peers: peersBefore },
        only_in_second: { torrents: torrentsAfter, peers: peersAfter },
        changed: { torrents: this.#changedTorrents, peers: this.#changedPeers },
      });
    }
    return `only in the first file: ${torrentsBefore} torrents, ${peersBefore} peers; ` +
      `only in the second: ${torrentsAfter} torrents, ${peersAfter} peers; ` +
      `changed: ${this.#changedTorrents} torrents, ${this.#changedPeers} peers`;
  }

  #comparePeers(before: TorrentCursor, beforeAt: number, after: TorrentCursor, afterAt: number): void {
    if (before.records[beforeAt + this.#flagsAt] === after.records[afterAt + this.#flagsAt]) return;
    this.#lines[0].peer(before.records, beforeAt);
    this.#lines[1].peer(after.records, afterAt);
    this.#changedPeers++;
  }

  #onlyPeer(side: Side, cursor: TorrentCursor, at: number): void {
    this.#lines[side].peer(cursor.records, at);
    this.#peers[side]++;
  }
}
