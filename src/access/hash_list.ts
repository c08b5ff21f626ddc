/** Info hashes out of a file, into a set that all threads search. @module */

import { HASH_BYTES } from "../peers/mod.ts";
import { addHash, HASHES_MAX, hashSetWords } from "./hash_set.ts";
import { countLines, ListError, readEntries, readUnchanged } from "./list_file.ts";
import type { Published } from "./published.ts";

const HASH_DIGITS = 2 * HASH_BYTES;
/** By character code: what a hexadecimal digit stands for; NO_DIGIT for any other character. */
const DIGITS = new Uint8Array(128);
const NO_DIGIT = 0xff;
DIGITS.fill(NO_DIGIT);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  DIGITS[digit.charCodeAt(0)] = DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Publishes the hashes in the file `path` and returns how many they are, each counted once. Rejects with a ListError, and
 * nothing is published, when the file cannot be read, is changed meanwhile, or has a line that is no hash, or too many.
 */
export async function publishHashes(path: string, published: Published): Promise<number> {
  const hashes = await readUnchanged(path, (file) => prepareHashes(path, file, published));
  published.publish();
  return hashes;
}

async function prepareHashes(path: string, file: Deno.FsFile, published: Published): Promise<number> {
  const lines = await countLines(path, file);
  // Comments and blank lines are lines too; only who has millions of them is refused for nothing.
  if (lines > HASHES_MAX) throw new ListError(path, null, `has more than ${HASHES_MAX} lines`);
  const words = published.prepare(hashSetWords(lines));
  const bytes = new Uint8Array(HASH_BYTES);
  const hash = new Uint32Array(bytes.buffer);
  let entries = 0;
  let hashes = 0;
  await readEntries(path, file, (entry) => {
    if (!readHash(entry, bytes)) return `an info hash must be ${HASH_DIGITS} hexadecimal digits`;
    if (++entries > lines) return "the file has grown while it was read";
    if (addHash(words, published.keys, hash, 0)) hashes++;
    return null;
  });
  return hashes;
}

/** Reads the 40 digits that `text` must be into `bytes`; false when it is anything else. */
function readHash(text: string, bytes: Uint8Array): boolean {
  if (text.length !== HASH_DIGITS) return false;
  for (let i = 0; i < HASH_BYTES; i++) {
    const high = digitAt(text, 2 * i);
    const low = digitAt(text, 2 * i + 1);
    if (high === NO_DIGIT || low === NO_DIGIT) return false;
    bytes[i] = high << 4 | low;
  }
  return true;
}

function digitAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < DIGITS.length ? DIGITS[code] : NO_DIGIT;
}
