/** `tracker odb`: finds the command and runs it. @module */

import { ConfigError, findCommand, readArguments, type Setting, VERSION } from "../config/mod.ts";
import { OdbError } from "../odb/mod.ts";
import { checkFiles, EXIT_FAILURE, EXIT_NOT_ODB, EXIT_OK, type OdbCommand } from "./command.ts";
import { commandHelp, toolsHelp } from "./help.ts";
import { DIFF } from "./diff.ts";
import { INFO } from "./info.ts";
import { IMPORT } from "./import.ts";
import { MAKE } from "./make.ts";
import { MERGE } from "./merge.ts";
import { REPAIR } from "./repair.ts";
import { SUM } from "./sum.ts";
import { TEXT } from "./text.ts";
import { VERIFY } from "./verify.ts";

/** All of them, in the order of the help. */
const COMMANDS: readonly OdbCommand[] = [INFO, VERIFY, REPAIR, MERGE, TEXT, DIFF, MAKE, IMPORT, SUM];

/** The names of the commands. */
export const ODB_COMMANDS: readonly string[] = COMMANDS.map(({ name }) => name);
/** The options that any of them has, each once. */
export const ODB_SETTINGS: readonly Setting<unknown>[] = [
  ...new Map(COMMANDS.flatMap(({ settings }) => settings).map((setting) => [setting.name, setting])).values(),
];

/**
 * Runs `tracker odb` with the arguments behind these words. Prints the result, and what keeps it from being done in one
 * line on standard error. Returns the exit code: 0, 1 for a failure or damage, 3 for a file that is not an ODB. Throws a
 * ConfigError for wrong arguments.
 */
export function runOdb(args: string[]): number {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    console.log(toolsHelp(COMMANDS).trimEnd());
    return EXIT_OK;
  }
  const command = findCommand(name, COMMANDS, "odb ");
  const files: string[] = [];
  const given = readArguments(rest, [...command.settings], files);
  if (typeof given === "string") {
    console.log(given === "help" ? commandHelp(command).trimEnd() : `tracker ${VERSION}`);
    return EXIT_OK;
  }
  checkFiles(command, files);
  try {
    return command.run(files, given);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof OdbError ? EXIT_NOT_ODB : EXIT_FAILURE;
  }
}
