/** The values of settings, from what was given or by default. @module */

import { ConfigError } from "./error.ts";
import type { Setting } from "./setting.ts";
import { type Given, type GivenSettings, type Sourced, splitList } from "./sources.ts";

/** The value of a setting that has a default and is not repeatable. */
export function valueOf<Value>(setting: Setting<Value>, given: GivenSettings): Value {
  return valuesOf(setting, given)[0].value;
}

/** The value of a setting that has no default and is not repeatable, or null when it was not given. */
export function optionalValueOf<Value>(setting: Setting<Value>, given: GivenSettings): Value | null {
  return valuesOf(setting, given).at(0)?.value ?? null;
}

/** The values of a setting: those given, else its default, else none. */
export function valuesOf<Value>(setting: Setting<Value>, given: GivenSettings): Sourced<Value>[] {
  const texts = given.get(setting.name) ?? defaults(setting);
  return texts.map(({ text, source }) => {
    const value = setting.parse(text);
    if (value === null) throw new ConfigError(source, `must be ${setting.allowed}`);
    return { value, source };
  });
}

function defaults(setting: Setting<unknown>): Given[] {
  if (setting.default === null) return [];
  return splitList(setting.default).map((text) => ({
    text,
    source: `--${setting.name} ${text} (the default)`,
  }));
}
