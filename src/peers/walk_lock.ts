/**
 * Walks, which want no torrent to go, and sweeps take turns. They do so by a lock of the whole table, of which announces know
 * nothing. It may be held for minutes, so nobody spins for it: who walks sleeps until it is free, and the keeper, who has
 * a clock to look after, comes back later. What it has to do by then is said by a word, so that walks that follow
 * one another do not keep it away for ever.
 *
 * @module
 */

import { CONTROL_SWEEP_WISH, CONTROL_WALK_LOCK } from "./layout.ts";
import { tryLock, unlock } from "./lock.ts";
import type { PeerTable } from "./table.ts";

/** Of the word of the wish. */
const WISHED = 1;
/** A keeper that wishes to sweep comes back within a second, unless it is dead. */
const WISH_MS_MAX = 3000;

/**
 * Does `walk` while nobody sweeps or walks the table, and returns what that returns. Waits until it may, asleep; and lets
 * the keeper sweep first when that is due.
 */
export function betweenSweeps<Result>(table: PeerTable, walk: () => Result): Result {
  const { control } = table;
  Atomics.wait(control, CONTROL_SWEEP_WISH, WISHED, WISH_MS_MAX);
  for (;;) {
    const word = Atomics.load(control, CONTROL_WALK_LOCK);
    if (tryLock(control, CONTROL_WALK_LOCK)) break;
    Atomics.wait(control, CONTROL_WALK_LOCK, word);
  }
  try {
    return walk();
  } finally {
    giveBack(control);
  }
}

/** Does `sweep`, the keeper's, if nobody walks the table, and returns whether it did; if not, it is to be tried again soon. */
export function betweenWalks(table: PeerTable, sweep: () => void): boolean {
  const { control } = table;
  if (!tryLock(control, CONTROL_WALK_LOCK)) {
    Atomics.store(control, CONTROL_SWEEP_WISH, WISHED);
    return false;
  }
  try {
    sweep();
    return true;
  } finally {
    Atomics.store(control, CONTROL_SWEEP_WISH, 0);
    Atomics.notify(control, CONTROL_SWEEP_WISH);
    giveBack(control);
  }
}

function giveBack(control: Int32Array): void {
  unlock(control, CONTROL_WALK_LOCK);
  Atomics.notify(control, CONTROL_WALK_LOCK);
}
