/** Configurations as TOML files that `--config` takes: `--print-config`, and files converted from opentracker's. @module */

import { formatEndpoint } from "../addresses/mod.ts";
import { type Config, createConfig } from "./config.ts";
import { oneLine } from "./error.ts";
import { OpentrackerSettings } from "./opentracker.ts";
import { readOpentrackerFile } from "./opentracker_file.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";
import { type Given, type GivenSettings, splitList } from "./sources.ts";
import { tomlLines } from "./toml_text.ts";
import { VERSION } from "./version.ts";

const ALL: Setting<unknown>[] = Object.values(SETTINGS);

/**
 * The settings in force: those that were given, each with where it came from, and as comments those that hold by default,
 * so that they can follow another version's. Gives the same configuration again where it is read. `config` is what was
 * made of `given`. Ends in a newline.
 */
export function printConfig(given: GivenSettings, config: Config): string {
  const lines = groupLines((setting) => {
    const values = given.get(setting.name);
    if (values !== undefined) return tomlLines(setting, values);
    const byDefault = defaultsOf(setting, config).map((text) => ({ text, source: "the default" }));
    return byDefault.length === 0 ? [`# ${setting.name} is not set`] : commented(setting, byDefault);
  });
  return [`# What tracker ${VERSION} runs with, and where each setting comes from`, ...lines, ""].join("\n");
}

/**
 * The opentracker configuration file at `path` as a file of ours; what has no counterpart here stands in it as a
 * comment. Throws a ConfigError for a file that the tracker would not start with. Ends in a newline.
 */
export function convertOpentrackerFile(path: string): string {
  const settings = new OpentrackerSettings();
  readOpentrackerFile(path, path, settings);
  settings.finish(new Map());
  createConfig(settings.given, 1);
  const lines = groupLines((setting) => {
    const values = settings.given.get(setting.name);
    return values === undefined ? [] : tomlLines(setting, values);
  });
  const leftOut = settings.warnings.map((warning) => `# ${oneLine(warning)}`);
  return [`# Made from ${oneLine(path)}, a configuration of opentracker`, ...leftOut, ...lines, ""].join(
    "\n",
  );
}

/** What `linesOf` gives for each setting, under the headings of those that it gives any for. */
function groupLines(linesOf: (setting: Setting<unknown>) => string[]): string[] {
  return [...Map.groupBy(ALL, ({ group }) => group)].flatMap(([group, settings]) => {
    const lines = settings.flatMap(linesOf);
    return lines.length === 0 ? [] : ["", `# ${group}`, ...lines];
  });
}

function commented(setting: Setting<unknown>, given: readonly Given[]): string[] {
  return tomlLines(setting, given).map((line) => `# ${line}`);
}

/** The values that hold where none was given. */
function defaultsOf(setting: Setting<unknown>, config: Config): string[] {
  switch (setting.name) {
    case SETTINGS.listen.name:
      return config.defaultListen ? [formatEndpoint(config.udp[0])] : [];
    case SETTINGS.minInterval.name:
      return [String(config.minIntervalSec)];
    case SETTINGS.udpWorkers.name:
      return [String(config.udpWorkers)];
    default:
      return setting.default === null ? [] : splitList(setting.default);
  }
}
