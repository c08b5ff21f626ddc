/**
 * ODB files into the table. The files are only read.
 *
 * @module
 */

import { type Family, IPV4, IPV6, type PeerTable } from "../peers/mod.ts";
import { ChunkReader } from "./chunk_reader.ts";
import { OdbError } from "./error.ts";
import { addWarnings, type Damage, type FileLoad, newFileLoad } from "./file_load.ts";
import { ipv6Path, statOf } from "./files.ts";
import { decodeVersion, HEADER_BYTES, isHeaderPrefix, VERSION_MISPRINTED, VERSIONS } from "./format.ts";
import { TorrentReader } from "./torrent_reader.ts";

/**
 * Loads the ODB file `path` (IPv4) and `path` + "6" (IPv6) into `table`, whose clock stands at now. Torrents
 * and peers that are there already, or twice in a file, are merged: of a peer the later record stays, of
 * completed counts the largest. Memory does not grow with the files.
 *
 * Throws OdbError when one of them is not an ODB, and an Error that names the file when it cannot be read;
 * the table may then hold a part. A missing, empty or damaged file is no error. To be called before other
 * threads use the table.
 */
export function loadOdb(table: PeerTable, path: string): { ipv4: FileLoad; ipv6: FileLoad } {
  return { ipv4: loadFile(table, path, IPV4), ipv6: loadFile(table, ipv6Path(path), IPV6) };
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

function loadFile(table: PeerTable, path: string, family: Family): FileLoad {
  const load = newFileLoad(path);
  try {
    const stat = statOdb(path);
    if (stat === null) return { ...load, state: "missing" };
    if (stat.size === 0) return { ...load, state: "empty" };
    using file = Deno.openSync(path);
    const reader = new ChunkReader(file, stat.size);
    load.damage = readHeader(reader, load, family) ?? new TorrentReader(table, reader, load, family).run();
  } catch (cause) {
    if (cause instanceof OdbError) throw cause;
    throw new Error(`Cannot load ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  if (load.damage !== null) load.state = "damaged";
  addWarnings(load);
  return load;
}

/** Reads past the header; what is wrong with it, or null. Throws OdbError when it is another file's. */
function readHeader(reader: ChunkReader, load: FileLoad, family: Family): Damage | null {
  if (!reader.fill(HEADER_BYTES)) {
    const size = reader.left;
    if (!reader.fill(size) || isHeaderPrefix(reader.bytes.subarray(0, size), family)) {
      return { offset: size, reason: "the file is cut short within its header" };
    }
    throw new OdbError(load.path, 0, "it does not begin like one");
  }
  const version = decodeVersion(reader.bytes.subarray(0, HEADER_BYTES));
  if (version === null) throw new OdbError(load.path, 0, "it does not begin like one");
  if (family === IPV4 && version === VERSION_MISPRINTED) {
    load.warnings.push(`${load.path} says version ${version} and was read as ${VERSIONS[family]}.`);
  } else if (version !== VERSIONS[family]) {
    const said = JSON.stringify(version);
    throw new OdbError(
      load.path,
      HEADER_BYTES - version.length,
      `version ${said} instead of "${VERSIONS[family]}"`,
    );
  }
  reader.at += HEADER_BYTES;
  return null;
}
