/** Options that several commands have. @module */

import { file, toggle } from "../config/mod.ts";

/** The heading of all options in the help of a command. */
export const OPTIONS = "Options";

export const OUTPUT = file({
  name: "output",
  letter: "o",
  group: OPTIONS,
  metavar: "OUT",
  help: "The file to write; its checksum goes to OUT.sum.",
});

export const FORCE = toggle({
  name: "force",
  group: OPTIONS,
  default: "false",
  help: "Replace OUT if it is there. It is never one of the files that are read.",
});

export const JSON_OUTPUT = toggle({
  name: "json",
  group: OPTIONS,
  default: "false",
  help: "Write JSON, one object a line.",
});
