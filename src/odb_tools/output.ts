/** An ODB file that a command writes: beside its target first, then in its place, with its checksum. @module */

import { ConfigError } from "../config/mod.ts";
import {
  commitAll,
  encodeHeader,
  encodeTorrentHead,
  OPCODE_BYTES,
  OPCODE_END,
  removeStrays,
  Replacement,
  statOf,
  TORRENT_HEAD_BYTES,
  type TorrentHead,
} from "../odb/mod.ts";
import { type Family, RECORD_BYTES } from "../peers/mod.ts";
import { attempt, failure } from "./command.ts";
import { filesOfTarget, isSameFile, TargetLock } from "./target.ts";

/** What to write, and what not to write over. */
export interface OutputOptions {
  path: string;
  family: Family;
  /** Files that are read: never the output. */
  inputs: readonly string[];
  /** Whether a file that is there may be replaced. */
  force: boolean;
  /** The output beside which this one is the IPv6 file: its lock holds for both. */
  ipv4?: Output;
}

/**
 * The file being written: torrents, each followed by its records, then {@linkcode finishOutputs}. Disposed of before
 * that, it leaves everything as it was, but for parts of files that a killed process has left there: these are removed.
 */
export class Output implements Disposable {
  readonly path: string;
  readonly family: Family;
  /** Where `reserve` has made room for records. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  at = 0;
  readonly #recordBytes: number;
  readonly #file: Replacement;
  readonly #lock: TargetLock | null;

  /**
   * Throws a ConfigError when the file is an input, or there already and not to be replaced, and a CommandError when
   * somebody else uses it or it cannot be written.
   */
  constructor({ path, family, inputs, force, ipv4 }: OutputOptions) {
    this.path = path;
    this.family = family;
    this.#recordBytes = RECORD_BYTES[family];
    this.#lock = attempt(`Cannot write ${path}`, () => {
      checkTarget(path, inputs, force);
      return ipv4 === undefined ? new TargetLock(path) : null;
    });
    try {
      this.#file = attempt(`Cannot write ${path}`, () => {
        if (this.#lock !== null) removeStrays(path);
        return new Replacement(path);
      });
    } catch (error) {
      this.#lock?.[Symbol.dispose]();
      throw error;
    }
    this.bytes = this.#file.bytes;
    this.addBytes(encodeHeader(family));
  }

  /** The replacement, for `finishOutputs`. */
  get replacement(): Replacement {
    return this.#file;
  }

  /** Begins a torrent; the `head.count` records must follow. */
  addHead(head: TorrentHead): void {
    const { bytes, view } = this.#file;
    encodeTorrentHead(head, bytes, view, this.#reserveBytes(TORRENT_HEAD_BYTES));
  }

  /** Makes room for at least one and at most `count` records from `at` on in `bytes`; returns for how many. */
  reserve(count: number): number {
    const pieces = Math.min(count, Math.max(1, Math.floor(this.#file.room / this.#recordBytes)));
    this.at = this.#reserveBytes(pieces * this.#recordBytes);
    return pieces;
  }

  /** Adds the `count` records that are in `source` from `sourceAt` on. */
  addRecords(source: Uint8Array, sourceAt: number, count: number): void {
    while (count > 0) {
      const pieces = this.reserve(count);
      const end = sourceAt + pieces * this.#recordBytes;
      this.bytes.set(source.subarray(sourceAt, end), this.at);
      sourceAt = end;
      count -= pieces;
    }
  }

  /** Adds bytes as they are. */
  addBytes(source: Uint8Array): void {
    for (let from = 0; from < source.length;) {
      const size = Math.min(source.length - from, Math.max(1, this.#file.room));
      this.bytes.set(source.subarray(from, from + size), this.#reserveBytes(size));
      from += size;
    }
  }

  /** Writes the end mark and waits until everything is on disk. */
  end(): void {
    this.bytes[this.#file.reserve(OPCODE_BYTES)] = OPCODE_END;
    this.#file.finish();
  }

  #reserveBytes(size: number): number {
    try {
      return this.#file.reserve(size);
    } catch (cause) {
      throw failure(`Cannot write ${this.path}`, cause);
    }
  }

  /** Gives up what is not finished, and the lock. */
  [Symbol.dispose](): void {
    this.#file.discard();
    this.#lock?.[Symbol.dispose]();
  }
}

/** Ends the files and puts them in their places. Throws a CommandError when that fails. */
export function finishOutputs(outputs: Output[]): void {
  attempt(`Cannot write ${outputs.map(({ path }) => path).join(" and ")}`, () => {
    for (const output of outputs) output.end();
    commitAll(outputs.map(({ replacement }) => replacement));
  });
}

/** Throws a ConfigError when `path` must not be written. Links, of both kinds, hide nothing. */
function checkTarget(path: string, inputs: readonly string[], force: boolean): void {
  const there = statOf(path);
  if (there !== null && !there.isFile) throw new ConfigError(`--output ${path}`, "is not a regular file");
  for (const input of inputs) {
    for (const name of filesOfTarget(path)) {
      if (isSameFile(input, name)) {
        throw new ConfigError(`--output ${path}`, `would replace ${input}, which is read`);
      }
    }
  }
  if (there !== null && !force) {
    throw new ConfigError(`--output ${path}`, "is there already; --force replaces it");
  }
}
