// The threads of a process, as Linux shows them.

/** What the test asks of a thread. */
export interface Thread {
  /** 1 to 19 is nicer than usual. */
  nice: number;
  /** The scheduling class, of which 0 is the usual. */
  policy: number;
}

/** The class that gives way to all others. */
export const SCHED_IDLE = 5;

/** All threads of the process, by their numbers. */
export function threadsOf(pid: number): Map<number, Thread> {
  const names = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
  return new Map(names.map((name) => [Number(name), threadOf(`/proc/${pid}/task/${name}/stat`)]));
}

/** The fields are numbered in proc_pid_stat(5), from 1; the second, a name, may have spaces in it. */
function threadOf(path: string): Thread {
  const stat = Deno.readTextFileSync(path);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  return { nice: field(19), policy: field(41) };
}
