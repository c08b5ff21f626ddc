/** The beginning of an ODB file: which version it is, and whose peers it holds. @module */

import { type Family, IPV4 } from "../peers/mod.ts";
import type { ChunkReader } from "./chunk_reader.ts";
import { OdbError } from "./error.ts";
import type { Damage } from "./file_load.ts";
import { decodeVersion, HEADER_BYTES, isHeaderPrefix, VERSION_MISPRINTED, VERSIONS } from "./format.ts";

/** What the header of a file says. */
export interface OdbHeader {
  family: Family;
  /** A sentence about a version that was read as another one; null when there is nothing to say. */
  warning: string | null;
  /** Set when the file ends within its header. */
  damage: Damage | null;
}

/**
 * Reads past the header of the file `path`, which may hold peers of one of `families`; it must not be empty. Throws
 * OdbError when it is no ODB, or one of another version.
 */
export function readHeader(reader: ChunkReader, path: string, families: readonly Family[]): OdbHeader {
  if (!reader.fill(HEADER_BYTES)) return readCutHeader(reader, path, families);
  const version = decodeVersion(reader.bytes.subarray(0, HEADER_BYTES));
  if (version === null) throw new OdbError(path, 0, "it does not begin like one");
  reader.at += HEADER_BYTES;
  if (version === VERSION_MISPRINTED && families.includes(IPV4)) {
    const warning = `${path} says version ${version} and was read as ${VERSIONS[IPV4]}.`;
    return { family: IPV4, warning, damage: null };
  }
  const family = families.find((family) => VERSIONS[family] === version);
  if (family !== undefined) return { family, warning: null, damage: null };
  const allowed = families.map((family) => `"${VERSIONS[family]}"`).join(" or ");
  const said = JSON.stringify(version);
  throw new OdbError(path, HEADER_BYTES - version.length, `version ${said} instead of ${allowed}`);
}

/** A file shorter than a header may be the beginning of an ODB. */
function readCutHeader(reader: ChunkReader, path: string, families: readonly Family[]): OdbHeader {
  const size = reader.left;
  const isRead = reader.fill(size);
  const family = families.find((family) => isHeaderPrefix(reader.bytes.subarray(0, size), family));
  if (isRead && family === undefined) throw new OdbError(path, 0, "it does not begin like one");
  const damage = { offset: size, reason: "the file is cut short within its header" };
  return { family: family ?? families[0], warning: null, damage };
}
