/**
 * `tracker odb`: tools that look into ODB files, mend, join and make them. They read from start to end in bounded
 * memory, and never make a table.
 *
 * @module
 */

export { ODB_COMMANDS, ODB_SETTINGS, runOdb } from "./run.ts";
export { type SyntheticOptions, SyntheticState } from "./synthetic.ts";
