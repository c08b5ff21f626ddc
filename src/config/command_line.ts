/** What the operator asks for, by the command line, the environment and files. @module */

import { type Config, createConfig } from "./config.ts";
import type { OpentrackerSettings } from "./opentracker.ts";
import { readOpentrackerFlags, splitArguments } from "./opentracker_flags.ts";
import { printConfig } from "./print_config.ts";
import { COMMAND_SETTINGS, SETTINGS } from "./settings.ts";
import { type GivenSettings, readArguments, readEnvironment } from "./sources.ts";
import { readToml } from "./toml_file.ts";
import { valueOf, valuesOf } from "./values.ts";

/** What to do, and by which configuration. */
export type CommandLine =
  | {
    /** `check` asks whether the tracker could run. */
    kind: "run" | "check";
    config: Config;
    /** What was given and is left out, a sentence each. */
    warnings: string[];
  }
  | { kind: "print"; text: string }
  | { kind: "help" }
  | { kind: "version" };

/**
 * The command line (without the program's name) and the environment, made into what to do. Flags win over
 * environment variables, those over the file of `--config`, that over defaults. Reads nothing but its arguments and
 * the files of `--config` and `-f`; `machine.cores` is how many threads can run at once. Throws a ConfigError for
 * anything that is not allowed.
 */
export function parseConfig(
  args: string[],
  environment: Record<string, string>,
  machine: { cores: number },
): CommandLine {
  const { flags: opentrackerFlags, rest } = splitArguments(args);
  const flags = readArguments(rest, [...Object.values(SETTINGS), ...Object.values(COMMAND_SETTINGS)]);
  if (typeof flags === "string") return { kind: flags };
  const variables = readEnvironment(environment);
  const own: GivenSettings = new Map([...variables, ...flags]);
  const settings: GivenSettings = new Map([...readConfigFile(own), ...variables]);
  const opentracker = readOpentrackerFlags(opentrackerFlags, new Map([...settings, ...flags]));
  const given: GivenSettings = new Map([...settings, ...mergeFlags(opentracker, flags)]);
  const config = createConfig(given, machine.cores);
  if (valueOf(COMMAND_SETTINGS.printConfig, flags)) {
    return { kind: "print", text: printConfig(given, config) };
  }
  const kind = valueOf(COMMAND_SETTINGS.checkConfig, flags) ? "check" : "run";
  return { kind, config, warnings: opentracker.warnings };
}

function readConfigFile(given: GivenSettings): GivenSettings {
  const [file] = valuesOf(COMMAND_SETTINGS.config, given);
  return file === undefined ? new Map() : readToml(file.value, file.source);
}

/** Addresses and the like add up, whichever way they were given. Of what can be given once, our own flag wins. */
function mergeFlags(opentracker: OpentrackerSettings, flags: GivenSettings): GivenSettings {
  const merged: GivenSettings = new Map(opentracker.given);
  for (const [name, values] of flags) {
    const setting = Object.values(SETTINGS).find((setting) => setting.name === name);
    const before = merged.get(name) ?? [];
    merged.set(name, setting?.repeatable === true ? [...before, ...values] : values);
  }
  return merged;
}
