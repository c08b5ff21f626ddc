/**
 * Announces whose answers leave together. Within such a batch a choice out of a large torrent begins where the one before it
 * has ended, which memory that is near by then serves far sooner than another random place.
 *
 * The first choice of a batch begins at random, and nobody sees an answer before the batch is done. So that nobody can steer
 * blindly either, by own peers that ask, start or stop in the same batch, no two beginnings may come to one end: a choice of
 * so many peers ends so many places further whoever has asked, and an end is not used when its place is gone or others have
 * come.
 *
 * @module
 */

import type { PeerTable } from "./table.ts";

/** What says that there is no batch. */
const NO_BATCH = 0;
/** Directories whose last choice is remembered, a power of two; most batches have fewer. */
const ENDS = 128;
/** A choice did not end anywhere. */
export const NO_END = -1;

// Of each choice remembered: its directory and that one's growth, its batch, and its end. One table a thread has a batch.
const directories = new Uint32Array(ENDS);
const growths = new Uint32Array(ENDS);
const batches = new Uint32Array(ENDS);
const buckets = new Uint32Array(ENDS);
const positions = new Uint32Array(ENDS);
let lastBatch = NO_BATCH;

/** Begins a batch: no answer of this thread may be seen by anybody before {@linkcode closeBatch}. */
export function openBatch(table: PeerTable): void {
  lastBatch = (lastBatch + 1) >>> 0 || 1;
  table.batch = lastBatch;
}

/** Ends the batch: answers are made one by one again, or another batch begins. */
export function closeBatch(table: PeerTable): void {
  table.batch = NO_BATCH;
}

/** Whether this thread's answers leave together. */
export function isInBatch(table: PeerTable): boolean {
  return table.batch !== NO_BATCH;
}

/**
 * Which of the ends remembered is that of the batch's last choice out of the directory; NO_END when there has been none, or
 * the directory had another `growth` (growthOf) then.
 */
export function lastEnd(table: PeerTable, directory: number, growth: number): number {
  const end = endOf(directory);
  const isThere = isInBatch(table) && batches[end] === table.batch &&
    directories[end] === directory && growths[end] === growth;
  return isThere ? end : NO_END;
}

/** The bucket in which a choice ended. */
export function endBucket(end: number): number {
  return buckets[end];
}

/** The position there at which the next choice begins. */
export function endPosition(end: number): number {
  return positions[end];
}

/** Remembers where a choice out of the directory, which has this growth, has ended. */
export function rememberEnd(
  table: PeerTable,
  directory: number,
  growth: number,
  bucket: number,
  position: number,
): void {
  const end = endOf(directory);
  directories[end] = directory;
  growths[end] = growth;
  batches[end] = table.batch;
  buckets[end] = bucket;
  positions[end] = position;
}

/** Where a directory's end is remembered. A block of the heap has an even number. */
function endOf(directory: number): number {
  return (directory >>> 1) & (ENDS - 1);
}
