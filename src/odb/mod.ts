/**
 * The table's state on disk, in opentracker's ODB format: `FILE` holds the IPv4 peers, `FILE6` beside it the
 * IPv6 ones.
 *
 * @module
 */

export { copyAside } from "./aside.ts";
export { ChecksumCheck, type ChecksumState } from "./checksum_check.ts";
export { checksumOf, sumPath, writeChecksums } from "./checksum.ts";
export { type Checksum, DIGEST_PROGRAM } from "./digest.ts";
export { OdbError } from "./error.ts";
export type { Damage, FileLoad } from "./file_load.ts";
export {
  folderOf,
  ipv6Path,
  keyPath,
  lstatOf,
  permissionsOf,
  resolveTarget,
  statOf,
  syncFolder,
} from "./files.ts";
export { checkOdbFiles, loadOdb, type LoadProgress } from "./load.ts";
export {
  decodeTorrentHead,
  encodeHeader,
  encodeTorrentHead,
  FLAGS_AT,
  HEADER_BYTES,
  OPCODE_BYTES,
  OPCODE_END,
  OPCODE_TORRENT,
  PORT_AT,
  TORRENT_HEAD_BYTES,
  TorrentHead,
  VERSIONS,
} from "./format.ts";
export { Ipv4Order, Ipv6Order, type RecordOrder } from "./order.ts";
export { RecordReader } from "./record_reader.ts";
export { commitAll, Replacement } from "./replacement.ts";
export { probeSave, saveOdb, type SaveResult } from "./save.ts";
export { checkReplaceable, readSmallFile, replaceSmallFile } from "./small_file.ts";
export { removeStrays, temporaryPaths } from "./strays.ts";
