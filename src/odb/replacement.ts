/**
 * A file that is written beside its target and takes the target's place when it is whole and on disk. Until
 * then the target is as it was.
 *
 * @module
 */

import { presentChecksum, writeChecksums } from "./checksum.ts";
import { Digest } from "./digest.ts";
import { folderOf, permissionsOf, removeIfThere, resolveTarget, syncFolder, writeAll } from "./files.ts";
import { TEMPORARY_SUFFIX } from "./small_file.ts";

/** Bytes gathered before they are written. */
export const CHUNK_BYTES = 2 ** 20;

/**
 * Call `reserve` and write into `bytes` or `view` as often as needed, then `finish`, then {@linkcode commitAll};
 * or `discard` at any time before. Errors of the system are thrown as they come, not all of them naming the file.
 */
export class Replacement {
  /** The chunk being filled; `view` is the same memory. */
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);
  readonly view: DataView<ArrayBuffer> = new DataView(this.bytes.buffer);
  readonly #target: string;
  readonly #temporary: string;
  readonly #mode: number | null;
  readonly #file: Deno.FsFile;
  readonly #digest = new Digest();
  #closed = false;
  #used = 0;
  #flushed = 0;

  /**
   * Opens `FILE.tmp` beside the file that `target` means. What a killed process left under that name is
   * replaced: the ODB lock keeps a second live one away.
   */
  constructor(target: string) {
    this.#target = resolveTarget(target);
    this.#temporary = this.#target + TEMPORARY_SUFFIX;
    this.#mode = permissionsOf(this.#target);
    removeIfThere(this.#temporary);
    this.#file = Deno.openSync(this.#temporary, {
      write: true,
      createNew: true, // Never through a link that somebody put there.
      ...(this.#mode === null ? {} : { mode: this.#mode }),
    });
  }

  /** The folder that `commit` changes. */
  get folder(): string {
    return folderOf(this.#target);
  }

  /** Bytes reserved so far. */
  get size(): number {
    return this.#flushed + this.#used;
  }

  /** Bytes that can be reserved before the chunk has to be written. */
  get room(): number {
    return CHUNK_BYTES - this.#used;
  }

  /** Reserves the next `size` bytes, at most CHUNK_BYTES, and returns where in the chunk to write them. */
  reserve(size: number): number {
    if (size > this.room) this.#flush();
    const at = this.#used;
    this.#used += size;
    return at;
  }

  /** Writes what is left, gives it the target's permissions and waits until all of it is on disk. */
  finish(): void {
    this.#flush();
    // Again, since the process' mask has taken from the mode that the file was opened with.
    if (this.#mode !== null) Deno.chmodSync(this.#temporary, this.#mode);
    this.#file.syncDataSync();
    this.#close();
  }

  /** Says in the target's checksum file what is about to be the target. The folder is left to sync, see `folder`. */
  announce(): void {
    writeChecksums(this.#target, this.#digest.finish(), presentChecksum(this.#target), this.#mode);
  }

  /** Puts the finished file in the target's place. The folder is left to sync. */
  commit(): void {
    Deno.renameSync(this.#temporary, this.#target);
  }

  /** Removes the temporary file if the system lets it. Never throws: what has failed before is the news. */
  discard(): void {
    this.#close();
    try {
      removeIfThere(this.#temporary);
    } catch {
      // It stays until the next save replaces it.
    }
  }

  #flush(): void {
    const bytes = this.bytes.subarray(0, this.#used);
    writeAll(this.#file, bytes);
    this.#digest.update(bytes);
    this.#flushed += this.#used;
    this.#used = 0;
  }

  #close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }
}

/**
 * Puts the finished replacements in their targets' places, one right after another, and makes that durable. The
 * checksum files come first, and are on disk before any target changes, see checksum.ts.
 */
export function commitAll(replacements: Replacement[]): void {
  const folders = new Set(replacements.map((replacement) => replacement.folder));
  for (const replacement of replacements) replacement.announce();
  for (const folder of folders) syncFolder(folder);
  for (const replacement of replacements) replacement.commit();
  for (const folder of folders) syncFolder(folder);
}
