import { folderOf, permissionsOf, removeIfThere, resolveTarget, syncFolder, writeAll } from "./files.ts";

const COPY_BYTES = 2 ** 20;

/**
 * Copies the damaged file `path` to `FILE.damaged-<unixSec>` beside it, and returns that name once the copy
 * is on disk; the next save may then replace the file. An earlier copy is never overwritten: a number is
 * added to the name. Permissions are those of the file. Throws an Error that names the file when it fails,
 * and leaves no part of a copy.
 */
export function copyAside(path: string, unixSec: number): string {
  try {
    const source = resolveTarget(path);
    using from = Deno.openSync(source);
    const { name, file } = createNew(`${source}.damaged-${unixSec}`, permissionsOf(source));
    using to = file;
    try {
      copy(from, to);
    } catch (error) {
      removeIfThere(name);
      throw error;
    }
    syncFolder(folderOf(name));
    return name;
  } catch (cause) {
    throw new Error(`Cannot copy ${path} aside: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** Creates the file `wanted`, or `wanted-2` up when it is there already. */
function createNew(wanted: string, mode: number | null): { name: string; file: Deno.FsFile } {
  for (let number = 1;; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      const options = { write: true, createNew: true, ...(mode === null ? {} : { mode }) };
      return { name, file: Deno.openSync(name, options) };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

function copy(from: Deno.FsFile, to: Deno.FsFile): void {
  const buffer = new Uint8Array(COPY_BYTES);
  for (let read = from.readSync(buffer); read !== null; read = from.readSync(buffer)) {
    writeAll(to, buffer.subarray(0, read));
  }
  to.syncSync();
}
