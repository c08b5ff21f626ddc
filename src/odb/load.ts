/**
 * ODB files into the table. The files are only read.
 *
 * @module
 */

import { type Family, IPV4, IPV6, type PeerTable } from "../peers/mod.ts";
import { ChecksumCheck } from "./checksum_check.ts";
import { ChunkReader } from "./chunk_reader.ts";
import { OdbError } from "./error.ts";
import { addWarnings, type FileLoad, newFileLoad } from "./file_load.ts";
import { ipv6Path, statOf } from "./files.ts";
import { readHeader } from "./header.ts";
import { TorrentReader } from "./torrent_reader.ts";

/** How far a load has come. */
export interface LoadProgress {
  /** Peers that are in the table now because of it. */
  peers: number;
  /** Bytes read, and bytes of both files. */
  bytes: number;
  totalBytes: number;
}

/**
 * Loads the ODB file `path` (IPv4) and `path` + "6" (IPv6) into `table`, whose clock stands at now. Torrents
 * and peers that are there already, or twice in a file, are merged: of a peer the later record stays, of
 * completed counts the largest. Memory does not grow with the files. Each file is compared with its checksum
 * file, see checksum.ts. `onProgress` is told after every few megabytes at most; what it is given is good until
 * it returns.
 *
 * Throws OdbError when one of them is not an ODB, and an Error that names the file when it cannot be read;
 * the table may then hold a part. A missing, empty or damaged file is no error. To be called before other
 * threads use the table.
 */
export function loadOdb(
  table: PeerTable,
  path: string,
  onProgress: (progress: LoadProgress) => void = () => {},
): { ipv4: FileLoad; ipv6: FileLoad } {
  const paths = [path, ipv6Path(path)];
  const totalBytes = paths.reduce((sum, name) => sum + (statOdb(name)?.size ?? 0), 0);
  const progress: LoadProgress = { peers: 0, bytes: 0, totalBytes };
  let peersBefore = 0;
  const [ipv4, ipv6] = ([IPV4, IPV6] as const).map((family) => {
    const load = loadFile(table, paths[family], family, ({ peers }, bytes) => {
      progress.peers = peersBefore + peers;
      progress.bytes += bytes;
      onProgress(progress);
    });
    peersBefore += load.peers;
    return load;
  });
  return { ipv4, ipv6 };
}

/**
 * Throws OdbError when the ODB file `path` or its IPv6 file is there and no regular file, and the system's error when
 * it cannot be told. Neither is opened.
 */
export function checkOdbFiles(path: string): void {
  for (const name of [path, ipv6Path(path)]) statOdb(name);
}

/** What is known of the ODB file `path`; null when there is none. Throws OdbError when it is no regular file. */
function statOdb(path: string): Deno.FileInfo | null {
  const stat = statOf(path);
  if (stat !== null && !stat.isFile) throw new OdbError(path, 0, "it is not a regular file");
  return stat;
}

/** Loads one file. `onRead` is told of every piece read: what was loaded before it, and its bytes. */
function loadFile(
  table: PeerTable,
  path: string,
  family: Family,
  onRead: (load: FileLoad, bytes: number) => void,
): FileLoad {
  const load = newFileLoad(path);
  try {
    const stat = statOdb(path);
    const check = new ChecksumCheck(path, stat?.size ?? 0);
    if (check.warning !== null) load.warnings.push(check.warning);
    if (stat === null) return { ...load, state: "missing" };
    if (stat.size === 0) return { ...load, state: "empty" };
    using file = Deno.openSync(path);
    const reader = new ChunkReader(file, stat.size, (bytes) => {
      check.update(bytes);
      onRead(load, bytes.length);
    });
    const { warning, damage } = readHeader(reader, path, [family]);
    if (warning !== null) load.warnings.push(warning);
    load.damage = damage ?? new TorrentReader(table, reader, load, family).run();
    if (load.damage === null) reader.skipRest();
    load.checksum = check.finish();
  } catch (cause) {
    if (cause instanceof OdbError) throw cause;
    throw new Error(`Cannot load ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  if (load.damage !== null || load.checksum === "disagrees") load.state = "damaged";
  addWarnings(load);
  return load;
}
