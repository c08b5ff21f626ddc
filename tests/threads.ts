// The threads of a process, as Linux shows them.

/** What the test asks of a thread. */
export interface Thread {
  /** As far as Linux keeps it: 15 characters. */
  name: string;
  /** 1 to 19 is nicer than usual. */
  nice: number;
  /** The scheduling class, of which 0 is the usual. */
  policy: number;
}

/** The usual class. */
export const SCHED_OTHER = 0;
/** A class of real-time threads, which go before all others. */
export const SCHED_RR = 2;
/** The class that gives way to all others. */
export const SCHED_IDLE = 5;

/** No thread is nicer. */
export const NICE_MAX = 19;

/** How the system says that there is no such thread any more. */
const ENDED = ["ENOENT", "ESRCH"];

/** The number of the thread that asks. */
export function ownThread(): number {
  return Number(Deno.readLinkSync("/proc/thread-self").split("/").at(-1));
}

/** All threads of the process, by their numbers. */
export function threadsOf(pid: number): Map<number, Thread> {
  const threads = new Map<number, Thread>();
  for (const [number, field] of readThreads(pid)) {
    threads.set(number, { name: field(2), nice: Number(field(19)), policy: Number(field(41)) });
  }
  return threads;
}

/** How many threads of the process are real-time. */
export function countRealtimeThreads(pid: number): number {
  return [...threadsOf(pid).values()].filter(({ policy }) => policy === SCHED_RR).length;
}

/** Whether no thread of the process goes on after a SIGSTOP, which takes a moment. */
export function isStopped(pid: number): boolean {
  return readThreads(pid).every(([, field]) => field(3) === "T");
}

/** Each thread and its fields, numbered as in proc_pid_stat(5) from 1; the second, a name, may have spaces in it. */
function readThreads(pid: number): [number, (number: number) => string][] {
  return filesOfThreads(pid, "stat").map(([thread, stat]) => {
    const [nameAt, nameEnd] = [stat.indexOf("("), stat.lastIndexOf(")")];
    const fields = [String(thread), stat.slice(nameAt + 1, nameEnd), ...stat.slice(nameEnd + 2).split(" ")];
    return [thread, (number) => fields[number - 1]];
  });
}

/** A file in /proc of each thread of the process, by the threads' numbers. */
export function filesOfThreads(pid: number, file: string): [number, string][] {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => Number(name));
  return threads.flatMap((thread): [number, string][] => {
    const text = fileOfThread(pid, thread, file);
    return text === null ? [] : [[thread, text]];
  });
}

/** A file in /proc of the thread, or null when it has ended, be it since it was listed or since the file was opened. */
export function fileOfThread(pid: number, thread: number, file: string): string | null {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/task/${thread}/${file}`);
  } catch (error) {
    if (ENDED.includes((error as { code?: string }).code ?? "")) return null;
    throw error;
  }
}
