/**
 * Whether what the program writes goes to systemd's journal (systemd.exec(5), JOURNAL_STREAM).
 *
 * `struct statx`, the same on all processors, has the file's u64 inode number at 32 and u32 major and minor numbers of its
 * device at 136 and 140.
 *
 * @module
 */

import type { Libc } from "./libc.ts";

const STDERR = 2;
const AT_EMPTY_PATH = 0x1000;
const STATX_INO = 0x100;
const STATX_BYTES = 256;
const INODE_AT = 32;
const DEVICE_MAJOR_AT = 136;
const DEVICE_MINOR_AT = 140;

const EMPTY_PATH = new Uint8Array(1);

/**
 * Whether standard error is the journal's, going by `stream`, what the manager says that the journal's is:
 * `DEVICE:INODE`. False where the system is too old to tell.
 */
export function isJournal(libc: Libc, stream: string | undefined): boolean {
  const { statx } = libc.calls;
  if (stream === undefined || statx === null) return false;
  const stat = new Uint8Array(STATX_BYTES);
  if (statx(STDERR, EMPTY_PATH, AT_EMPTY_PATH, STATX_INO, stat) < 0) return false;
  const fields = new DataView(stat.buffer);
  const device = deviceNumber(
    fields.getUint32(DEVICE_MAJOR_AT, true),
    fields.getUint32(DEVICE_MINOR_AT, true),
  );
  return stream === `${device}:${fields.getBigUint64(INODE_AT, true)}`;
}

/** One number for both, as glibc's `makedev` makes it. */
function deviceNumber(major: number, minor: number): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return (high & 0xfffff000n) << 32n | (high & 0xfffn) << 8n | (low & 0xffffff00n) << 12n | low & 0xffn;
}
