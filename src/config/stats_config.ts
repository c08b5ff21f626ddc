/** The settings of the statistics as the rest of the program takes them, checked against each other. @module */

import type { Cidr } from "../addresses/mod.ts";
import { SETTINGS } from "./settings.ts";
import type { GivenSettings } from "./sources.ts";
import { optionalValueOf, refuseGiven, valueOf, valuesOf } from "./values.ts";

/** What is told of the tracker, and to whom. Where it is served is said by `serves` of the endpoints of HTTP. */
export interface StatsConfig {
  /** Statistics are served. */
  stats: boolean;
  /** They are at `/PATH`, `/PATH.json` and beneath `/PATH/`; those that have other names of their own only where it is "stats". */
  statsPath: string;
  /** Who may read them; none = everybody. */
  statsFrom: Cidr[];
  /** The file of the tokens that readers must have; null = none is needed. */
  statsTokenFile: string | null;
  /** Info hashes are told. */
  statsHashes: boolean;
}

/** The settings that mean nothing where there are no statistics. */
const ABOUT_STATS = [
  SETTINGS.statsPath,
  SETTINGS.statsListen,
  SETTINGS.statsFrom,
  SETTINGS.statsTokenFile,
  SETTINGS.statsHashes,
];

/** The settings of the statistics out of all that were given. */
export function statsConfig(given: GivenSettings): StatsConfig {
  const [{ value: stats, source }] = valuesOf(SETTINGS.stats, given);
  if (!stats) refuseGiven(ABOUT_STATS, given, "there are no statistics", source);
  return {
    stats,
    statsPath: valueOf(SETTINGS.statsPath, given),
    statsFrom: valuesOf(SETTINGS.statsFrom, given).map(({ value }) => value),
    statsTokenFile: optionalValueOf(SETTINGS.statsTokenFile, given),
    statsHashes: valueOf(SETTINGS.statsHashes, given),
  };
}
