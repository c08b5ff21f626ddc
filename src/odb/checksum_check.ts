import { readChecksums, sumPath } from "./checksum.ts";
import { type Checksum, Digest } from "./digest.ts";
import { resolveTarget } from "./files.ts";

/**
 * What a checksum file says of an ODB file. `missing`: there is none. `unusable`: it cannot be read or is
 * none. `foreign`: it is of another file, by the sizes. `unread`: it is of a file of this size, which was not
 * read to its end.
 */
export type ChecksumState = "missing" | "unusable" | "foreign" | "unread" | "agrees" | "disagrees";

/** Compares a file, while it is read, with its checksum file. */
export class ChecksumCheck {
  /** A sentence for the log about a checksum file that is of no use; null when there is nothing to say. */
  warning: string | null = null;
  #state: ChecksumState = "missing";
  readonly #path: string;
  readonly #size: number;
  #read = 0;
  #fitting: Checksum[] = [];
  readonly #digest = new Digest();

  /** Reads the checksum file of the file that `path` means, which has `size` bytes; 0 when it is not there. */
  constructor(path: string, size: number) {
    this.#path = resolveTarget(path);
    this.#size = size;
    try {
      const checksums = readChecksums(this.#path);
      if (checksums === null) return;
      this.#fitting = checksums.filter((checksum) => checksum.size === size);
      this.#state = this.#fitting.length > 0 ? "unread" : "foreign";
      if (this.#state === "foreign") {
        this.warning = `${sumPath(this.#path)} is of another file: it was ignored.`;
      }
    } catch (error) {
      this.#state = "unusable";
      this.warning = `${sumPath(this.#path)} was ignored: ${error instanceof Error ? error.message : error}.`;
    }
  }

  /** Takes the next bytes of the file. */
  update(bytes: Uint8Array): void {
    this.#read += bytes.length;
    if (this.#fitting.length > 0) this.#digest.update(bytes);
  }

  /** What came of it; the bytes of the whole file must have been given, or it is `unread`. To be called once. */
  finish(): ChecksumState {
    if (this.#state !== "unread" || this.#read !== this.#size) return this.#state;
    const { digest } = this.#digest.finish();
    if (this.#fitting.some((checksum) => checksum.digest === digest)) return "agrees";
    return this.#readAgain().some((checksum) => checksum.digest === digest) ? "agrees" : "disagrees";
  }

  /** What the checksum file says now: a running tracker may have replaced both files after the first look. */
  #readAgain(): Checksum[] {
    try {
      return readChecksums(this.#path) ?? [];
    } catch {
      return [];
    }
  }
}
