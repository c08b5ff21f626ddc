/**
 * Where settings come from: the command line and the environment here, files in toml_file.ts and opentracker.ts. All
 * end as texts by setting name, still unparsed, each with the words in which the operator gave it.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { ConfigError } from "./error.ts";
import type { Setting } from "./setting.ts";
import { COMMAND_SETTINGS, SETTINGS } from "./settings.ts";
import { suggestion } from "./suggestion.ts";

/** The text of a value, and its source for messages, as `--interval 5`, `TRACKER_INTERVAL=5` or `interval = 5 (tracker.toml:3)`. */
export interface Given {
  text: string;
  source: string;
}

/** A value that was parsed, and its source for messages. */
export interface Sourced<Value> {
  value: Value;
  source: string;
}

/** What was given, by setting name. A setting that was not given has no entry. */
export type GivenSettings = Map<string, Given[]>;

const ENVIRONMENT_PREFIX = "TRACKER_";
/** What Kubernetes sets in every container of a namespace that has a Service named "tracker", as `NAME=value`. */
const KUBERNETES_SERVICE =
  /^TRACKER_(SERVICE_(HOST|PORT(_\w+)?)=|PORT=(tcp|udp|sctp):|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?=)/;
const VARIABLE: Setting<unknown>[] = [...Object.values(SETTINGS), COMMAND_SETTINGS.config];

/** The environment variable of a setting: `odb-save` is `TRACKER_ODB_SAVE`. */
export function environmentName(setting: Setting<unknown>): string {
  return ENVIRONMENT_PREFIX + setting.name.toUpperCase().replaceAll("-", "_");
}

/**
 * Those of `settings` that are on the command line, or the word for what it asks for instead, though settings may be
 * wrong. What is not a flag with its value is added to `operands`; where there are none, a ConfigError is thrown for it,
 * as for an unknown flag.
 */
export function readArguments(
  args: string[],
  settings: Setting<unknown>[],
  operands: string[] | null = null,
): GivenSettings | "help" | "version" {
  const valued = settings.filter((setting) => setting.metavar !== "");
  const switches = settings.filter((setting) => setting.metavar === "");
  // A switch and its negation count as two flags, so that giving both is noticed.
  const bareFlags = [...switches.flatMap(({ name }) => [name, `no-${name}`]), "help", "version"];
  const flags = [...valued.map(({ name }) => name), ...bareFlags];
  checkBareFlags(args, bareFlags);
  const letters = settings.filter(({ letter }) => letter !== "").map(({ name, letter }) => [name, letter]);
  const unknown: string[] = [];
  const parsed = parseArgs(detachValues(args, valued), {
    string: [...valued.map(({ name }) => name), "_"],
    boolean: bareFlags,
    collect: flags,
    alias: { help: "h", version: ["V", "v"], ...Object.fromEntries(letters) },
    unknown: (arg, flag) => {
      if (flag !== undefined) unknown.push(arg);
      return flag === undefined;
    },
  });
  const texts = (flag: string) => parsed[flag].map(String);
  if (texts("help").includes("true")) return "help";
  if (texts("version").includes("true")) return "version";

  for (const { name, metavar } of valued) {
    if (texts(name).includes("")) throw new ConfigError(`--${name}`, `needs a value: --${name} ${metavar}`);
  }
  if (unknown.length > 0) throw unknownFlag(unknown[0], flags);
  if (operands !== null) operands.push(...parsed._.map(String));
  else if (parsed._.length > 0) {
    throw new ConfigError(String(parsed._[0]), "is not an option; --help lists the options");
  }

  const given: GivenSettings = new Map();
  for (const setting of valued) {
    const { name } = setting;
    add(given, setting, texts(name).map((text) => ({ text, source: `--${name} ${text}` })));
  }
  for (const setting of switches) {
    const { name } = setting;
    const on = texts(name).map(() => ({ text: "true", source: `--${name}` }));
    const off = texts(`no-${name}`).map(() => ({ text: "false", source: `--no-${name}` }));
    add(given, setting, [...on, ...off]);
  }
  return given;
}

/**
 * The settings in `environment`; values of a repeatable one are separated by commas. An empty variable
 * counts as not set. Throws a ConfigError for a variable with the tracker's prefix that is none of its settings, for
 * that is a slip of the operator's, unless Kubernetes made it.
 */
export function readEnvironment(environment: Record<string, string>): GivenSettings {
  const given: GivenSettings = new Map();
  const known = new Map(VARIABLE.map((setting) => [environmentName(setting), setting]));
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(ENVIRONMENT_PREFIX) || value === "") continue;
    const setting = known.get(name);
    if (setting === undefined) {
      if (KUBERNETES_SERVICE.test(`${name}=${value}`)) continue;
      const hint = suggestion(name, [...known.keys()]) ?? "--help lists the settings";
      throw new ConfigError(name, `unknown variable; ${hint}`);
    }
    const texts = setting.repeatable ? splitList(value) : [value];
    add(given, setting, texts.map((text) => ({ text, source: `${name}=${text}` })));
  }
  return given;
}

/** The items of a comma-separated list, without the blanks around them. */
export function splitList(text: string): string[] {
  return text.split(",").map((item) => item.trim());
}

function add(given: GivenSettings, setting: Setting<unknown>, values: Given[]): void {
  if (values.length > 1 && !setting.repeatable) {
    throw new ConfigError(`${values[0].source} and ${values[1].source}`, "may be given only once");
  }
  if (values.length > 0) given.set(setting.name, values);
}

/**
 * The same with a value that is right behind its letter, `-oFILE`, behind the long name. A long name behind a single dash
 * is left, for it is a slip: `-output` does not mean `-o utput`.
 */
function detachValues(args: string[], valued: Setting<unknown>[]): string[] {
  const end = endOfFlags(args);
  return args.map((arg, i) => {
    const setting = valued.find(({ letter }) => letter !== "" && arg.startsWith(`-${letter}`));
    const isSlip = valued.some(({ name }) => name === arg.slice(1).split("=", 1)[0]);
    if (i >= end || setting === undefined || isSlip || arg.length === 2) return arg;
    return `--${setting.name}=${arg.slice(2).replace(/^=/, "")}`;
  });
}

/** How many of `args` are before the `--` behind which nothing is a flag. */
function endOfFlags(args: string[]): number {
  return args.includes("--") ? args.indexOf("--") : args.length;
}

/** parseArgs takes `--peer-ids=maybe` for true and a following `false` for a value, so that is refused here. */
function checkBareFlags(args: string[], bareFlags: string[]): void {
  const end = endOfFlags(args);
  for (let i = 0; i < end; i++) {
    const [flag, value] = args[i].split("=", 2);
    if (!bareFlags.some((name) => flag === `--${name}`)) continue;
    if (value !== undefined) throw new ConfigError(args[i], "takes no value");
    const next = args[i + 1];
    if (next === "true" || next === "false") throw new ConfigError(`${flag} ${next}`, "takes no value");
  }
}

function unknownFlag(arg: string, flags: string[]): ConfigError {
  const flag = arg.split("=", 1)[0];
  const hint = suggestion(flag, flags.map((name) => `--${name}`)) ?? "--help lists the options";
  return new ConfigError(flag, `unknown option; ${hint}`);
}
