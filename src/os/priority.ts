import type { Libc } from "./libc.ts";
import { readSystemFile } from "./system_file.ts";

/** The calling thread. */
const SELF = 0;
/** Linux's class of what runs when nobody else wants the core: next to others it still gets a three-hundredth of it. */
const SCHED_IDLE = 5;
/** A sched_param: the priority among the real-time threads, of which this is none. */
const PARAMETERS = new Int32Array([0]);
/** Of setpriority(2): one thread, by its number. */
const PRIO_PROCESS = 0;
/** How nice those are that stand back: next to others they still get a tenth of a core. */
const NICE = 10;
/** What the engine's helpers are called, as far as Linux keeps names. */
const HELPER = "V8 DefaultWorke";
/** How far behind the number of the process theirs may be. */
const HELPERS_WITHIN = 64;

/**
 * Makes the calling thread give way to all others, until its end: the system lets nobody but root go back. So it may lose its
 * core for a second, and must hold nothing then that others wait for.
 */
export function giveWay(libc: Libc): void {
  libc.calls.sched_setscheduler(SELF, SCHED_IDLE, PARAMETERS);
}

/**
 * Makes the calling thread, and the engine's helpers that compile and collect garbage for all threads, stand back behind the
 * others, also behind those of other programs: these are given the core at once when they want it. Threads that it starts
 * from now on stand back like it. The system lets nobody but root go back.
 */
export function standBack(libc: Libc): void {
  for (const thread of [SELF, ...helpers(libc)]) libc.calls.setpriority(PRIO_PROCESS, thread, NICE);
}

/** The numbers of the engine's helper threads; none where the system does not show threads. */
function helpers(libc: Libc): number[] {
  // They are started with the process: so their numbers come soon after its own.
  const near = Array.from({ length: HELPERS_WITHIN }, (_, index) => Deno.pid + 1 + index);
  return near.filter((thread) => nameOf(libc, thread) === HELPER);
}

/** What a thread of this process is called; null when there is none of that number. */
function nameOf(libc: Libc, thread: number): string | null {
  try {
    return readSystemFile(libc, `/proc/self/task/${thread}/comm`).trimEnd();
  } catch {
    return null;
  }
}
