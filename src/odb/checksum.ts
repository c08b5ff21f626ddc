/**
 * Checksum files: `FILE.sum` beside an ODB file `FILE`, by which silent damage is noticed.
 *
 * ```
 * # `xxh64sum -c` in this folder checks the file.
 * # size 89, written 1800000000 (2027-01-15T08:00:00Z)
 * <digest>  state.odb
 * # before: size 16, <digest>
 * ```
 *
 * The size is in bytes, the time in seconds since 1970; for the digest see digest.ts. The checksum file is replaced
 * before the ODB file is, and tells in its last line, if there was a file, which one the new one replaces. So
 * at every moment the ODB file is one of those it tells of, however the writer ends.
 *
 * @module
 */

import { type Checksum, Digest, DIGEST_DIGITS, DIGEST_PROGRAM } from "./digest.ts";
import { baseName, statOf } from "./files.ts";
import { readSmallFile, replaceSmallFile } from "./small_file.ts";

/** More than any checksum file has: two lines of digests and two of words, with the longest name there is. */
const SUM_BYTES_MAX = 4096;
const READ_BYTES = 2 ** 20;

const SIZE_LINE = /^# size (\d{1,15}), written \d+ \([^()]*\)$/;
const DIGEST_LINE = new RegExp(`^\\\\?([0-9a-f]{${DIGEST_DIGITS}}) [ *]`);
const BEFORE_LINE = new RegExp(`^# before: size (\\d{1,15}), ([0-9a-f]{${DIGEST_DIGITS}})$`);

/** The name of the checksum file that belongs to the file `path`. */
export function sumPath(path: string): string {
  return `${path}.sum`;
}

/**
 * What the checksum file of `path` says that the file is: one entry, or two when it names a file before.
 * null when there is no checksum file. Throws an Error when it cannot be read or is none.
 */
export function readChecksums(path: string): Checksum[] | null {
  const text = readSmallFile(sumPath(path), SUM_BYTES_MAX);
  if (text === null) return null;
  const checksums: Checksum[] = [];
  let size: number | null = null;
  for (const line of text.split("\n")) {
    const sizeText = SIZE_LINE.exec(line)?.[1];
    const digest = DIGEST_LINE.exec(line)?.[1];
    const [, sizeBefore, digestBefore] = BEFORE_LINE.exec(line) ?? [];
    if (sizeText !== undefined) size = Number(sizeText);
    else if (digest !== undefined && size !== null) checksums.push({ size, digest });
    else if (sizeBefore !== undefined) checksums.push({ size: Number(sizeBefore), digest: digestBefore });
  }
  if (checksums.length === 0) throw new Error(`${sumPath(path)} is not a checksum file`);
  return checksums;
}

/**
 * Replaces the checksum file of `path`, which is no symbolic link and is about to become the file of
 * `checksum`: until then it is the one of `before`, null for none or one that nobody knows. `mode` gives the
 * permission bits, null the process' mask. The folder is left to sync. Throws what the system does.
 */
export function writeChecksums(
  path: string,
  checksum: Checksum,
  before: Checksum | null,
  mode: number | null,
): void {
  const unixSec = Math.floor(Date.now() / 1000);
  const date = new Date(1000 * unixSec).toISOString().replace(".000", "");
  const lines = [
    `# \`${DIGEST_PROGRAM} -c\` in this folder checks the file.`,
    `# size ${checksum.size}, written ${unixSec} (${date})`,
    digestLine(checksum.digest, baseName(path)),
    ...before === null ? [] : [`# before: size ${before.size}, ${before.digest}`],
  ];
  replaceSmallFile(sumPath(path), lines.join("\n") + "\n", mode);
}

/** As the program writes it. Only a line break makes it escape a name: before 0.8.2 it reads no escaped ones. */
function digestLine(digest: string, name: string): string {
  if (!name.includes("\n")) return `${digest}  ${name}`;
  return `\\${digest}  ${name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`;
}

/**
 * The checksum that the file `path` has, or should have: that entry of its checksum file which is of its size, and of
 * several such that which agrees with it. One that agrees with none of them is damaged, and must not pass for whole
 * later on: the first of them is returned. Without an entry of its size it is made from the file. null when there is no
 * file, it is empty or cannot be read.
 */
export function presentChecksum(path: string): Checksum | null {
  const stat = statOf(path);
  if (stat === null || !stat.isFile || stat.size === 0) return null;
  const fitting = fittingChecksums(path, stat.size);
  if (fitting.length === 1) return fitting[0];
  try {
    const made = checksumOf(path);
    return fitting.find(({ digest }) => digest === made.digest) ?? fitting[0] ?? made;
  } catch {
    return null;
  }
}

/** The entries of the checksum file of `path` that are of this size, equal ones once; none when it cannot be read. */
function fittingChecksums(path: string, size: number): Checksum[] {
  try {
    const fitting = readChecksums(path)?.filter((checksum) => checksum.size === size) ?? [];
    return [...new Map(fitting.map((checksum) => [checksum.digest, checksum])).values()];
  } catch {
    return [];
  }
}

/** The checksum of the file `path`, which is read to its end. Throws what the system does. */
export function checksumOf(path: string): Checksum {
  using file = Deno.openSync(path);
  const digest = new Digest();
  const bytes = new Uint8Array(READ_BYTES);
  for (let read = file.readSync(bytes); read !== null; read = file.readSync(bytes)) {
    digest.update(bytes.subarray(0, read));
  }
  return digest.finish();
}
