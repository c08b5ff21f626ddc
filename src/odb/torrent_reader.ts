/**
 * The torrents of an ODB file into the table.
 *
 * @module
 */

import {
  type Family,
  FLAG_COMPLETED,
  type PeerTable,
  RECORD_BYTES,
  reserveRestored,
  restorePeers,
  restoreTorrent,
  WholeRestore,
} from "../peers/mod.ts";
import type { ChunkReader } from "./chunk_reader.ts";
import type { Damage, FileLoad } from "./file_load.ts";
import { FLAGS_AT, PORT_AT } from "./format.ts";
import { TorrentHeads } from "./torrent_heads.ts";

/** Largest completed count that the table holds. */
const COMPLETED_MAX = 2 ** 32 - 1;

/** Everything behind the header of one file. */
export class TorrentReader {
  readonly #table: PeerTable;
  readonly #reader: ChunkReader;
  readonly #load: FileLoad;
  readonly #family: Family;
  readonly #recordBytes: number;
  readonly #heads: TorrentHeads;
  readonly #whole: WholeRestore;

  constructor(table: PeerTable, reader: ChunkReader, load: FileLoad, family: Family) {
    this.#table = table;
    this.#reader = reader;
    this.#load = load;
    this.#family = family;
    this.#recordBytes = RECORD_BYTES[family];
    this.#heads = new TorrentHeads(reader, family);
    this.#whole = new WholeRestore(table, family);
  }

  /** Reads up to the end mark, or to the damage that is returned. */
  run(): Damage | null {
    const heads = this.#heads;
    while (heads.next()) {
      if (!this.#readTorrent()) {
        heads.cutShort();
        break;
      }
    }
    this.#load.trailingBytes = heads.trailingBytes;
    return heads.damage;
  }

  /** Takes the torrent that the file moved to; false when the file has less of it than it had room for. */
  #readTorrent(): boolean {
    const { head } = this.#heads;
    const completed = Math.min(head.completed, COMPLETED_MAX);
    if (head.count === 0 && completed === 0) return true;
    // Somebody may have cut the file short meanwhile, and nothing is to be kept of a torrent that is not whole.
    if (this.#fitsBuffer() && !this.#reader.fill(head.count * this.#recordBytes)) return false;
    const slot = restoreTorrent(this.#table, head.hashWords, 0, completed);
    if (slot === 0) this.#load.droppedTorrents++;
    else this.#load.torrents++;
    const finished = this.#readWhole(slot) ? this.#whole.finished : this.#readPieces(slot);
    if (finished < 0) return false;
    // opentracker keeps no completed count over a restart; the flags of its peers may know of more.
    if (slot !== 0 && finished > completed) restoreTorrent(this.#table, head.hashWords, 0, finished);
    return true;
  }

  /** Whether the buffer can hold all records of the torrent. */
  #fitsBuffer(): boolean {
    return this.#heads.head.count * this.#recordBytes <= this.#reader.bytes.length;
  }

  /** Takes all records of the torrent in `slot` at once, if they allow it and are in the buffer; else none. */
  #readWhole(slot: number): boolean {
    const reader = this.#reader;
    const { count } = this.#heads.head;
    if (slot === 0 || count === 0 || !this.#fitsBuffer()) return false;
    if (!this.#whole.restore(slot, reader.view, reader.at, count)) return false;
    reader.at += count * this.#recordBytes;
    this.#load.peers += count;
    return true;
  }

  /**
   * Reads the records of the torrent in `slot`, 0 for none, in pieces. Returns how many are of peers that have completed
   * their download, or -1 when the file does not have them all any more.
   */
  #readPieces(slot: number): number {
    const reader = this.#reader;
    const { count: total } = this.#heads.head;
    if (slot !== 0 && total > 0) reserveRestored(this.#table, slot, this.#family, total);
    let finished = 0;
    for (let left = total; left > 0;) {
      const count = reader.fillSome(this.#recordBytes, left);
      if (count === 0) return -1;
      finished += this.#countFinished(count);
      this.#restoreRecords(slot, count);
      reader.at += count * this.#recordBytes;
      left -= count;
    }
    return finished;
  }

  /** How many of the next `count` records are of peers that have completed their download. */
  #countFinished(count: number): number {
    const { bytes, at } = this.#reader;
    const end = at + count * this.#recordBytes;
    let finished = 0;
    for (let flags = at + FLAGS_AT[this.#family]; flags < end; flags += this.#recordBytes) {
      if ((bytes[flags] & FLAG_COMPLETED) !== 0) finished++;
    }
    return finished;
  }

  /** Stores the next `count` records in the torrent in `slot`, 0 for none, and counts what becomes of them. */
  #restoreRecords(slot: number, count: number): void {
    const { bytes, at } = this.#reader;
    const load = this.#load;
    const end = at + count * this.#recordBytes;
    let portless = 0;
    for (let port = at + PORT_AT[this.#family]; port < end; port += this.#recordBytes) {
      if ((bytes[port] | bytes[port + 1]) === 0) portless++;
    }
    load.portless += portless;
    if (slot === 0) {
      load.droppedPeers += count - portless;
      return;
    }
    const table = this.#table;
    const { restoreRefused, restoreCrowded } = table;
    load.peers += restorePeers(table, slot, this.#family, bytes, at, count);
    load.droppedPeers += table.restoreRefused - restoreRefused;
    load.crowded += table.restoreCrowded - restoreCrowded;
  }
}
