/**
 * Choosing peers for an answer (DESIGN decision 3): never the one who asks, none twice, and a random choice when there
 * are more than wanted. A seeder is given leechers first and seeders to fill up, everybody else both in proportion. Each
 * run gives one stretch from a random start on, round its end: every other peer is as likely as the next.
 *
 * @module
 */

import type { AnnounceAnswer } from "./announce_io.ts";
import { capacityOf, compactAt, idAt } from "./block.ts";
import {
  COMPACT_BYTES,
  COMPACT_HALFWORDS,
  HASH_WORDS,
  IPV4,
  TORRENT_BLOCK,
  TORRENT_IDS,
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

  const leechersTaken = forSeeder
    ? Math.min(count, otherLeechers)
    : shareOf(table, count, otherLeechers, otherSeeders);
  const seedersTaken = count - leechersTaken;
  const firstSeeder = capacityOf(table, block) - seeders;
  takeRun(table, line, family, 0, otherLeechers, selfIsLeecher ? self : NOBODY, leechersTaken, answer, 0);
  takeRun(
    table,
    line,
    family,
    firstSeeder,
    otherSeeders,
    selfIsSeeder ? self - firstSeeder : NOBODY,
    seedersTaken,
    answer,
    leechersTaken,
  );
  return count;
}

/** Leechers among `count` peers drawn from both kinds: their proportion, the fraction decided by chance. */
function shareOf(table: PeerTable, count: number, leechers: number, seeders: number): number {
  const exact = count * leechers / (leechers + seeders);
  const share = Math.floor(exact + randomBelow(table, 0x10000) / 0x10000);
  return Math.min(Math.max(share, count - seeders), leechers, count);
}

/**
 * Takes `taken` of the `others` peers of the run that begins at position `first`, leaving out the one at `skip` (counted
 * from `first`), and writes them behind the `written` peers that the answer has of this family.
 */
function takeRun(
  table: PeerTable,
  line: number,
  family: Family,
  first: number,
  others: number,
  skip: number,
  taken: number,
  answer: AnnounceAnswer,
  written: number,
): void {
  if (taken === 0) return;
  const start = taken === others ? 0 : randomBelow(table, others);
  const end = Math.min(start + taken, others);
  copyOthers(table, line, family, first, skip, start, end, answer, written);
  const round = start + taken - others;
  if (round > 0) copyOthers(table, line, family, first, skip, 0, round, answer, written + end - start);
}

/** Copies peers `from` up to `to` of a run, counted as if the one at `skip` were not there. */
function copyOthers(
  table: PeerTable,
  line: number,
  family: Family,
  first: number,
  skip: number,
  from: number,
  to: number,
  answer: AnnounceAnswer,
  written: number,
): void {
  if (skip === NOBODY || to <= skip) {
    copyPeers(table, line, family, first + from, to - from, answer, written);
  } else if (from >= skip) {
    copyPeers(table, line, family, first + from + 1, to - from, answer, written);
  } else {
    copyPeers(table, line, family, first + from, skip - from, answer, written);
    copyPeers(table, line, family, first + skip + 1, to - skip, answer, written + skip - from);
  }
}

function copyPeers(
  table: PeerTable,
  line: number,
  family: Family,
  position: number,
  count: number,
  answer: AnnounceAnswer,
  written: number,
): void {
  const { halfwords, words } = table.peers;
  const block = table.torrents[line + TORRENT_BLOCK + family];
  const start = family === IPV4 ? answer.at4 : answer.at6;
  let source = compactAt(family, block, position);
  let target = (start + written * COMPACT_BYTES[family]) / 2;
  let left = count * COMPACT_HALFWORDS[family];
  // Two at a time where both ends allow it: three times as fast.
  if (((source | target) & 1) === 0) {
    const pairs = left >>> 1;
    const sourceWord = source / 2;
    const targetWord = target / 2;
    for (let i = 0; i < pairs; i++) answer.words[targetWord + i] = words[sourceWord + i];
    source += pairs * 2;
    target += pairs * 2;
    left &= 1;
  }
  for (let i = 0; i < left; i++) answer.halfwords[target + i] = halfwords[source + i];

  const ids = family === IPV4 ? answer.ids4 : answer.ids6;
  if (ids === null) return;
  if (table.ids === null) ids.fill(0, written * HASH_WORDS, (written + count) * HASH_WORDS);
  else copyIds(table, line, family, position, count, ids, written);
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
  const source = idAt(table.torrents[line + TORRENT_IDS + family], position);
  for (let i = 0; i < count * HASH_WORDS; i++) target[written * HASH_WORDS + i] = words[source + i];
}
