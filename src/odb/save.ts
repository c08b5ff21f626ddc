/**
 * The table into its two ODB files, in one walk.
 *
 * @module
 */

import {
  type Family,
  HASH_WORDS,
  IPV4,
  IPV6,
  type IsRefused,
  type PeerTable,
  RECORD_BYTES,
  TableWalk,
  TorrentSnapshot,
} from "../peers/mod.ts";
import { sumPath } from "./checksum.ts";
import { ipv6Path, resolveTarget, statOf } from "./files.ts";
import {
  encodeHeader,
  encodeTorrentHead,
  OPCODE_BYTES,
  OPCODE_END,
  TORRENT_HEAD_BYTES,
  TorrentHead,
} from "./format.ts";
import { Ipv4Order, Ipv6Order, type RecordOrder } from "./order.ts";
import { commitAll, Replacement } from "./replacement.ts";
import { checkReplaceable } from "./small_file.ts";

/** What a save has written. */
export interface SaveResult {
  /** Torrents in the table; one that is in both files counts once. */
  torrents: number;
  /** Peers of both families. */
  peers: number;
  /** Sizes of the two files together. */
  bytes: number;
}

/**
 * Saves `table` to the ODB file `path` (IPv4) and to `path` + "6" (IPv6). The latter is written only when
 * there are IPv6 peers or when it is there already. Announces go on meanwhile: each torrent is as it was at
 * one moment.
 *
 * Both files are written and synced beside their targets before either takes its place; permissions and
 * symbolic links of the targets are kept. Throws an Error that names the file, with the targets as they were,
 * when anything fails before that; only the renames themselves can fail in between. Expects that the caller
 * holds the ODB lock and that nobody else walks or sweeps the table.
 *
 * `isLeftOut` is asked once about each torrent, and its info hash begins at `hash[at]`.
 */
export function saveOdb(
  table: PeerTable,
  path: string,
  isLeftOut: IsRefused = () => false,
): SaveResult {
  const files: Replacement[] = [];
  try {
    const result = writeFiles(table, path, files, isLeftOut);
    for (const file of files) file.finish();
    commitAll(files);
    return { ...result, bytes: files.reduce((sum, file) => sum + file.size, 0) };
  } catch (cause) {
    for (const file of files) file.discard();
    throw new Error(`Cannot save ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/**
 * Begins and gives up a save to the ODB file `path` and to its IPv6 file: throws an Error that names the file when
 * nothing can be written beside it, or its checksum file cannot be replaced. The files are left as they are. Expects
 * that the caller holds the ODB lock.
 */
export function probeSave(path: string): void {
  for (const target of [path, ipv6Path(path)]) {
    try {
      new Replacement(target).discard();
      checkReplaceable(sumPath(resolveTarget(target)));
    } catch (cause) {
      throw new Error(`Cannot save to ${target}: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    }
  }
}

/** Writes the table to new replacements, which it adds to `files` as it opens them. */
function writeFiles(
  table: PeerTable,
  path: string,
  files: Replacement[],
  isLeftOut: IsRefused,
): { torrents: number; peers: number } {
  const open = (target: string, family: Family): FamilyWriter => {
    const file = new Replacement(target);
    files.push(file);
    return new FamilyWriter(file, family);
  };
  const path6 = ipv6Path(path);
  const writer4 = open(path, IPV4);
  let writer6 = statOf(path6) === null ? null : open(path6, IPV6);
  const walk = new TableWalk(table);
  const torrent = new TorrentSnapshot();
  let torrents = 0;
  let peers = 0;
  while (walk.next(torrent)) {
    if (isLeftOut(torrent.hashWords, 0)) continue;
    const { count4, count6, completed } = torrent;
    torrents++;
    peers += count4 + count6;
    const baseMin = count4 + count6 > 0 ? torrent.minute : torrent.touchedMin;
    // The IPv4 file alone tells of torrents without peers, and of every completed count.
    if (count4 > 0 || count6 === 0 || completed > 0) {
      writer4.writeTorrent(torrent, baseMin, torrent.seeders4, count4, torrent.records4);
    }
    if (count6 > 0) {
      writer6 ??= open(path6, IPV6);
      writer6.writeTorrent(torrent, baseMin, torrent.seeders6, count6, torrent.records6);
    }
  }
  writer4.end();
  writer6?.end();
  return { torrents, peers };
}

/** One file being written. */
class FamilyWriter {
  readonly #file: Replacement;
  readonly #order: RecordOrder;
  readonly #recordBytes: number;
  readonly #head = new TorrentHead();

  constructor(file: Replacement, family: Family) {
    this.#file = file;
    this.#order = family === IPV4 ? new Ipv4Order() : new Ipv6Order();
    this.#recordBytes = RECORD_BYTES[family];
    const header = encodeHeader(family);
    file.bytes.set(header, file.reserve(header.length));
  }

  writeTorrent(
    snapshot: TorrentSnapshot,
    baseMin: number,
    seeders: number,
    count: number,
    records: Uint32Array<ArrayBuffer>,
  ): void {
    const file = this.#file;
    const head = this.#head;
    for (let i = 0; i < HASH_WORDS; i++) head.hashWords[i] = snapshot.hashWords[i];
    head.baseMin = baseMin;
    head.seeders = seeders;
    head.peers = count;
    head.completed = snapshot.completed;
    head.count = count;
    encodeTorrentHead(head, file.bytes, file.view, file.reserve(TORRENT_HEAD_BYTES));
    this.#order.sortWords(records, count);
    // In pieces that the chunk holds: a torrent may be larger than that.
    for (let start = 0; start < count;) {
      const end = Math.min(count, start + Math.max(1, Math.floor(file.room / this.#recordBytes)));
      const at = file.reserve((end - start) * this.#recordBytes);
      this.#order.write(file.view, at, start, end);
      start = end;
    }
  }

  end(): void {
    this.#file.bytes[this.#file.reserve(OPCODE_BYTES)] = OPCODE_END;
  }
}
