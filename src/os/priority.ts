import type { Libc } from "./libc.ts";
import { readSystemFile, readSystemFolder } from "./system_file.ts";

/** The calling thread. */
const SELF = 0;
/** Linux's class of what runs when nobody else wants the core: next to others it still gets a three-hundredth of it. */
const SCHED_IDLE = 5;
/** A sched_param: the priority among the real-time threads, of which this is none. */
const PARAMETERS = new Int32Array([0]);
/** Of getpriority(2) and setpriority(2): one thread, by its number. */
const PRIO_PROCESS = 0;
/** How much nicer those are that stand back: beside one of the others they still get a tenth of a core. */
const NICER_BY = 10;
/** What the engine's helpers are called, as far as Linux keeps names. */
const HELPER = "V8 DefaultWorke";
/** The threads of this process, a folder each. */
const THREADS = "/proc/self/task";

/**
 * Makes the calling thread give way to all others, until its end: the system lets nobody but root go back. So it may lose its
 * core for a second, and must hold nothing then that others wait for.
 */
export function giveWay(libc: Libc): void {
  libc.calls.sched_setscheduler(SELF, SCHED_IDLE, PARAMETERS);
}

/**
 * Makes the calling thread, and the engine's helpers that compile and collect garbage for all threads, stand back behind the
 * others, also behind those of other programs: these are given the core sooner, and more of it. Threads that it starts
 * from now on stand back like it. The system lets nobody but root go back.
 */
export function standBack(libc: Libc): void {
  // An operator may have made the whole process nicer already. The system takes what is too nice as 19.
  const niceness = libc.calls.getpriority(PRIO_PROCESS, SELF) + NICER_BY;
  for (const thread of [SELF, ...helpers(libc)]) libc.calls.setpriority(PRIO_PROCESS, thread, niceness);
}

/** The numbers of the engine's helper threads; none where the system does not show threads. */
function helpers(libc: Libc): number[] {
  try {
    return readSystemFolder(libc, THREADS).filter((thread) => isHelper(libc, thread)).map(Number);
  } catch {
    return [];
  }
}

function isHelper(libc: Libc, thread: string): boolean {
  try {
    return readSystemFile(libc, `${THREADS}/${thread}/comm`).trimEnd() === HELPER;
  } catch {
    return false; // No thread, or one that has just ended.
  }
}
