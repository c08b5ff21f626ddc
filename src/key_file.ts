/**
 * The key file, `FILE.key` beside the ODB file: what the tracker keeps for its next start that is no torrent and no
 * peer. JSON, for its owner alone to read: whoever knows the secret can forge connection ids.
 *
 * ```
 * {
 *   "boot_id": "11111111-2222-4333-8444-555555555555",    or null: the secret is not to be used again
 *   "secret": "00112233aabbccdd",                         or null
 *   "counting_since_unix": 1800000000,
 *   "counters": { "udpConnects": 12, ... }                those of KEPT_COUNTERS; what is not there is 0
 * }
 * ```
 *
 * @module
 */

import { folderOf, lstatOf, readSmallFile, replaceSmallFile, syncFolder } from "./odb/mod.ts";
import { KEPT_COUNTERS } from "./stats/mod.ts";

/** Permission bits: its owner alone may read and write it. */
const MODE = 0o600;
const OTHERS = 0o077;
const BYTES_MAX = 16_384;
const SECRET = /^[0-9a-f]{16}$/;

/** What a key file holds. */
export interface KeyFile {
  /** The run of the machine whose clock the connection ids tell, see readBootId; null without a secret. */
  bootId: string | null;
  /** Two random words, the key of the connection ids. */
  secret: Uint32Array<ArrayBuffer> | null;
  /** Since when requests are counted. */
  countingSinceUnix: number;
  /** How many, by the names of KEPT_COUNTERS. */
  counters: ReadonlyMap<string, number>;
}

/**
 * Reads the key file `path`; null when there is none. Throws an Error when it cannot be read, when others than its owner
 * may read it, and when it is none. No error tells anything of the secret.
 */
export function readKeyFile(path: string): KeyFile | null {
  const stat = lstatOf(path);
  if (stat === null) return null;
  if (stat.isSymlink) throw new Error("it is a symbolic link");
  if (((stat.mode ?? 0) & OTHERS) !== 0) throw new Error("others than its owner may read it");
  const text = readSmallFile(path, BYTES_MAX);
  return text === null ? null : parse(text);
}

/** Replaces the key file `path`, which is on disk then. Throws what the system does, with the file as it was. */
export function writeKeyFile(path: string, { bootId, secret, countingSinceUnix, counters }: KeyFile): void {
  const contents = {
    boot_id: bootId,
    secret: secret === null
      ? null
      : Array.from(secret, (word) => word.toString(16).padStart(8, "0")).join(""),
    counting_since_unix: countingSinceUnix,
    counters: Object.fromEntries(counters),
  };
  replaceSmallFile(path, JSON.stringify(contents, null, 2) + "\n", MODE);
  syncFolder(folderOf(path));
}

function parse(text: string): KeyFile {
  const { boot_id, secret, counting_since_unix, counters } = parseObject(text);
  const hasSecret = typeof boot_id === "string" && typeof secret === "string" && SECRET.test(secret);
  if (!(hasSecret || secret === null) || !isCount(counting_since_unix)) {
    throw new Error("it is not a key file");
  }
  return {
    bootId: hasSecret ? boot_id : null,
    secret: hasSecret
      ? Uint32Array.of(parseInt(secret.slice(0, 8), 16), parseInt(secret.slice(8), 16))
      : null,
    countingSinceUnix: counting_since_unix,
    counters: parseCounters(counters),
  };
}

function parseCounters(counters: unknown): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of KEPT_COUNTERS.keys()) {
    const count = isObject(counters) ? counters[name] ?? 0 : undefined;
    if (!isCount(count)) throw new Error("it is not a key file");
    counts.set(name, count);
  }
  return counts;
}

/** The fields of a JSON object; the parser's own errors would quote the text. */
function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No object either.
  }
  if (!isObject(value)) throw new Error("it is not a key file");
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether `value` is a whole number that can be counted on from. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
