/** Settings as TOML that {@linkcode readToml} reads back. @module */

import { stringify } from "@std/toml/stringify";
import { oneLine } from "./error.ts";
import type { Setting } from "./setting.ts";
import type { Given } from "./sources.ts";

/**
 * The lines that give `setting` the values in `given`, which are not none, each with its source behind it as a comment.
 */
export function tomlLines(setting: Setting<unknown>, given: readonly Given[]): string[] {
  if (!setting.repeatable) {
    const [{ text, source }] = given;
    return [`${assignment(setting.name, valueOf(setting, text))}  # ${oneLine(source)}`];
  }
  return [
    `${setting.name} = [`,
    ...given.map(({ text, source }) => `  ${quoted(text)},  # ${oneLine(source)}`),
    "]",
  ];
}

function valueOf({ form }: Setting<unknown>, text: string): string | number | boolean {
  if (form === "switch") return text === "true";
  return form === "number" && /^\d+$/.test(text) ? Number(text) : text;
}

function assignment(name: string, value: string | number | boolean): string {
  // What TOML forbids in a text and the library leaves there.
  return stringify({ [name]: value }).trim().replaceAll("\x7f", "\\u007f");
}

function quoted(text: string): string {
  return assignment("x", text).slice("x = ".length);
}
