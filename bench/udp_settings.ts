/** What the comparisons over UDP have in common. @module */

import { count, duration, type Setting, toggle } from "../src/config/mod.ts";
import { isSmall } from "./data.ts";

const GROUP = "Options";
/** Their options. */
export const SETTINGS = {
  rounds: count(
    { name: "rounds", group: GROUP, metavar: "COUNT", default: isSmall ? "1" : "3", help: "Rounds." },
    1,
    1000,
  ),
  torrents: count(
    { name: "torrents", group: GROUP, metavar: "COUNT", default: isSmall ? "1k" : "100k", help: "Torrents." },
    1,
    10_000_000,
  ),
  peers: count(
    {
      name: "peers",
      group: GROUP,
      metavar: "COUNT",
      default: isSmall ? "45k" : "4500k",
      help: "Peers filled.",
    },
    1,
    100_000_000,
  ),
  duration: duration(
    {
      name: "duration",
      group: GROUP,
      metavar: "SECONDS",
      default: isSmall ? "2" : "10",
      help: "Measured time.",
    },
    1,
    3600,
  ),
  pin: toggle({ name: "pin", group: GROUP, default: "true", help: "Server and loader on a core each." }),
};

/** The window that no contestant's receive buffer overflows with: opentracker takes the system's default of 208 KiB. */
export const WINDOW = "128";
/** Gives about 47 peers an answer, with 45 peers in each torrent on average. */
export const SKEW = "1.2";

/** A line about the options. */
export function helpLine(): string {
  const settings: Setting<unknown>[] = Object.values(SETTINGS);
  return `Options: ${settings.map(({ name, metavar }) => `--${name} ${metavar}`.trim()).join(", ")}`;
}
