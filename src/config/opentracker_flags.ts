/** The options of opentracker on the command line, one letter each. @module */

import { ConfigError } from "./error.ts";
import { OpentrackerSettings } from "./opentracker.ts";
import { readOpentrackerFile } from "./opentracker_file.ts";
import type { Setting } from "./setting.ts";
import { COMMAND_SETTINGS, SETTINGS } from "./settings.ts";
import type { GivenSettings } from "./sources.ts";

/** One of the options, for those that read and those that describe them. */
export interface OpentrackerFlag {
  readonly letter: string;
  readonly metavar: string;
  /** What it does, in sentences. */
  readonly help: string;
  take(settings: OpentrackerSettings, value: string, source: string): void;
}

/** All of them but `-h` and `-v`, which are ours too. */
export const OPENTRACKER_FLAGS: readonly OpentrackerFlag[] = [
  {
    letter: "i",
    metavar: "IP",
    help: "The address of the -p and -P that follow; without any, --listen IP:6969.",
    take: (settings, value, source) => settings.setAddress(value, source),
  },
  {
    letter: "p",
    metavar: "PORT",
    help: "--http IP:PORT, with the IP of the -i before it, or 0.0.0.0.",
    take: (settings, value, source) => settings.addPort(SETTINGS.http, value, source),
  },
  {
    letter: "P",
    metavar: "PORT",
    help: "--udp IP:PORT, likewise.",
    take: (settings, value, source) => settings.addPort(SETTINGS.udp, value, source),
  },
  setter("r", "URL", SETTINGS.redirectUrl),
  setter("d", "DIR", SETTINGS.directory),
  setter("u", "NAME", SETTINGS.user),
  {
    letter: "A",
    metavar: "IP",
    help: "--stats-from IP.",
    take: (settings, value, source) => settings.addAddress(SETTINGS.statsFrom, value, source),
  },
  {
    letter: "f",
    metavar: "FILE",
    help: "Read a configuration file of opentracker, as if its lines were options here.",
    take: (settings, value, source) => readOpentrackerFile(value, source, settings),
  },
  setter("w", "FILE", SETTINGS.whitelist),
  setter("b", "FILE", SETTINGS.blacklist),
  {
    letter: "s",
    metavar: "PORT",
    help: "Left out, with a warning: there is no live sync.",
    take: (settings, _value, source) => settings.leaveOut(source),
  },
];

/** What a command line has of opentracker's options, in order, and what is left of it. */
export interface SplitArguments {
  flags: { flag: OpentrackerFlag; value: string }[];
  rest: string[];
}

/**
 * Takes opentracker's options with their values, `-p 6969` or `-p6969`, out of `args`. A long name behind a single dash
 * is left, for it is a slip: `-user` does not mean `-u ser`. Throws a ConfigError for one without a value.
 */
export function splitArguments(args: readonly string[]): SplitArguments {
  const settings = [...Object.values(SETTINGS), ...Object.values(COMMAND_SETTINGS)];
  const names: string[] = settings.map(({ name }) => name);
  const flags: SplitArguments["flags"] = [];
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === "--") return { flags, rest: [...rest, ...args.slice(i)] };
    const flag = OPENTRACKER_FLAGS.find(({ letter }) => arg.startsWith(`-${letter}`));
    if (flag === undefined || names.includes(arg.slice(1).split("=", 1)[0])) {
      rest.push(arg);
      continue;
    }
    const isAttached = arg.length > 2;
    const value = isAttached ? arg.slice(2) : args[++i] ?? "";
    if (value === "") {
      throw new ConfigError(`-${flag.letter}`, `needs a value: -${flag.letter} ${flag.metavar}`);
    }
    flags.push({ flag, value });
  }
  return { flags, rest };
}

/** The settings that the options, and the files they name, stand for, beside those in `others`. */
export function readOpentrackerFlags(
  flags: SplitArguments["flags"],
  others: GivenSettings,
): OpentrackerSettings {
  const settings = new OpentrackerSettings();
  for (const { flag, value } of flags) flag.take(settings, value, `-${flag.letter} ${value}`);
  settings.finish(others);
  return settings;
}

function setter(letter: string, metavar: string, setting: Setting<unknown>): OpentrackerFlag {
  return {
    letter,
    metavar,
    help: `--${setting.name} ${metavar}.`,
    take: (settings, value, source) => settings.set(setting, value, source),
  };
}
