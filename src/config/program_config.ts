/** The settings of the program as a process, as the rest of it takes them. @module */

import { ConfigError } from "./error.ts";
import { SETTINGS } from "./settings.ts";
import type { GivenSettings } from "./sources.ts";
import { optionalValueOf, valueOf, valuesOf } from "./values.ts";

/** How much the log tells: events of this weight and above. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** Who the process is, and what it says. */
export interface ProgramConfig {
  /** Name or number of the user to become once all addresses are open; null stays the one that started the tracker. */
  user: string | null;
  /** Name or number of the group to go with `user`; null = the user's. */
  group: string | null;
  /** The folder that becomes the root of all paths; null = none. */
  chroot: string | null;
  /** Go on as root. */
  allowRoot: boolean;
  /** Where relative paths begin; null = where the tracker was started, or the new root. */
  directory: string | null;
  /** The least important events to log. */
  logLevel: LogLevel;
  /** How they are written. */
  logFormat: "text" | "json";
  /** Whether the addresses of clients are. */
  logAddresses: boolean;
}

/** The settings of the program out of all that were given. */
export function programConfig(given: GivenSettings): ProgramConfig {
  const user = optionalValueOf(SETTINGS.user, given);
  const [group] = valuesOf(SETTINGS.group, given);
  if (group !== undefined && user === null) {
    throw new ConfigError(group.source, "needs --user NAME, whose group it is to be");
  }
  return {
    user,
    group: group?.value ?? null,
    chroot: optionalValueOf(SETTINGS.chroot, given),
    allowRoot: valueOf(SETTINGS.allowRoot, given),
    directory: optionalValueOf(SETTINGS.directory, given),
    logLevel: valueOf(SETTINGS.logLevel, given),
    logFormat: valueOf(SETTINGS.logFormat, given),
    logAddresses: valueOf(SETTINGS.logAddresses, given),
  };
}
