/**
 * The load tester: sends announces and scrapes to a UDP tracker and measures its answers. Made for our own host.
 *
 * @module
 */

export { type LoadCommand, type LoadOptions, parseLoad } from "./options.ts";
export { createTorrentOf, Population, type PopulationOptions } from "./population.ts";
export { type CpuTime, cpuTimeBetween, readCpuTime, readResidentBytes } from "./process_usage.ts";
export { Random } from "../random/mod.ts";
export type { LoadResult } from "./report.ts";
export { RequestWriter } from "./request_writer.ts";
export { runLoad, writeHashes } from "./run.ts";
export { ALL_SETTINGS as LOAD_SETTINGS } from "./settings.ts";
