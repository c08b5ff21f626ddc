/** An ODB file that a command reads, with its checksum. @module */

import {
  ChecksumCheck,
  type ChecksumState,
  type Damage,
  RecordReader,
  resolveTarget,
  VERSIONS,
} from "../odb/mod.ts";
import { attempt, CommandError } from "./command.ts";
import type { Progress } from "./progress.ts";

/** A running tracker would have to replace its file so often between two looks at it. */
const OPEN_TRIES = 100;

/** What a checksum file says, in words that follow a file. */
export const CHECKSUM_WORDS: Record<ChecksumState, string> = {
  missing: "without a checksum",
  unusable: "with a checksum file that cannot be used",
  foreign: "with a checksum of another file",
  unread: "with a checksum that was not compared",
  agrees: "checksum agrees",
  disagrees: "checksum disagrees",
};

/** A file being read, and compared with its `FILE.sum` on the way. */
export class Input implements Disposable {
  readonly path: string;
  readonly reader: RecordReader;
  #check: ChecksumCheck | null = null;

  private constructor(path: string, progress: Progress) {
    this.path = path;
    this.reader = new RecordReader(path, (size) => {
      const check = new ChecksumCheck(resolveTarget(path), size);
      this.#check = check;
      return (bytes) => {
        progress.advance(bytes.length);
        check.update(bytes);
      };
    });
  }

  /**
   * Opens the file `path`; bytes that are read of it are added to `progress`. When a save replaces it just then, it
   * is opened again, so that the checksum is of the file that is read. Throws OdbError, or an Error that names the
   * file.
   */
  static open(path: string, progress: Progress): Input {
    return attempt(`Cannot read ${path}`, () => {
      for (let tries = 1;; tries++) {
        const input = new Input(path, progress);
        if (tries === OPEN_TRIES || !input.reader.isReplaced) {
          progress.expect(input.reader.size);
          return input;
        }
        input[Symbol.dispose]();
      }
    });
  }

  /** The version as it is written, `0001` or `0006`. */
  get version(): string {
    return VERSIONS[this.reader.family];
  }

  /** Reads what is left of the file and tells what its checksum says. To be called once. */
  readChecksum(): ChecksumState {
    this.reader.readToEnd();
    return this.#check?.finish() ?? "missing";
  }

  /** A sentence about a checksum file that is of no use, or null. */
  get checksumWarning(): string | null {
    return this.#check?.warning ?? null;
  }

  /** To be called at the end: throws a CommandError when the file is damaged, by its structure or its checksum. */
  requireWhole(): void {
    const { damage, trailingBytes } = this.reader;
    const found = damage ?? trailingDamage(this.reader.size, trailingBytes);
    const reason = found !== null
      ? `at byte ${found.offset}: ${found.reason}`
      : this.readChecksum() === "disagrees"
      ? "somewhere: its checksum disagrees"
      : null;
    if (reason !== null) throw new CommandError(`${this.path} is damaged ${reason}`);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.reader[Symbol.dispose]();
  }
}

/** The damage of a file of `size` bytes that goes on behind its end mark; null when it does not. */
export function trailingDamage(size: number, trailingBytes: number): Damage | null {
  if (trailingBytes === 0) return null;
  return { offset: size - trailingBytes, reason: `${trailingBytes} bytes stand behind the end mark` };
}
