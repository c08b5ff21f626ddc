import type { Libc } from "./libc.ts";

/** The calling thread. */
const SELF = 0;
/** Linux's class of what runs when nobody else wants the core: next to others it still gets a three-hundredth of it. */
const SCHED_IDLE = 5;
/** A sched_param: the priority among the real-time threads, of which this is none. */
const PARAMETERS = new Int32Array([0]);

/**
 * Makes the calling thread give way to all others, until its end: the system lets nobody but root go back. So it may lose its
 * core for a second, and must hold nothing then that others wait for.
 */
export function giveWay(libc: Libc): void {
  libc.calls.sched_setscheduler(SELF, SCHED_IDLE, PARAMETERS);
}
