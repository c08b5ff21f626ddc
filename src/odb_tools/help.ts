/** The texts of `tracker odb --help` and of its commands'. @module */

import { optionLines } from "../config/mod.ts";
import type { OdbCommand } from "./command.ts";

const NAME_WIDTH = 10;

/** What `tracker odb --help` prints, ending in a newline. */
export function toolsHelp(commands: readonly OdbCommand[]): string {
  return [
    "tracker odb: tools for state files (ODB), IPv4 or IPv6, of a tracker that runs or not",
    "",
    "Usage: tracker odb COMMAND ...",
    "       tracker odb COMMAND --help",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(NAME_WIDTH)}${summary}`),
    "",
    "They read from start to end in bounded memory. A file that is written takes its place when it is whole, with",
    "its checksum beside it; it is never one of those read, and never one that a running tracker uses.",
    "",
    "Exit codes: 0 done, 1 failure or damage, 2 wrong usage, 3 a file is not an ODB.",
    "",
  ].join("\n");
}

/** What `tracker odb COMMAND --help` prints, ending in a newline. */
export function commandHelp({ name, usage, summary, details, settings }: OdbCommand): string {
  return [
    `tracker odb ${name}: ${summary}`,
    "",
    `Usage: tracker odb ${name} ${usage}`,
    ...(details.length === 0 ? [] : ["", ...details]),
    ...(settings.length === 0 ? [] : ["", "Options:", ...settings.flatMap(optionLines)]),
    "",
  ].join("\n");
}
