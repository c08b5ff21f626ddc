/**
 * The tables that `recvmmsg` and `sendmmsg` take.
 *
 * Each call takes an array of `struct mmsghdr` (64 bytes), each of which points to a `struct iovec` (16 bytes), which
 * points to the datagram's bytes:
 *
 * | offset | field of `mmsghdr`    |                                                    |
 * |--------|-----------------------|----------------------------------------------------|
 * | 0      | pointer name          | the sender's or receiver's socket address          |
 * | 8      | u32 name size         | room before receiving, size afterwards; 4 unused   |
 * | 16     | pointer iovec         |                                                    |
 * | 24     | u64 iovec count       | 1                                                  |
 * | 32     | pointer control       | a control message, or none                         |
 * | 40     | u64 control size      | room before receiving, size afterwards             |
 * | 48     | i32 flags             | written by the kernel; 4 unused                    |
 * | 56     | u32 length            | bytes received; 4 unused                           |
 *
 * | offset | field of `iovec`      |
 * |--------|-----------------------|
 * | 0      | pointer to the bytes  |
 * | 8      | u64 their size        |
 *
 * A control message tells something beside the bytes; packet_info.ts and arrival_time.ts have the two kinds in use:
 *
 * | offset | field of `cmsghdr`    |                                                    |
 * |--------|-----------------------|----------------------------------------------------|
 * | 0      | u64 size              | these 16 bytes included                            |
 * | 8      | i32 level             |                                                    |
 * | 12     | i32 type              |                                                    |
 * | 16     | what it tells         |                                                    |
 *
 * @module
 */

/** Datagrams in one batch at most. */
export const BATCH_SIZE = 64;

export const HEADER_BYTES = 64;
export const HEADER_WORDS = HEADER_BYTES / 4;
export const HEADER_WORDS64 = HEADER_BYTES / 8;
export const NAME_WORD = 0;
export const NAME_WORD64 = 0;
export const NAME_SIZE_WORD = 2;
const IOVEC_WORD64 = 2;
const IOVEC_COUNT_WORD64 = 3;
export const CONTROL_WORD = 8;
export const CONTROL_WORD64 = 4;
export const CONTROL_SIZE_WORD = 10;
export const LENGTH_WORD = 14;

export const IOVEC_BYTES = 16;
export const IOVEC_WORDS = IOVEC_BYTES / 4;
const IOVEC_WORDS64 = IOVEC_BYTES / 8;
const BASE_WORD64 = 0;
const SIZE_WORD64 = 1;
/** The low half of the pointer; the high one follows. */
export const BASE_WORD = 0;
/** The low half of the size. */
export const SIZE_WORD = 2;

/** The low half of a control message's size. */
export const MESSAGE_SIZE_WORD = 0;
export const MESSAGE_LEVEL_WORD = 2;
export const MESSAGE_TYPE_WORD = 3;
/** What a control message tells begins here. */
export const MESSAGE_BODY_WORD = 4;

/** Points each header to its iovec and each iovec to its slot of `slotBytes`. */
export function linkTables(
  headers: ArrayBuffer,
  iovecs: ArrayBuffer,
  slots: ArrayBuffer,
  slotBytes: number,
): void {
  const headerWords = new BigUint64Array(headers);
  const iovecWords = new BigUint64Array(iovecs);
  const iovecsAddress = addressOf(iovecs);
  const slotsAddress = addressOf(slots);
  for (let index = 0; index < BATCH_SIZE; index++) {
    headerWords[index * HEADER_WORDS64 + IOVEC_WORD64] = iovecsAddress + BigInt(index * IOVEC_BYTES);
    headerWords[index * HEADER_WORDS64 + IOVEC_COUNT_WORD64] = 1n;
    iovecWords[index * IOVEC_WORDS64 + BASE_WORD64] = slotsAddress + BigInt(index * slotBytes);
    iovecWords[index * IOVEC_WORDS64 + SIZE_WORD64] = BigInt(slotBytes);
  }
}

/** The memory behind an explicit ArrayBuffer does not move as long as the buffer lives. */
export function addressOf(buffer: ArrayBuffer): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer));
}
