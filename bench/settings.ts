/** What the comparisons' options have in common. @module */

import { count, duration, type Setting } from "../src/config/mod.ts";
import { isSmall } from "./data.ts";

/** The group that all options are in. */
export const GROUP = "Options";
/** How often every contestant is measured. */
export const ROUNDS = count(
  { name: "rounds", group: GROUP, metavar: "COUNT", default: isSmall ? "1" : "3", help: "Rounds." },
  1,
  1000,
);
/** How long, in seconds. */
export const DURATION = duration(
  {
    name: "duration",
    group: GROUP,
    metavar: "SECONDS",
    default: isSmall ? "2" : "10",
    help: "Measured time.",
  },
  1,
  3600,
);

/** The window that no contestant's receive buffer overflows with: opentracker takes the system's default of 208 KiB. */
export const WINDOW = "128";

/** A line about the options. */
export function helpLine(settings: Setting<unknown>[]): string {
  return `Options: ${settings.map(({ name, metavar }) => `--${name} ${metavar}`.trim()).join(", ")}`;
}
