/** `tracker odb merge`: several files into one. @module */

import { type GivenSettings, valueOf } from "../config/mod.ts";
import { FLAGS_AT, TorrentHead } from "../odb/mod.ts";
import { COMPACT_BYTES, type Family, FLAG_COMPLETED, FLAG_SEEDING, RECORD_BYTES } from "../peers/mod.ts";
import { EXIT_OK, type OdbCommand } from "./command.ts";
import { compareBytes } from "./compare_bytes.ts";
import { Inputs } from "./inputs.ts";
import { finishOutputs, Output } from "./output.ts";
import { outputPathOf } from "./output_path.ts";
import { Progress } from "./progress.ts";
import { FORCE, OUTPUT } from "./settings.ts";
import { firstCursors, openCursors, type TorrentCursor } from "./torrent_cursor.ts";

const AGE_MAX_MIN = 255;

/** Writes what is in any of the files to OUT. */
export const MERGE: OdbCommand = {
  name: "merge",
  usage: "FILE... -o OUT",
  summary: "join files of one family into one",
  details: [
    "Of a peer that is in several files, the record of its latest announce is taken: a torrent's base less the",
    "peer's age. Of a torrent's completed count and of its base, the greatest. Ages are counted anew from that",
    "base, up to 255 minutes. All files must hold the same family; the files of IPv6 are merged apart. Their",
    "torrents must ascend, as trackers write them; peers may be in any order. A torrent of one of two files may",
    "have 2 million IPv4 peers or 800 thousand of IPv6, of one of four half as many, and so on.",
  ],
  settings: [OUTPUT, FORCE],
  filesMin: 1,
  filesMax: 1000,
  run: merge,
};

function merge(files: string[], given: GivenSettings): number {
  const path = outputPathOf(given);
  using progress = new Progress(`merge ${path}`);
  using inputs = new Inputs(files, progress);
  const { family } = inputs;
  using output = new Output({ path, family, inputs: files, force: valueOf(FORCE, given) });
  const merger = new TorrentMerger(family);
  const cursors = openCursors(inputs.all);
  for (let first = firstCursors(cursors); first.length > 0; first = firstCursors(cursors)) {
    merger.merge(first);
    output.addHead(merger.head);
    output.addRecords(merger.records, 0, merger.head.count);
    for (const cursor of first) cursor.next();
  }
  finishOutputs([output]);
  return EXIT_OK;
}

/** One torrent out of several with the same hash. */
class TorrentMerger {
  /** The torrent, and its `head.count` records, ascending. Overwritten by the next call of `merge`. */
  readonly head: TorrentHead = new TorrentHead();
  records: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #recordBytes: number;
  readonly #compactBytes: number;
  readonly #flagsAt: number;

  constructor(family: Family) {
    this.#recordBytes = RECORD_BYTES[family];
    this.#compactBytes = COMPACT_BYTES[family];
    this.#flagsAt = FLAGS_AT[family];
  }

  merge(cursors: TorrentCursor[]): void {
    const { head } = this;
    head.hash.set(cursors[0].head.hash);
    head.baseMin = Math.max(...cursors.map((cursor) => cursor.head.baseMin));
    head.completed = Math.max(...cursors.map((cursor) => this.#completedOf(cursor)));
    const size = cursors.reduce((sum, { count }) => sum + count, 0) * this.#recordBytes;
    if (size > this.records.length) this.records = new Uint8Array(size);
    head.count = this.#mergeRecords(cursors);
    head.peers = head.count;
    head.seeders = this.#countFlag(this.records, head.count, FLAG_SEEDING);
  }

  /** Returns how many there are. */
  #mergeRecords(cursors: TorrentCursor[]): number {
    const size = this.#recordBytes;
    const positions = cursors.map(() => 0);
    let end = 0;
    for (;;) {
      const least = this.#leastOf(cursors, positions);
      if (least < 0) return end / size;
      this.#take(cursors[least], positions[least], end);
      positions[least] += size;
      // The same peer again, there or elsewhere: the younger record stays.
      cursors.forEach((cursor, i) => {
        while (this.#isSame(cursor, positions[i], end)) {
          if (this.#ageOf(cursor, positions[i]) < this.records[end + size - 1]) {
            this.#take(cursor, positions[i], end);
          }
          positions[i] += size;
        }
      });
      end += size;
    }
  }

  /** Which cursor has the least peer next; -1 when none has any. */
  #leastOf(cursors: TorrentCursor[], positions: number[]): number {
    let least = -1;
    for (let i = 0; i < cursors.length; i++) {
      if (positions[i] === cursors[i].count * this.#recordBytes) continue;
      if (
        least < 0 || this.#compare(cursors[i], positions[i], cursors[least].records, positions[least]) < 0
      ) least = i;
    }
    return least;
  }

  #isSame(cursor: TorrentCursor, position: number, taken: number): boolean {
    return position < cursor.count * this.#recordBytes &&
      this.#compare(cursor, position, this.records, taken) === 0;
  }

  #compare(cursor: TorrentCursor, position: number, records: Uint8Array, at: number): number {
    return compareBytes(cursor.records, position, records, at, this.#compactBytes);
  }

  /** Copies a record to `end`, with the age that it has at the merged torrent's base. */
  #take(cursor: TorrentCursor, position: number, end: number): void {
    const ageAt = this.#recordBytes - 1;
    for (let i = 0; i < ageAt; i++) this.records[end + i] = cursor.records[position + i];
    this.records[end + ageAt] = this.#ageOf(cursor, position);
  }

  #ageOf(cursor: TorrentCursor, position: number): number {
    const age = cursor.records[position + this.#recordBytes - 1];
    return Math.min(AGE_MAX_MIN, age + this.head.baseMin - cursor.head.baseMin);
  }

  /** What the torrent says or its peers' flags tell, whichever is more: that is what a tracker goes by. */
  #completedOf({ head, records, count }: TorrentCursor): number {
    return Math.max(head.completed, this.#countFlag(records, count, FLAG_COMPLETED));
  }

  /** How many of the first `count` records have `flag`. */
  #countFlag(records: Uint8Array, count: number, flag: number): number {
    const end = count * this.#recordBytes;
    let flagged = 0;
    for (let at = this.#flagsAt; at < end; at += this.#recordBytes) {
      if ((records[at] & flag) !== 0) flagged++;
    }
    return flagged;
  }
}
