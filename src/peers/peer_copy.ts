/**
 * The peers of one torrent in one family, copied out of the table: with the shard locked, their blocks as they lie there;
 * and when it is free again, the copy made into records.
 *
 * @module
 */

import { compactAt, marksAt } from "./block.ts";
import {
  BLOCK_HEAD_WORDS,
  COMPACT_HALFWORDS,
  FLAGS_ODB,
  IPV4,
  IPV6,
  MARK_MINUTE_SHIFT,
  RECORD_WORDS,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { PeerRuns } from "./runs.ts";
import { peersOf } from "./swarm_size.ts";
import type { PeerTable } from "./table.ts";

/** Words of blocks that there is room for at first, and runs. */
const WORDS_START = 2 ** 10;
const RUNS_START = 2 ** 5;

// What is kept of a run: where its compact peers and its marks begin in the copy, and how many there are.
const COMPACT = 0;
const MARKS = 1;
const LENGTH = 2;
const RUN_WORDS = 3;

// Here, because what is read from an array or another module is read anew for each peer.
const FLAGS = FLAGS_ODB;
const MINUTE_SHIFT = MARK_MINUTE_SHIFT;
const STRIDE4 = COMPACT_HALFWORDS[IPV4];
const STRIDE6 = COMPACT_HALFWORDS[IPV6];
const WORDS4 = RECORD_WORDS[IPV4];
const WORDS6 = RECORD_WORDS[IPV6];

const ROLES = [false, true] as const;

/** A copy of one torrent's peers after the other's. Its memory follows the largest one. */
export class PeerCopy {
  readonly #family: Family;
  readonly #run = new PeerRuns();
  /** Blocks one behind the other; `#halfwords` is the same memory. */
  #words = new Uint32Array(WORDS_START);
  #halfwords = new Uint16Array(this.#words.buffer);
  /** RUN_WORDS words for each run in them. */
  #runs = new Uint32Array(RUNS_START * RUN_WORDS);
  #runCount = 0;
  /** Words that the blocks take, or would with room enough. */
  #size = 0;
  /** The block copied last, and where in `#words` its copy would begin with its head. */
  #block = 0;
  #copyAt = 0;

  constructor(family: Family) {
    this.#family = family;
  }

  /**
   * Copies the peers of the torrent at `line`, whose shard is locked by the caller. False when there is no room for all of
   * them: then call {@linkcode makeRoom} without the lock, and try again.
   */
  copy(table: PeerTable, line: number): boolean {
    const family = this.#family;
    this.#runCount = this.#size = this.#block = 0;
    if (peersOf(table, line, family) === 0) return true;
    const run = this.#run;
    for (const seeding of ROLES) {
      run.open(table, line, family, seeding);
      for (let i = 0; i < run.count; i++) {
        run.turnTo(table, i);
        if (run.length > 0) this.#copyRun(table, run);
      }
    }
    return this.#size <= this.#words.length && this.#runCount * RUN_WORDS <= this.#runs.length;
  }

  /** Makes room for what the last copy had none for, and for some more: the torrent may grow on meanwhile. */
  makeRoom(): void {
    if (this.#size > this.#words.length) {
      // Written to here, since the system hands new memory out at the first write: that must not be under the lock.
      this.#words = new Uint32Array(withSlack(this.#size)).fill(0);
      this.#halfwords = new Uint16Array(this.#words.buffer);
    }
    const runsSize = this.#runCount * RUN_WORDS;
    if (runsSize > this.#runs.length) this.#runs = new Uint32Array(withSlack(runsSize));
  }

  /**
   * Writes the peers copied as records to `records`, in no order: RECORD_WORDS words each, a record's bytes in the opposite
   * order. Ages are as of `minute`.
   */
  writeRecords(records: Uint32Array, minute: number): void {
    const write = this.#family === IPV4 ? writeRun4 : writeRun6;
    const runs = this.#runs;
    const end = this.#runCount * RUN_WORDS;
    let at = 0;
    for (let run = 0; run < end; run += RUN_WORDS) {
      const length = runs[run + LENGTH];
      write(this.#halfwords, runs[run + COMPACT], runs[run + MARKS], length, records, at, minute);
      at += length * RECORD_WORDS[this.#family];
    }
  }

  #copyRun(table: PeerTable, { block, capacity, first, length }: PeerRuns): void {
    const family = this.#family;
    // Both roles of a small torrent are in one block.
    if (block !== this.#block) this.#copyBlock(table, block, capacity * RECORD_WORDS[family]);
    const run = this.#runCount++ * RUN_WORDS;
    if (run + RUN_WORDS > this.#runs.length) return;
    this.#runs[run + COMPACT] = compactAt(family, this.#copyAt, first);
    this.#runs[run + MARKS] = marksAt(family, this.#copyAt, capacity) + first;
    this.#runs[run + LENGTH] = length;
  }

  /** Copies the `size` words behind a block's head, if there is room. */
  #copyBlock(table: PeerTable, block: number, size: number): void {
    const target = this.#words;
    const start = this.#size;
    const end = start + size;
    this.#block = block;
    this.#copyAt = start - BLOCK_HEAD_WORDS;
    this.#size = end;
    if (end > target.length) return;
    const { words } = table.peers;
    // The shorter the loop, the more of its reads are under way at once.
    let from = (block + BLOCK_HEAD_WORDS) >>> 0;
    for (let to = start; to < end; to++, from = (from + 1) >>> 0) target[to] = words[from];
  }
}

function withSlack(size: number): number {
  return size + (size >>> 3);
}

/** Writes `length` IPv4 peers to `records` from `at` on: their compact form begins at `compact`, their marks at `marks`. */
function writeRun4(
  halfwords: Uint16Array,
  compact: number,
  marks: number,
  length: number,
  records: Uint32Array,
  at: number,
  minute: number,
): void {
  for (const end = marks + length; marks < end; marks++, compact += STRIDE4) {
    records[at] = lastWord(halfwords[compact + STRIDE4 - 1], halfwords[marks], minute);
    records[at + 1] = addressWord(halfwords[compact], halfwords[compact + 1]);
    at += WORDS4;
  }
}

/** The same of IPv6 peers. */
function writeRun6(
  halfwords: Uint16Array,
  compact: number,
  marks: number,
  length: number,
  records: Uint32Array,
  at: number,
  minute: number,
): void {
  for (const end = marks + length; marks < end; marks++, compact += STRIDE6) {
    records[at] = lastWord(halfwords[compact + STRIDE6 - 1], halfwords[marks], minute);
    for (let word = 1, from = compact + STRIDE6 - 3; word < WORDS6; word++, from -= 2) {
      records[at + word] = addressWord(halfwords[from], halfwords[from + 1]);
    }
    at += WORDS6;
  }
}

/** Four bytes of an address, read big-endian. */
function addressWord(first: number, second: number): number {
  return swapBytes(first << 16 | second);
}

/** Port, flags and age, read big-endian. The age is that of ageOf(), which lies in another module. */
function lastWord(port: number, mark: number, minute: number): number {
  return swapBytes(port << 16 | mark & FLAGS) | (minute - (mark >>> MINUTE_SHIFT)) & 0xff;
}

/** Swaps the two bytes of each halfword. */
function swapBytes(word: number): number {
  return (word & 0x00ff00ff) << 8 | word >>> 8 & 0x00ff00ff;
}
