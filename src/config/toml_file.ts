/**
 * Settings from a TOML file.
 *
 * ```toml
 * listen = ["127.0.0.1:6969", "[::1]:6969"]   # keys are the names of the options; a repeatable one has an array
 * interval = "30m"                            # what has a unit is a text, a number alone is a number
 * peer-ids = false                            # a switch
 * ```
 *
 * @module
 */

import { parse } from "@std/toml/parse";
import { ConfigError } from "./error.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";
import type { Given, GivenSettings } from "./sources.ts";
import { suggestion } from "./suggestion.ts";

const SYNTAX_ERROR = /^Parse error on line (\d+)/;
/** A key, or a table's name, at the beginning of a line. */
const KEY = /^\s*(?:\[+\s*(?<table>[\w-]+)|(?<quote>"?)(?<key>[\w-]+)\k<quote>\s*=)/;
/** What the parser leaves out, because every object has it. */
const INHERITED = "__proto__";
const FORMS = {
  text: "a text in quotes",
  number: "a number, or a text in quotes where there is a unit",
  switch: "true or false, without quotes",
};

/** Reads the file at `path`. Throws a ConfigError, with the line where it can be told, for whatever is no setting. */
export function readToml(path: string, source: string): GivenSettings {
  const lines = readLines(path, source);
  const values = parseToml(lines, path);
  const known = new Map<string, Setting<unknown>>(
    Object.values(SETTINGS).map((setting) => [setting.name, setting]),
  );
  const lineNumbers = numberKeys(lines, path);
  const given: GivenSettings = new Map();
  const inherited = lineNumbers.has(INHERITED) ? [INHERITED] : [];
  for (const name of [...Object.keys(values), ...inherited]) {
    const number = lineNumbers.get(name);
    const place = `(${number === undefined ? path : `${path}:${number}`})`;
    const setting = known.get(name);
    if (setting === undefined) throw unknownKey(name, place, [...known.keys()]);
    const read = readValues(setting, values[name], place);
    // As with variables: what is empty counts as not set.
    if (read.length > 0) given.set(name, read);
  }
  return given;
}

/** The lines of a file of settings that `source` names. Throws a ConfigError when it cannot be read. */
export function readLines(path: string, source: string): string[] {
  try {
    return Deno.readTextFileSync(path).split(/\r?\n/);
  } catch (error) {
    throw new ConfigError(source, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function parseToml(lines: string[], path: string): Record<string, unknown> {
  try {
    return parse(lines.join("\n"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const [, number] = SYNTAX_ERROR.exec(reason) ?? [];
    if (number === undefined) throw new ConfigError(path, `is not TOML: ${reason}`);
    const line = lines[Number(number) - 1]?.trim() ?? "";
    throw new ConfigError(
      `${line} (${path}:${number})`,
      'is not TOML; texts stand in quotes, as interval = "30m", and arrays in brackets',
    );
  }
}

/** The lines that keys are on, from 1. The parser takes the last of two lines with one key, so those are refused here. */
function numberKeys(lines: string[], path: string): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    const { table, key } = KEY.exec(line)?.groups ?? {};
    const name = key ?? table;
    if (name === undefined) continue;
    const other = numbers.get(name);
    if (other !== undefined) {
      throw new ConfigError(`${line.trim()} (${path}:${i + 1})`, `${name} stands on line ${other} already`);
    }
    numbers.set(name, i + 1);
  }
  return numbers;
}

function unknownKey(name: string, place: string, names: string[]): ConfigError {
  const hint = suggestion(name, names) ?? "keys are the names of the options, --help lists them";
  return new ConfigError(`${name} ${place}`, `unknown setting; ${hint}`);
}

function readValues(setting: Setting<unknown>, value: unknown, place: string): Given[] {
  const values: unknown[] = setting.repeatable && Array.isArray(value) ? value : [value];
  return values.map((item) => {
    const source = `${setting.name} = ${JSON.stringify(item)} ${place}`;
    const text = textOf(setting, item);
    if (text === null) throw new ConfigError(source, `must be ${FORMS[setting.form]}`);
    return { text, source };
  });
}

/** A value as a flag would have it, or null when it is of another type than the setting is written in. */
function textOf({ form }: Setting<unknown>, value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return form === "switch" ? null : value;
    case "number":
      return form === "number" ? String(value) : null;
    case "boolean":
      return form === "switch" ? String(value) : null;
    default:
      return null;
  }
}
