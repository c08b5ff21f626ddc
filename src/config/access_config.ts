/** The settings of whom the tracker serves, as the rest of the program takes them. @module */

import type { Cidr } from "../addresses/mod.ts";
import { ConfigError } from "./error.ts";
import type { AnnounceBudgetRule } from "./setting.ts";
import { SETTINGS } from "./settings.ts";
import type { GivenSettings } from "./sources.ts";
import { optionalValueOf, valueOf, valuesOf } from "./values.ts";

/** Which torrents, clients and addresses are served, and how much of it an address may have. */
export interface AccessConfig {
  /** The file of the info hashes that alone are served; null = all are. */
  whitelist: string | null;
  /** The file of the info hashes that are not served. */
  blacklist: string | null;
  /** Beginnings of the peer ids that are refused, each 1 to 20 ASCII characters. */
  denyClients: string[];
  /** The networks that are refused, and a file of further ones. */
  denyFrom: Cidr[];
  denyFromFile: string | null;
  /** Read the files anew when they change. */
  watchLists: boolean;
  /** What an address may announce; null = as much as it likes. */
  announceBudget: AnnounceBudgetRule | null;
  /** Peers of one address in one torrent, 1 to 1000; 0 = as many as there are. */
  maxPeersPerAddress: number;
}

/** The settings of access out of all that were given. */
export function accessConfig(given: GivenSettings): AccessConfig {
  const config: AccessConfig = {
    whitelist: optionalValueOf(SETTINGS.whitelist, given),
    blacklist: optionalValueOf(SETTINGS.blacklist, given),
    denyClients: valuesOf(SETTINGS.denyClient, given).map(({ value }) => value),
    denyFrom: valuesOf(SETTINGS.denyFrom, given).map(({ value }) => value),
    denyFromFile: optionalValueOf(SETTINGS.denyFromFile, given),
    watchLists: valueOf(SETTINGS.watchLists, given),
    announceBudget: optionalValueOf(SETTINGS.announceBudget, given),
    maxPeersPerAddress: valueOf(SETTINGS.maxPeersPerAddress, given),
  };
  if (config.watchLists && (config.whitelist ?? config.blacklist ?? config.denyFromFile) === null) {
    const { source } = valuesOf(SETTINGS.watchLists, given)[0];
    throw new ConfigError(source, "needs a file to watch: --whitelist, --blacklist or --deny-from-file");
  }
  return config;
}
