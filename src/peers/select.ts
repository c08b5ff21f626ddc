/**
 * Choosing peers for an answer (DESIGN decision 3): never the one who asks, none twice, and a random choice when there
 * are more than wanted. A seeder is given leechers first and seeders to fill up, everybody else both in proportion. Each
 * run gives one stretch from a random start on, round its end: every other peer is as likely as the next.
 *
 * @module
 */

import type { AnnounceAnswer } from "./announce_io.ts";
import { compactAt, idAt, idBlockOf } from "./block.ts";
import type { Heap } from "./heap.ts";
import {
  COMPACT_HALFWORDS,
  HASH_WORDS,
  IPV4,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
  TORRENT_LEECHERS,
  TORRENT_SEEDERS,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { randomBelow } from "./table.ts";
import type { PeerTable } from "./table.ts";

/** No peer of the run is to be left out. */
const NOBODY = -1;

/**
 * Writes up to `wanted` peers of one family of the torrent into `answer` and returns how many. `self` is the position
 * of the peer who asks, or -1 when it is not in this family. The torrent's shard is locked by the caller.
 */
export function selectPeers(
  table: PeerTable,
  line: number,
  family: Family,
  self: number,
  forSeeder: boolean,
  wanted: number,
  answer: AnnounceAnswer,
): number {
  const { torrents } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  if (block === 0 || wanted === 0) return 0;
  const leechers = torrents[line + TORRENT_LEECHERS + family];
  const seeders = torrents[line + TORRENT_SEEDERS + family];
  const selfIsLeecher = self >= 0 && self < leechers;
  const selfIsSeeder = self >= leechers;
  const otherLeechers = selfIsLeecher ? leechers - 1 : leechers;
  const otherSeeders = selfIsSeeder ? seeders - 1 : seeders;
  const count = Math.min(wanted, otherLeechers + otherSeeders);
  if (count === 0) return 0;

  const fromLeechers = forSeeder
    ? Math.min(count, otherLeechers)
    : shareOf(table, count, otherLeechers, otherSeeders);
  const firstSeeder = torrents[line + TORRENT_CAPACITY + family] - seeders;
  const selfLeecher = selfIsLeecher ? self : NOBODY;
  const selfSeeder = selfIsSeeder ? self - firstSeeder : NOBODY;
  takeRun(table, line, family, 0, leechers, selfLeecher, fromLeechers, answer, 0);
  takeRun(table, line, family, firstSeeder, seeders, selfSeeder, count - fromLeechers, answer, fromLeechers);
  return count;
}

/** Leechers among `count` peers drawn from both kinds: their proportion, the fraction decided by chance. */
function shareOf(table: PeerTable, count: number, leechers: number, seeders: number): number {
  const all = leechers + seeders;
  if (count === all) return leechers;
  const share = Math.floor((count * leechers + randomBelow(table, all)) / all);
  return Math.min(Math.max(share, count - seeders), leechers);
}

/**
 * Takes `taken` of the `length` peers that stand from position `first` on, but not the one at `skip` (counted from
 * `first`), and writes them behind the `written` peers that the answer has of this family. They stand one after the
 * other, round the end, from one drawn out of all but the skipped.
 */
function takeRun(
  table: PeerTable,
  line: number,
  family: Family,
  first: number,
  length: number,
  skip: number,
  taken: number,
  answer: AnnounceAnswer,
  written: number,
): void {
  if (taken === 0) return;
  const others = skip === NOBODY ? length : length - 1;
  let start = taken === others ? 0 : randomBelow(table, others);
  let count = taken;
  let skipAt = NOBODY;
  if (skip !== NOBODY) {
    if (start >= skip) start++;
    const distance = skip < start ? skip - start + length : skip - start;
    if (distance < taken) {
      // The skipped one is in between: take one peer more, and let that stand in for it.
      skipAt = distance;
      count++;
    }
  }
  const untilEnd = Math.min(count, length - start);
  copyPeers(table, line, family, first + start, untilEnd, answer, written);
  if (count > untilEnd) copyPeers(table, line, family, first, count - untilEnd, answer, written + untilEnd);
  if (skipAt !== NOBODY) moveInAnswer(family, answer, written + taken, written + skipAt);
}

/** Copies `count` peers from `position` on behind the first `written` of the answer, and their ids if wanted. */
function copyPeers(
  table: PeerTable,
  line: number,
  family: Family,
  position: number,
  count: number,
  answer: AnnounceAnswer,
  written: number,
): void {
  const block = table.torrents[line + TORRENT_BLOCK + family];
  const stride = COMPACT_HALFWORDS[family];
  const start = (family === IPV4 ? answer.at4 : answer.at6) >>> 1;
  const source = compactAt(family, block, position);
  copyHalfwords(table.peers, source, answer, start + written * stride, count * stride);
  const ids = family === IPV4 ? answer.ids4 : answer.ids6;
  if (ids === null) return;
  if (table.ids === null) ids.fill(0, written * HASH_WORDS, (written + count) * HASH_WORDS);
  else copyIds(table, line, family, position, count, ids, written);
}

/** Copies the answer's peer `from`, and its id, over its peer `to`. */
function moveInAnswer(family: Family, answer: AnnounceAnswer, from: number, to: number): void {
  const { halfwords } = answer;
  const stride = COMPACT_HALFWORDS[family];
  const start = (family === IPV4 ? answer.at4 : answer.at6) >>> 1;
  for (let i = 0; i < stride; i++) halfwords[start + to * stride + i] = halfwords[start + from * stride + i];
  const ids = family === IPV4 ? answer.ids4 : answer.ids6;
  if (ids === null) return;
  for (let i = 0; i < HASH_WORDS; i++) ids[to * HASH_WORDS + i] = ids[from * HASH_WORDS + i];
}

/** Copies `count` halfwords, which is 1 at least, between the buffers; by whole words, three times as fast. */
function copyHalfwords(
  source: Heap,
  from: number,
  target: AnnounceAnswer,
  to: number,
  count: number,
): void {
  const sourceWords = source.words;
  const targetWords = target.words;
  if ((to & 1) !== 0) {
    target.halfwords[to] = source.halfwords[from];
    from = (from + 1) >>> 0;
    to++;
    count--;
  }
  const pairs = count >>> 1;
  const fromWord = from >>> 1;
  const toWord = to >>> 1;
  if ((from & 1) === 0) {
    for (let i = 0; i < pairs; i++) targetWords[toWord + i] = sourceWords[(fromWord + i) >>> 0];
  } else {
    // Out of step: each word of the target is the end of one word and the beginning of the next.
    let word = sourceWords[fromWord];
    for (let i = 0; i < pairs; i++) {
      const next = sourceWords[(fromWord + i + 1) >>> 0];
      targetWords[toWord + i] = (word >>> 16) | (next << 16);
      word = next;
    }
  }
  if ((count & 1) !== 0) target.halfwords[to + pairs * 2] = source.halfwords[(from + pairs * 2) >>> 0];
}

function copyIds(
  table: PeerTable,
  line: number,
  family: Family,
  position: number,
  count: number,
  target: Uint32Array,
  written: number,
): void {
  const { words } = table.ids!;
  const source = idAt(idBlockOf(table, table.torrents[line + TORRENT_BLOCK + family]), position);
  for (let i = 0; i < count * HASH_WORDS; i++) target[written * HASH_WORDS + i] = words[source + i];
}
