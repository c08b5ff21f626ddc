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

/**
 * Throws a ConfigError with `problem` for the first of `settings` that was given. `cause` is the source of what it means
 * nothing beside.
 */
export function refuseGiven(
  settings: readonly Setting<unknown>[],
  given: GivenSettings,
  problem: string,
  cause?: string,
): void {
  for (const { name } of settings) {
    const refused = given.get(name)?.at(0);
    if (refused === undefined) continue;
    throw new ConfigError(cause === undefined ? refused.source : `${refused.source} and ${cause}`, problem);
  }
}

function defaults(setting: Setting<unknown>): Given[] {
  if (setting.default === null) return [];
  return splitList(setting.default).map((text) => ({
    text,
    source: `--${setting.name} ${text} (the default)`,
  }));
}
