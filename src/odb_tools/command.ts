/** What a command of `tracker odb` is. @module */

import { ConfigError, type GivenSettings, type Setting } from "../config/mod.ts";
import { OdbError } from "../odb/mod.ts";

/** Exit codes of the commands; main.ts gives 2 for wrong usage. */
export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
export const EXIT_NOT_ODB = 3;

/** A command of `tracker odb`. */
export interface OdbCommand {
  /** The word that calls it. */
  readonly name: string;
  /** What follows the word, for the usage line. */
  readonly usage: string;
  /** What it does, in a few words, for the list of commands. */
  readonly summary: string;
  /** What the help says beside the options: lines of at most 100 columns. */
  readonly details: readonly string[];
  readonly settings: readonly Setting<unknown>[];
  /** How many files it takes. */
  readonly filesMin: number;
  readonly filesMax: number;
  /**
   * Does it and returns the exit code. Throws ConfigError for wrong options, OdbError for a file that is no ODB, and
   * an Error that names the file for everything else that fails.
   */
  run(files: string[], given: GivenSettings): number;
}

/** Something that keeps a command from being done, in one line that names the file. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * What `work` returns. What fails for a reason outside this program is thrown as a CommandError that begins with `what`,
 * as `Cannot read state.odb`; errors that say enough themselves as they are.
 */
export function attempt<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw failure(what, error);
  }
}

/** The error to throw for `cause`, see {@linkcode attempt}. */
export function failure(what: string, cause: unknown): unknown {
  if (cause instanceof OdbError || cause instanceof CommandError || cause instanceof ConfigError) {
    return cause;
  }
  return new CommandError(`${what}: ${cause instanceof Error ? cause.message : cause}`, { cause });
}

/** Throws a ConfigError when a command that takes `filesMin` to `filesMax` files was given `files`. */
export function checkFiles({ name, usage, filesMin, filesMax }: OdbCommand, files: string[]): void {
  if (files.length >= filesMin && files.length <= filesMax) return;
  throw new ConfigError(`odb ${name}`, `is written: tracker odb ${name} ${usage}`);
}
