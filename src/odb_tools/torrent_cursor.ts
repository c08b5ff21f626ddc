/** The torrents of a file one by one, each with all its peers at hand and in order. @module */

import { Ipv4Order, Ipv6Order, type RecordOrder, type TorrentHead } from "../odb/mod.ts";
import { HASH_BYTES, IPV4, RECORD_BYTES } from "../peers/mod.ts";
import { compareBytes } from "./compare_bytes.ts";
import { CommandError } from "./command.ts";
import type { Input } from "./input.ts";
import { RecordCheck } from "./record_check.ts";

/** Most bytes of records that all cursors of a command hold; as many again are needed while records are sorted. */
const HELD_BYTES_MAX = 2 ** 25;

/** Moves through a file whose torrents ascend. */
export class TorrentCursor {
  readonly input: Input;
  /** False when there is no torrent any more; then what follows means nothing. */
  isAt = true;
  /** The records of the torrent, ascending by address and port, and how many there are. Overwritten by `next`. */
  records: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  count = 0;
  readonly #recordBytes: number;
  readonly #countMax: number;
  readonly #check: RecordCheck;
  readonly #order: RecordOrder;
  readonly #lastHash = new Uint8Array(HASH_BYTES);
  #isFirst = true;

  /** Stands at the first torrent of `input`. `heldBytesMax` is what its records may take in memory. */
  constructor(input: Input, heldBytesMax: number) {
    const { family } = input.reader;
    this.input = input;
    this.#recordBytes = RECORD_BYTES[family];
    this.#countMax = Math.floor(heldBytesMax / this.#recordBytes);
    this.#check = new RecordCheck(family);
    this.#order = family === IPV4 ? new Ipv4Order() : new Ipv6Order();
    this.next();
  }

  /** Of the torrent it is at. */
  get head(): TorrentHead {
    return this.input.reader.head;
  }

  /**
   * Moves to the next torrent. Throws a CommandError when the file is damaged, by the end also when its checksum says
   * so, when its torrents are out of order, and when the torrent has too many peers.
   */
  next(): void {
    const { path, reader } = this.input;
    this.isAt = reader.nextTorrent();
    if (!this.isAt) return this.input.requireWhole();
    const { hash, count } = reader.head;
    if (!this.#isFirst && compareBytes(this.#lastHash, 0, hash, 0, HASH_BYTES) >= 0) {
      throw new CommandError(
        `${path}: the torrents do not ascend at byte ${reader.offset}; a tracker that loads and saves it sorts them`,
      );
    }
    if (count > this.#countMax) {
      throw new CommandError(
        `${path}: torrent ${hash.toHex()} has ${count} peers, more than the ${this.#countMax} that memory is kept for`,
      );
    }
    this.#lastHash.set(hash);
    this.#isFirst = false;
    this.#readRecords(count);
  }

  #readRecords(count: number): void {
    const { reader } = this.input;
    const size = count * this.#recordBytes;
    if (size > this.records.length) this.records = new Uint8Array(Math.max(size, 2 ** 16));
    this.#check.begin();
    let end = 0;
    for (let pieces = reader.nextPiece(); pieces > 0; pieces = reader.nextPiece()) {
      const { bytes, at } = reader;
      this.#check.add(bytes, at, pieces);
      const pieceBytes = pieces * this.#recordBytes;
      this.records.set(bytes.subarray(at, at + pieceBytes), end);
      end += pieceBytes;
    }
    if (reader.damage !== null) this.input.requireWhole();
    this.count = count;
    if (this.#check.disordered > 0) this.#sort();
  }

  #sort(): void {
    this.#order.sort(this.records, this.count);
    this.#order.write(new DataView(this.records.buffer), 0, 0, this.count);
  }
}

/** Opens a cursor for each input; together they hold HELD_BYTES_MAX bytes at most. */
export function openCursors(inputs: Input[]): TorrentCursor[] {
  return inputs.map((input) => new TorrentCursor(input, HELD_BYTES_MAX / inputs.length));
}

/** The cursors, of those that are at a torrent, that are at the first one by hash; none at the end. */
export function firstCursors(cursors: readonly TorrentCursor[]): TorrentCursor[] {
  let first: TorrentCursor[] = [];
  for (const cursor of cursors) {
    if (!cursor.isAt) continue;
    const difference = first.length === 0
      ? -1
      : compareBytes(cursor.head.hash, 0, first[0].head.hash, 0, HASH_BYTES);
    if (difference < 0) first = [cursor];
    else if (difference === 0) first.push(cursor);
  }
  return first;
}
