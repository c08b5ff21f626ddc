/**
 * Choosing peers for an answer (DESIGN decision 3): never the one who asks, none twice, and a random choice when there
 * are more than wanted. A seeder is given leechers first and seeders to fill up, everybody else both in proportion. Of
 * each role one stretch is given, run after run and round the end.
 *
 * It begins at a random peer (draw.ts), so that any is as likely as the next, and nobody can tell from one answer where the
 * next one begins. Of answers that leave together (batch.ts) only the first begins so, the next where the one before has ended.
 *
 * @module
 */

import type { AnnounceAnswer } from "./announce_io.ts";
import { bucketAt, isInBatch, nextBeginning, NO_BEGINNING, positionAt, rememberBeginning } from "./batch.ts";
import { compactAt } from "./block.ts";
import { randomBelow } from "./chance.ts";
import { bucketsOf, countOf, entryAt, growthOf, peersIn } from "./directory.ts";
import { drawn, drawOther, drawPlace, setDrawn } from "./draw.ts";
import type { Heap } from "./heap.ts";
import {
  COMPACT_HALFWORDS,
  HASH_WORDS,
  IPV4,
  TORRENT_BLOCK,
  TORRENT_LEECHERS,
  TORRENT_SEEDERS,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { readIds } from "./peer_ids.ts";
import type { Place } from "./place.ts";
import { blockCapacity, directoryOf, hasDirectories } from "./runs.ts";
import type { PeerTable } from "./table.ts";

/** Nobody stands here. */
const NOWHERE = -1;
/**
 * Writes up to `wanted` peers of one family of the torrent into `answer` and returns how many. `self` is where the peer
 * stands who asks, null when it is not in this family. The torrent's shard is locked by the caller.
 */
export function selectPeers(
  table: PeerTable,
  line: number,
  family: Family,
  self: Place | null,
  forSeeder: boolean,
  wanted: number,
  answer: AnnounceAnswer,
): number {
  const { torrents } = table;
  if (wanted === 0 || torrents[line + TORRENT_BLOCK + family] === 0) return 0;
  let leechers = torrents[line + TORRENT_LEECHERS + family];
  let seeders = torrents[line + TORRENT_SEEDERS + family];
  if (self !== null) {
    if (self.seeding) seeders--;
    else leechers--;
  }
  const count = Math.min(wanted, leechers + seeders);
  if (count === 0) return 0;
  const fromLeechers = forSeeder ? Math.min(count, leechers) : shareOf(count, leechers, seeders);
  const fromSeeders = count - fromLeechers;
  const written = takePeers(table, line, family, false, self, leechers, fromLeechers, answer, 0);
  takePeers(table, line, family, true, self, seeders, fromSeeders, answer, written);
  return count;
}

/** Leechers among `count` peers drawn from both kinds: their proportion, the fraction decided by chance. */
function shareOf(count: number, leechers: number, seeders: number): number {
  const all = leechers + seeders;
  if (count === all) return leechers;
  const share = Math.floor((count * leechers + randomBelow(all)) / all);
  return Math.min(Math.max(share, count - seeders), leechers);
}

/**
 * Writes `taken` of the `others` peers of one role that are not `self` behind the `written` peers that the answer has of
 * this family. Returns how many the answer has then.
 */
function takePeers(
  table: PeerTable,
  line: number,
  family: Family,
  seeding: boolean,
  self: Place | null,
  others: number,
  taken: number,
  answer: AnnounceAnswer,
  written: number,
): number {
  if (taken === 0) return written;
  const isSelfHere = self !== null && self.seeding === seeding;
  const selfPosition = isSelfHere ? self.position : NOWHERE;
  const isAll = taken === others;
  const end = written + taken;
  if (hasDirectories(table, line, family)) {
    const directory = directoryOf(table, line, family, seeding);
    const selfBucket = isSelfHere ? self.bucket : NOWHERE;
    if (isAll) takeRound(table, directory, family, 0, 0, selfBucket, selfPosition, answer, written, end);
    else takeChoice(table, directory, family, selfBucket, selfPosition, answer, written, end);
    return end;
  }
  const { torrents } = table;
  const block = torrents[line + TORRENT_BLOCK + family];
  const length = torrents[line + (seeding ? TORRENT_SEEDERS : TORRENT_LEECHERS) + family];
  const first = seeding ? blockCapacity(table, line, family) - length : 0;
  let start = first;
  if (!isAll) {
    do start = first + randomBelow(length); while (start === selfPosition);
  }
  written = takeStretch(table, family, block, start, first + length, selfPosition, answer, written, end);
  return takeStretch(table, family, block, first, start, selfPosition, answer, written, end);
}

/** As takePeers(), from a directory's buckets, when there are more than wanted: until the answer has `end` peers. */
function takeChoice(
  table: PeerTable,
  directory: number,
  family: Family,
  selfBucket: number,
  selfPosition: number,
  answer: AnnounceAnswer,
  written: number,
  end: number,
): void {
  const beginning = nextBeginning(table, directory, growthOf(table, directory));
  if (beginning !== NO_BEGINNING && isPlace(table, directory, bucketAt(beginning), positionAt(beginning))) {
    setDrawn(bucketAt(beginning), positionAt(beginning));
  } else {
    drawPlace(table, directory);
  }
  const { bucket, position } = drawn;
  // Were the one behind told in the stead of who asks, that one would be told twice as often as others.
  if (position === selfPosition && bucket === selfBucket) {
    drawOther(table, directory, selfBucket, selfPosition);
  }
  takeRound(
    table,
    directory,
    family,
    drawn.bucket,
    drawn.position,
    selfBucket,
    selfPosition,
    answer,
    written,
    end,
  );
  rememberPlace(table, directory, bucket, position + end - written);
}

/** Writes peers from a place on, bucket after bucket and round the end, until the answer has `end`. */
function takeRound(
  table: PeerTable,
  directory: number,
  family: Family,
  bucket: number,
  position: number,
  selfBucket: number,
  selfPosition: number,
  answer: AnnounceAnswer,
  written: number,
  end: number,
): void {
  const { words } = table.peers;
  const buckets = bucketsOf(table, directory);
  for (;;) {
    const entry = entryAt(directory, bucket);
    const count = peersIn(words[(entry + 1) >>> 0]);
    const skipped = bucket === selfBucket ? selfPosition : NOWHERE;
    written = takeStretch(table, family, words[entry], position, count, skipped, answer, written, end);
    if (written === end) return;
    position = 0;
    bucket = bucket + 1 === buckets ? 0 : bucket + 1;
  }
}

/**
 * Remembers for the batch the place that is `position` places behind a bucket's first. A choice ends as many places behind
 * where it was to begin as peers were told, whoever has asked: so no two beginnings come to one end.
 */
function rememberPlace(table: PeerTable, directory: number, bucket: number, position: number): void {
  if (!isInBatch(table)) return;
  const buckets = bucketsOf(table, directory);
  for (;;) {
    const count = countOf(table, directory, bucket);
    if (position < count) break;
    position -= count;
    bucket = bucket + 1 === buckets ? 0 : bucket + 1;
  }
  rememberBeginning(table, directory, growthOf(table, directory), bucket, position);
}

/** Whether somebody stands there. */
function isPlace(table: PeerTable, directory: number, bucket: number, position: number): boolean {
  return bucket < bucketsOf(table, directory) && position < countOf(table, directory, bucket);
}

/**
 * Writes the peers of a block from `from` to before `to`, but not the one at `skipped`, behind the `written` ones that the
 * answer has of this family, until it has `end`. Returns how many it has then.
 */
function takeStretch(
  table: PeerTable,
  family: Family,
  block: number,
  from: number,
  to: number,
  skipped: number,
  answer: AnnounceAnswer,
  written: number,
  end: number,
): number {
  if (skipped >= from && skipped < to) {
    const before = Math.min(skipped - from, end - written);
    if (before > 0) copyToAnswer(table, family, block, from, before, answer, written);
    written += before;
    from = skipped + 1;
  }
  const count = Math.min(to - from, end - written);
  if (count > 0) copyToAnswer(table, family, block, from, count, answer, written);
  return written + count;
}

/** Copies `count` peers from `position` on behind the `written` ones of the answer, and their ids if wanted. */
function copyToAnswer(
  table: PeerTable,
  family: Family,
  block: number,
  position: number,
  count: number,
  answer: AnnounceAnswer,
  written: number,
): void {
  const stride = COMPACT_HALFWORDS[family];
  const start = (family === IPV4 ? answer.at4 : answer.at6) >>> 1;
  const source = compactAt(family, block, position);
  copyHalfwords(table.peers, source, answer, start + written * stride, count * stride);
  const ids = family === IPV4 ? answer.ids4 : answer.ids6;
  if (ids === null) return;
  if (table.ids === null) ids.fill(0, written * HASH_WORDS, (written + count) * HASH_WORDS);
  else readIds(table, block, position, count, ids, written * HASH_WORDS);
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
