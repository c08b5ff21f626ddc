/**
 * The peers of a torrent as ODB records, straight from where they lie. No lock is needed, see {@linkcode readRecords}.
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
  ROLES,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { PeerRuns } from "./runs.ts";
import type { PeerTable } from "./table.ts";

// Here, because what is read from an array or another module is read anew for each peer.
const FLAGS = FLAGS_ODB;
const MINUTE_SHIFT = MARK_MINUTE_SHIFT;
const STRIDE4 = COMPACT_HALFWORDS[IPV4];
const STRIDE6 = COMPACT_HALFWORDS[IPV6];
const WORDS4 = RECORD_WORDS[IPV4];
const WORDS6 = RECORD_WORDS[IPV6];

const run = new PeerRuns();

/**
 * Writes the `count` peers of one family of the torrent at `line` to `records`, in no order: RECORD_WORDS words each, a
 * record's bytes in the opposite order. Ages are as of `minute`.
 *
 * Others may be changing the torrent meanwhile: then what is written means nothing, but nothing else happens. False when
 * it noticed that. `isUnchanged` says whether what was read of the torrent so far is of one moment.
 */
export function readRecords(
  table: PeerTable,
  line: number,
  family: Family,
  records: Uint32Array,
  count: number,
  minute: number,
  isUnchanged: () => boolean,
): boolean {
  if (count === 0) return true;
  const write = family === IPV4 ? writeRun4 : writeRun6;
  const recordWords = RECORD_WORDS[family];
  const end = table.peers.words.length;
  let left = count;
  for (const seeding of ROLES) {
    run.open(table, line, family, seeding);
    // Before a loop over what may be no number of buckets.
    if (run.count > 1 && !isUnchanged()) return false;
    for (let i = 0; i < run.count; i++) {
      run.turnTo(table, i);
      const { block, capacity, first, length } = run;
      if (length === 0) continue;
      if (
        length > left || first < 0 || first + length > capacity ||
        block + BLOCK_HEAD_WORDS + capacity * recordWords > end
      ) return false;
      const at = (count - left) * recordWords;
      const marks = marksAt(family, block, capacity) + first;
      write(table.peers.halfwords, compactAt(family, block, first), marks, length, records, at, minute);
      left -= length;
    }
  }
  return left === 0;
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
