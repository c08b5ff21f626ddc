/**
 * The table's state on disk, in opentracker's ODB format: `FILE` holds the IPv4 peers, `FILE6` beside it the
 * IPv6 ones.
 *
 * @module
 */

export { copyAside } from "./aside.ts";
export { OdbError } from "./error.ts";
export type { Damage, FileLoad } from "./file_load.ts";
export { resolveTarget } from "./files.ts";
export { checkOdbFiles, loadOdb } from "./load.ts";
export { probeSave, saveOdb, type SaveResult } from "./save.ts";
