import type { Libc } from "./libc.ts";
import { readSystemFile, readSystemFolder } from "./system_file.ts";

/** The calling thread. */
const SELF = 0;
/** Linux's classes of threads: the usual one. */
const SCHED_OTHER = 0;
/** Real-time ones, which have the core before all others, and in turns beside each other. */
const SCHED_RR = 2;
/** What runs when nobody else wants the core: next to others it still gets a three-hundredth of it. */
const SCHED_IDLE = 5;
/** Added to a class: threads that the thread starts do not inherit it. Whoever is not root cannot take it back. */
const SCHED_RESET_ON_FORK = 0x4000_0000;
/** Sched_params: the priority among the real-time threads. The lowest of theirs, and that of all others. */
const REALTIME = new Int32Array([1]);
const NOT_REALTIME = new Int32Array([0]);
/** The highest priority among real-time threads that the process may take without being root. */
const RLIMIT_RTPRIO = 14;
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
  libc.calls.sched_setscheduler(SELF, SCHED_IDLE, NOT_REALTIME);
}

/**
 * Makes the calling thread real-time: it has its core as soon as it wants it, before all threads that are not, also those of
 * other programs and most of the kernel's. The threads that it starts are not. Returns whether the system lets it: root, and
 * whoever `RLIMIT_RTPRIO` allows it.
 */
export function becomeRealtime(libc: Libc): boolean {
  return libc.calls.sched_setscheduler(SELF, SCHED_RR | SCHED_RESET_ON_FORK, REALTIME) === 0;
}

/** Whether the system lets the calling thread, which is like all others, become real-time; it does not stay so. */
export function mayBecomeRealtime(libc: Libc): boolean {
  const may = becomeRealtime(libc);
  if (may) becomeUsual(libc);
  return may;
}

/** Makes the calling thread, once real-time, one like all others again. */
export function becomeUsual(libc: Libc): void {
  libc.calls.sched_setscheduler(SELF, SCHED_OTHER | SCHED_RESET_ON_FORK, NOT_REALTIME);
}

/** Lets the threads of this process become real-time when it is not root any more. Only root may allow that. */
export function allowRealtime(libc: Libc): void {
  const limit = BigInt(REALTIME[0]);
  libc.calls.setrlimit(RLIMIT_RTPRIO, BigUint64Array.of(limit, limit));
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
