/** Dumps of a tracker's state while it is measured. @module */

/** How often it is looked whether a dump is done. */
const LOOK_MS = 10;
/** Much longer than any dump takes. */
const DUMP_MS_MAX = 60_000;

/**
 * Has a tracker dump its state to its file at `path`, one dump after the other, until the work is done. Returns what came
 * of the work, and how many dumps were done. Throws when the work fails or a dump does not come, in that order.
 */
export async function dumpDuring<Result>(
  pid: number,
  path: string,
  work: Promise<Result>,
): Promise<{ result: Result; dumps: number }> {
  let isOver = false;
  const dumping = dumpUntil(pid, path, () => isOver);
  // What they failed by is told when the work is over, which must not go on alone.
  dumping.catch(() => {});
  const result = await work.finally(() => isOver = true);
  return { result, dumps: await dumping };
}

async function dumpUntil(pid: number, path: string, isOver: () => boolean): Promise<number> {
  let count = 0;
  for (; !isOver(); count++) await dump(pid, path);
  return count;
}

async function dump(pid: number, path: string): Promise<void> {
  const before = inodeOf(path);
  const startMs = performance.now();
  Deno.kill(pid, "SIGUSR2");
  while (inodeOf(path) === before) {
    if (performance.now() - startMs > DUMP_MS_MAX) throw new Error(`The tracker does not dump to ${path}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** A dump replaces the file by another, made while it is there, so their numbers differ; null as long as there is none. */
function inodeOf(path: string): number | null {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
