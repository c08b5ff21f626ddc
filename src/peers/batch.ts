/**
 * Announces whose answers leave together. Within such a batch a choice out of a large torrent begins where the one before it
 * has ended, which memory that is near by then serves far sooner than another random place.
 *
 * The first choice of a batch begins at random (draw.ts), and nobody sees an answer before the batch is done. So that nobody
 * can steer blindly either, by own peers that ask, start or stop in the same batch, no two beginnings may come to one end: a
 * choice of so many peers ends so many places further whoever has asked, and a beginning is not used when its place is gone
 * or others have come.
 *
 * @module
 */

import type { PeerTable } from "./table.ts";

/** What says that there is no batch. */
const NO_BATCH = 0;
/** Directories whose next beginning is remembered, a power of two: several times as many as most batches have. */
export const BEGINNINGS = 256;
/** No beginning is remembered. */
export const NO_BEGINNING = -1;

// Of each: the directory and its growth, the batch, and the place where the batch's next choice out of the directory begins.
// One table a thread has a batch.
const directories = new Uint32Array(BEGINNINGS);
const growths = new Uint32Array(BEGINNINGS);
const batches = new Uint32Array(BEGINNINGS);
const buckets = new Uint32Array(BEGINNINGS);
const positions = new Uint32Array(BEGINNINGS);
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
 * Which of those remembered is where the batch's next choice out of the directory begins; NO_BEGINNING when none is, or the
 * directory had another `growth` (growthOf) when it was remembered.
 */
export function nextBeginning(table: PeerTable, directory: number, growth: number): number {
  const beginning = beginningOf(directory);
  const isThere = isInBatch(table) && batches[beginning] === table.batch &&
    directories[beginning] === directory && growths[beginning] === growth;
  return isThere ? beginning : NO_BEGINNING;
}

/** Whether the batch remembers a beginning where this directory's would be: its own, whatever its growth, or another one's. */
export function isTaken(table: PeerTable, directory: number): boolean {
  return batches[beginningOf(directory)] === table.batch;
}

/** The directory of a beginning. */
export function directoryAt(beginning: number): number {
  return directories[beginning];
}

/** The bucket that it lies in. */
export function bucketAt(beginning: number): number {
  return buckets[beginning];
}

/** The position there. */
export function positionAt(beginning: number): number {
  return positions[beginning];
}

/**
 * Remembers where the batch's next choice out of the directory begins, which has this growth. Returns which of those
 * remembered that is.
 */
export function rememberBeginning(
  table: PeerTable,
  directory: number,
  growth: number,
  bucket: number,
  position: number,
): number {
  const beginning = beginningOf(directory);
  directories[beginning] = directory;
  growths[beginning] = growth;
  batches[beginning] = table.batch;
  moveBeginning(beginning, bucket, position);
  return beginning;
}

/** Moves a beginning to another place. */
export function moveBeginning(beginning: number, bucket: number, position: number): void {
  buckets[beginning] = bucket;
  positions[beginning] = position;
}

/** Where a directory's beginning is remembered. A block of the heap has an even number. */
function beginningOf(directory: number): number {
  return (directory >>> 1) & (BEGINNINGS - 1);
}
