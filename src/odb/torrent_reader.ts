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
  tableStats,
} from "../peers/mod.ts";
import type { ChunkReader } from "./chunk_reader.ts";
import type { Damage, FileLoad } from "./file_load.ts";
import {
  decodeTorrentHead,
  FLAGS_AT,
  OPCODE_BYTES,
  OPCODE_END,
  OPCODE_TORRENT,
  PORT_AT,
  TORRENT_HEAD_BYTES,
  TorrentHead,
} from "./format.ts";

/** Largest completed count that the table holds. */
const COMPLETED_MAX = 2 ** 32 - 1;

/** Everything behind the header of one file. */
export class TorrentReader {
  readonly #table: PeerTable;
  readonly #reader: ChunkReader;
  readonly #load: FileLoad;
  readonly #family: Family;
  readonly #recordBytes: number;
  readonly #head = new TorrentHead();

  constructor(table: PeerTable, reader: ChunkReader, load: FileLoad, family: Family) {
    this.#table = table;
    this.#reader = reader;
    this.#load = load;
    this.#family = family;
    this.#recordBytes = RECORD_BYTES[family];
  }

  /** Reads up to the end mark, or to the damage that is returned. */
  run(): Damage | null {
    const reader = this.#reader;
    for (;;) {
      const { offset } = reader;
      if (!reader.fill(OPCODE_BYTES)) return { offset, reason: "the file ends without an end mark" };
      const opcode = reader.bytes[reader.at];
      if (opcode === OPCODE_END) break;
      const reason = opcode === OPCODE_TORRENT
        ? this.#readTorrent()
        : `0x${opcode.toString(16).padStart(2, "0")} stands where a torrent or the end should begin`;
      if (reason !== null) return { offset, reason };
    }
    reader.at += OPCODE_BYTES;
    this.#load.trailingBytes = reader.left;
    return null;
  }

  /**
   * Reads a torrent; what is wrong with it, or null. Nothing of a torrent that the file does not hold whole
   * is kept.
   */
  #readTorrent(): string | null {
    const reader = this.#reader;
    const head = this.#head;
    if (!reader.fill(TORRENT_HEAD_BYTES)) return "the file is cut short within the head of a torrent";
    decodeTorrentHead(head, reader.bytes, reader.view, reader.at);
    const bytes = head.count * this.#recordBytes;
    const left = reader.left - TORRENT_HEAD_BYTES;
    if (bytes > left) return `a torrent claims ${head.count} peers, ${bytes} bytes, and ${left} are left`;
    if (head.count !== head.peers && !this.#goesOnAt(reader.offset + TORRENT_HEAD_BYTES + bytes)) {
      return `a torrent claims both ${head.count} and ${head.peers} peers, and neither torrent nor end follows them`;
    }
    reader.at += TORRENT_HEAD_BYTES;
    const completed = Math.min(head.completed, COMPLETED_MAX);
    if (head.count === 0 && completed === 0) return null;
    const slot = restoreTorrent(this.#table, this.#head.hashWords, 0, completed);
    if (slot === 0) this.#load.droppedTorrents++;
    else this.#load.torrents++;
    return this.#readRecords(slot, completed);
  }

  /**
   * Whether the file is in order at `offset`, behind a torrent. Asked when the two numbers of peers of a
   * torrent differ: that alone harms nothing, but when the file is not in order either, the number of records
   * is wrong, and what passes for peers are bytes of something else.
   */
  #goesOnAt(offset: number): boolean {
    const next = this.#reader.peek(offset);
    const isLast = this.#reader.peek(offset + OPCODE_BYTES) < 0;
    return next < 0 || next === OPCODE_TORRENT || (next === OPCODE_END && isLast);
  }

  /**
   * Reads the records of the torrent in `slot`, 0 for none, in pieces. `completed` is what the table has of
   * it.
   */
  #readRecords(slot: number, completed: number): string | null {
    const reader = this.#reader;
    if (slot !== 0 && this.#head.count > 0) {
      reserveRestored(this.#table, slot, this.#family, this.#head.count);
    }
    let finished = 0;
    for (let left = this.#head.count; left > 0;) {
      const count = reader.fillSome(this.#recordBytes, left);
      if (count === 0) return "the file was cut short while it was read";
      finished += this.#countFinished(count);
      this.#restoreRecords(slot, count);
      reader.at += count * this.#recordBytes;
      left -= count;
    }
    // opentracker keeps no completed count over a restart; the flags of its peers may know of more.
    if (slot !== 0 && finished > completed) restoreTorrent(this.#table, this.#head.hashWords, 0, finished);
    return null;
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

  /** Stores the next `count` records and counts those that are not. */
  #restoreRecords(slot: number, count: number): void {
    const { bytes, at } = this.#reader;
    const load = this.#load;
    const end = at + count * this.#recordBytes;
    let portless = 0;
    for (let port = at + PORT_AT[this.#family]; port < end; port += this.#recordBytes) {
      if ((bytes[port] | bytes[port + 1]) === 0) portless++;
    }
    const added = slot === 0 ? 0 : restorePeers(this.#table, slot, this.#family, bytes, at, count);
    load.peers += added;
    load.portless += portless;
    const missing = count - portless - added;
    // With room left they are only there twice.
    if (missing > 0 && (slot === 0 || isFull(this.#table))) load.droppedPeers += missing;
  }
}

function isFull(table: PeerTable): boolean {
  return tableStats(table).peers >= table.maxPeers;
}
