/** From torrent to torrent through an ODB file, and where that stops making sense. @module */

import { type Family, RECORD_BYTES } from "../peers/mod.ts";
import type { ChunkReader } from "./chunk_reader.ts";
import type { Damage } from "./file_load.ts";
import {
  decodeTorrentHead,
  OPCODE_BYTES,
  OPCODE_END,
  OPCODE_TORRENT,
  TORRENT_HEAD_BYTES,
  TorrentHead,
} from "./format.ts";

/**
 * Reads what stands before each torrent's records. The records are the caller's to take: all of them, from `reader.at`
 * on, before the next call of `next`.
 */
export class TorrentHeads {
  /** Of the torrent that `next` moved to; overwritten by it. */
  readonly head: TorrentHead = new TorrentHead();
  /** Where that torrent begins, in bytes from the file's start. */
  offset = 0;
  /** Set when `next` has found that the file is not in order, or the caller by `cutShort`. */
  damage: Damage | null = null;
  /** Bytes behind the end mark, once that was reached. */
  trailingBytes = 0;
  readonly #reader: ChunkReader;
  readonly #recordBytes: number;

  /** `reader` stands behind the header of a file of `family`. */
  constructor(reader: ChunkReader, family: Family) {
    this.#reader = reader;
    this.#recordBytes = RECORD_BYTES[family];
  }

  /**
   * Moves to the next torrent, whose records the file has room for. False at the end mark and when the file is
   * damaged.
   */
  next(): boolean {
    const reader = this.#reader;
    this.offset = reader.offset;
    if (!reader.fill(OPCODE_BYTES)) return this.#stop("the file ends without an end mark");
    const opcode = reader.bytes[reader.at];
    if (opcode === OPCODE_END) {
      reader.at += OPCODE_BYTES;
      this.trailingBytes = reader.left;
      return false;
    }
    if (opcode !== OPCODE_TORRENT) {
      const hex = opcode.toString(16).padStart(2, "0");
      return this.#stop(`0x${hex} stands where a torrent or the end should begin`);
    }
    if (!reader.fill(TORRENT_HEAD_BYTES)) {
      return this.#stop("the file is cut short within the head of a torrent");
    }
    decodeTorrentHead(this.head, reader.bytes, reader.view, reader.at);
    return this.#checkCount();
  }

  /** To be called when the file has fewer records than it had room for; always false. */
  cutShort(): false {
    return this.#stop("the file was cut short while it was read");
  }

  #checkCount(): boolean {
    const reader = this.#reader;
    const { count, peers } = this.head;
    const bytes = count * this.#recordBytes;
    const left = reader.left - TORRENT_HEAD_BYTES;
    if (bytes > left) {
      return this.#stop(`a torrent claims ${count} peers, ${bytes} bytes, and ${left} are left`);
    }
    if (count !== peers && !this.#goesOnAt(reader.offset + TORRENT_HEAD_BYTES + bytes)) {
      return this.#stop(
        `a torrent claims both ${count} and ${peers} peers, and neither torrent nor end follows them`,
      );
    }
    reader.at += TORRENT_HEAD_BYTES;
    return true;
  }

  /**
   * Whether the file is in order at `offset`, behind a torrent. Asked when the two numbers of peers of a torrent
   * differ: that alone harms nothing, but when the file is not in order either, the number of records is wrong, and
   * what passes for peers are bytes of something else.
   */
  #goesOnAt(offset: number): boolean {
    const next = this.#reader.peek(offset);
    const isLast = this.#reader.peek(offset + OPCODE_BYTES) < 0;
    return next < 0 || next === OPCODE_TORRENT || (next === OPCODE_END && isLast);
  }

  #stop(reason: string): false {
    this.damage = { offset: this.offset, reason };
    return false;
  }
}
