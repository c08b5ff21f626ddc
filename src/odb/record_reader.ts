/** An ODB file read record by record, in bounded memory and without a table. @module */

import { type Family, IPV4, IPV6, RECORD_BYTES } from "../peers/mod.ts";
import { type BytesObserver, ChunkReader } from "./chunk_reader.ts";
import { OdbError } from "./error.ts";
import type { Damage } from "./file_load.ts";
import { statOf } from "./files.ts";
import type { TorrentHead } from "./format.ts";
import { readHeader } from "./header.ts";
import { TorrentHeads } from "./torrent_heads.ts";

/**
 * Moves through a file of either family: `nextTorrent` to the next torrent, then `nextPiece` as often as it has
 * records. The file is opened once, so that a save that replaces it meanwhile changes nothing of what is read.
 */
export class RecordReader implements Disposable {
  readonly path: string;
  readonly family: Family;
  /** Bytes of the file when it was opened. */
  readonly size: number;
  /** A sentence about the version, or null. */
  readonly warning: string | null;
  /** The records of the piece that `nextPiece` has moved to, from `at` on. Valid until the next call. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  at = 0;
  readonly #file: Deno.FsFile;
  readonly #reader: ChunkReader;
  readonly #heads: TorrentHeads;
  readonly #recordBytes: number;
  /** Records of the torrent that are not given out yet, and bytes of the piece that is. */
  #left = 0;
  #pieceBytes = 0;

  /**
   * Opens the file `path` and reads its header. `observe` is called with its size when it is open, and gives what
   * gets its bytes as they are read. Throws OdbError when it is no ODB, an empty file too, and the system's error
   * when it cannot be read.
   */
  constructor(path: string, observe: (size: number) => BytesObserver | null = () => null) {
    this.path = path;
    // Before it is opened: to open a pipe waits for who writes to it.
    if (!Deno.statSync(path).isFile) throw new OdbError(path, 0, "it is not a regular file");
    this.#file = Deno.openSync(path);
    try {
      const { size } = this.#file.statSync();
      if (size === 0) throw new OdbError(path, 0, "it is empty");
      this.size = size;
      this.#reader = new ChunkReader(this.#file, size, observe(size));
      const header = readHeader(this.#reader, path, [IPV4, IPV6]);
      this.family = header.family;
      this.warning = header.warning;
      this.#heads = new TorrentHeads(this.#reader, header.family);
      this.#heads.damage = header.damage;
    } catch (error) {
      this.#file.close();
      throw error;
    }
    this.bytes = this.#reader.bytes;
    this.#recordBytes = RECORD_BYTES[this.family];
  }

  /** Of the torrent that `nextTorrent` moved to. */
  get head(): TorrentHead {
    return this.#heads.head;
  }

  /** Where that torrent begins, in bytes from the file's start. */
  get offset(): number {
    return this.#heads.offset;
  }

  /** Set when the file stops making sense; what was read before is good. */
  get damage(): Damage | null {
    return this.#heads.damage;
  }

  /** Bytes behind the end mark, once that was reached. */
  get trailingBytes(): number {
    return this.#heads.trailingBytes;
  }

  /** Moves to the next torrent, past what is left of the last one; false at the end and when there is damage. */
  nextTorrent(): boolean {
    while (this.nextPiece() > 0);
    if (this.damage !== null || !this.#heads.next()) return false;
    this.#left = this.head.count;
    return true;
  }

  /** Moves to the next piece of the torrent and returns its number of records; 0 when there are no more. */
  nextPiece(): number {
    const reader = this.#reader;
    reader.at += this.#pieceBytes;
    this.#pieceBytes = 0;
    if (this.#left === 0 || this.damage !== null) return 0;
    const count = reader.fillSome(this.#recordBytes, this.#left);
    if (count === 0) {
      this.#heads.cutShort();
      return 0;
    }
    this.at = reader.at;
    this.#left -= count;
    this.#pieceBytes = count * this.#recordBytes;
    return count;
  }

  /** Whether another file has taken the name since this one was opened. */
  get isReplaced(): boolean {
    return statOf(this.path)?.ino !== this.#file.statSync().ino;
  }

  /** Reads the rest of the file, so that its observer has been given all of it. */
  readToEnd(): void {
    this.#reader.skipRest();
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
