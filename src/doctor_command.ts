/** `tracker doctor`: whether this machine suits the tracker. @module */

import { ConfigError, parseConfig, type Setting, settingsByGroup, toggle } from "./config/mod.ts";
import { enterDirectory } from "./directory.ts";
import { examine, findingsJson, formatFindings, gravest, thisMachine } from "./doctor/mod.ts";

const EXIT_PROBLEM = 1;
const JSON_SETTING = toggle({
  name: "json",
  group: "Output",
  default: "false",
  help: "The findings as JSON.",
});
const JSON_FLAG = `--${JSON_SETTING.name}`;
const HELP = `tracker doctor: checks whether this machine suits the tracker, and says what to set

Usage: tracker doctor [--json] [OPTIONS]

OPTIONS are those that the tracker is to run with, see tracker --help; environment variables count too.
Nothing is changed; addresses that are free are opened for a moment. --json prints the findings as JSON.

Exit codes: 0 nothing keeps the tracker from running so, 1 something does, 2 wrong usage.`;

/** What may follow `tracker doctor`. */
export const DOCTOR_SETTINGS: readonly Setting<unknown>[] = [
  JSON_SETTING,
  ...[...settingsByGroup().values()].flat(),
];

/**
 * Runs what follows `tracker doctor`, with the variables of `environment`, and prints what it finds. Returns the exit
 * code: 0, or 1 when there is a problem. Throws a ConfigError for anything that is not allowed.
 */
export function runDoctor(args: string[], environment: Record<string, string>): number {
  const machine = thisMachine();
  const command = parseConfig(args.filter((arg) => arg !== JSON_FLAG), environment, machine);
  if (command.kind === "help") {
    console.log(HELP);
    return 0;
  }
  if (command.kind !== "run") {
    throw new ConfigError(["doctor", ...args].join(" "), "takes the options that the tracker is to run with");
  }
  // Behind another root it would be another folder.
  if (command.config.chroot === null) enterDirectory(command.config.directory);
  const findings = examine(machine, command.config);
  console.log(args.includes(JSON_FLAG) ? findingsJson(findings) : formatFindings(findings).trimEnd());
  return gravest(findings) === "problem" ? EXIT_PROBLEM : 0;
}
