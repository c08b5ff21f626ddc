/**
 * Drawing where a choice of peers out of a large torrent begins that follows no other in its batch: at any of its peers, each
 * as likely as the next.
 *
 * Drawn are a bucket, and a position up to that of the largest bucket; where nobody stands, both are drawn again. So each
 * draw reads a place in memory that nobody has read before. For a batch it is done for all directories at once (drawAhead).
 *
 * @module
 */

import {
  BEGINNINGS,
  bucketAt,
  directoryAt,
  isInBatch,
  isTaken,
  moveBeginning,
  positionAt,
  rememberBeginning,
} from "./batch.ts";
import { randomBelow } from "./chance.ts";
import { bucketsOf, countOf, findLargest, growthOf, largestOf } from "./directory.ts";
import type { PeerTable } from "./table.ts";

/**
 * Draws of a random peer at most. They are not enough where a bucket has, or has had, far more peers than all others. Then it
 * is any peer of the bucket drawn last: nearly fair, since most buckets are much alike.
 */
const DRAWS_MAX = 200;
/** Buckets that are looked at on average, after so many draws in vain, in order to find out how many peers the largest has. */
const BUCKETS_COUNTED = 64;
/** Draws ahead at most: nearly half of them meet nobody. */
const DRAWS_AHEAD = 4;

/** The place where a choice begins, as {@linkcode drawPlace} and {@linkcode setDrawn} leave it. */
export const drawn = { bucket: 0, position: 0 };

// What drawAhead() has not yet drawn a peer for: its beginnings, and how many peers there are in the buckets drawn.
const open = new Uint32Array(BEGINNINGS);
const counts = new Uint32Array(BEGINNINGS);

/** Draws a random peer of the directory, which has some. */
export function drawPlace(table: PeerTable, directory: number): void {
  const buckets = bucketsOf(table, directory);
  const largest = largestOf(table, directory);
  let bucket = 0;
  for (let draws = 0; draws < DRAWS_MAX; draws++) {
    bucket = randomBelow(buckets);
    const position = randomBelow(largest);
    // Whoever stands there is as likely as anybody; in a smaller bucket nobody may stand there.
    if (position < countOf(table, directory, bucket)) return setDrawn(bucket, position);
  }
  if (randomBelow(buckets) < BUCKETS_COUNTED) findLargest(table, directory);
  setDrawn(bucket, randomBelow(Math.max(countOf(table, directory, bucket), 1)));
}

/** As drawPlace(), another peer than who stands there, of whom there are some. */
export function drawOther(table: PeerTable, directory: number, bucket: number, position: number): void {
  do drawPlace(table, directory); while (drawn.bucket === bucket && drawn.position === position);
}

/**
 * Draws where the batch's first choices out of the first `count` of the directories begin. Reads without locks, as touch.ts
 * does: what is drawn may be no place, and is one that all others are as likely as only while nobody comes.
 */
export function drawAhead(table: PeerTable, directories: Uint32Array, count: number): void {
  if (!isInBatch(table)) return;
  let left = 0;
  for (let i = 0; i < count; i++) {
    const directory = directories[i];
    // Nothing is forgotten that is to be used, and nothing is drawn twice.
    if (isTaken(table, directory)) continue;
    const growth = growthOf(table, directory);
    const bucket = randomBelow(bucketsOf(table, directory));
    const position = randomBelow(largestOf(table, directory));
    open[left++] = rememberBeginning(table, directory, growth, bucket, position);
  }
  // Where none is met in the end, the choice draws for itself.
  for (let draws = 1; draws < DRAWS_AHEAD; draws++) {
    const drawnFor = left;
    left = 0;
    for (let i = 0; i < drawnFor; i++) counts[i] = countOf(table, directoryAt(open[i]), bucketAt(open[i]));
    for (let i = 0; i < drawnFor; i++) {
      const beginning = open[i];
      if (positionAt(beginning) < counts[i]) continue;
      const directory = directoryAt(beginning);
      const bucket = randomBelow(bucketsOf(table, directory));
      moveBeginning(beginning, bucket, randomBelow(largestOf(table, directory)));
      open[left++] = beginning;
    }
  }
}

/** Has a choice begin at this place. */
export function setDrawn(bucket: number, position: number): void {
  drawn.bucket = bucket;
  drawn.position = position;
}
