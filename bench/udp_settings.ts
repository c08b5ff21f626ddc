/** What the comparisons over UDP have in common. @module */

import { count, toggle } from "../src/config/mod.ts";
import { isSmall } from "./data.ts";
import { DURATION, GROUP, ROUNDS } from "./settings.ts";

/** Their options. */
export const SETTINGS = {
  rounds: ROUNDS,
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
  duration: DURATION,
  pin: toggle({ name: "pin", group: GROUP, default: "true", help: "Server and loader on a core each." }),
};

/** Gives about 47 peers an answer, with 45 peers in each torrent on average. */
export const SKEW = "1.2";
