/** The settings as the rest of the program takes them, checked against each other. @module */

import type { Endpoint } from "../addresses/mod.ts";
import { type AccessConfig, accessConfig } from "./access_config.ts";
import { checkAddresses } from "./endpoints.ts";
import { ConfigError } from "./error.ts";
import { type HttpConfig, httpConfig } from "./http_config.ts";
import { type ProgramConfig, programConfig } from "./program_config.ts";
import type { SaveRule } from "./setting.ts";
import { defaultMinIntervalSec, defaultUdpWorkers, peerTimeoutLeastSec, SETTINGS } from "./settings.ts";
import type { GivenSettings, Sourced } from "./sources.ts";
import { type StatsConfig, statsConfig } from "./stats_config.ts";
import { optionalValueOf, valueOf, valuesOf } from "./values.ts";

/** Every setting, checked. Plain data, so that it can be posted to a worker. */
export interface Config extends HttpConfig, StatsConfig, AccessConfig, ProgramConfig {
  /** Where UDP is served. */
  udp: Endpoint[];
  /** No address was named; UDP and HTTP are then at `[::]:6969`, and 0.0.0.0 will do where there is no IPv6. */
  defaultListen: boolean;
  /** How UDP sockets are had; `auto` is libc where that works. */
  udpBackend: "auto" | "libc" | "deno";
  /** Threads that serve UDP, 1 to 64. */
  udpWorkers: number;
  /** These are to be real-time, where the system lets them. */
  udpRealtime: boolean;
  /** Threads that serve plain HTTP, and again as many for TLS; 1 to 64. */
  httpWorkers: number;
  /** The path of the ODB file; null keeps nothing over a restart. */
  odb: string | null;
  /** When to save; none without a file, nor where it is not to be written. */
  odbSave: SaveRule[];
  /** Keep the connection ids' secret and the counters beside the ODB file. */
  odbKey: boolean;
  /** How long a save may be due and not done before the tracker counts as unwell; 1 to 2 592 000 s. */
  odbStaleAfterSec: number;
  /** Restore from the file, and never write to it. */
  odbReadonly: boolean;
  /** Time between a client's announces, before each answer varies it by up to 10 %; 60 to 13 036 s. */
  intervalSec: number;
  /** The shortest time between a client's announces; 10 s to `intervalSec`. */
  minIntervalSec: number;
  /** How long a peer lives after its last announce; over 1.1 × `intervalSec` + 60, at most 14 400 s. */
  peerTimeoutSec: number;
  /** Peers the table may hold, 1 to 2^27. */
  maxPeers: number;
  /** Torrents the table may hold, 1 to 2^26. */
  maxTorrents: number;
  /** Keep peer ids for answers that are not compact. */
  peerIds: boolean;
}

const DEFAULT_LISTEN: Sourced<Endpoint> = {
  value: { hostname: "::", port: 6969 },
  source: "--listen [::]:6969 (the default)",
};

/**
 * What was given, made into a configuration. `cores` is how many threads the machine can run at once. Throws a
 * ConfigError for values that are not allowed, alone or together.
 */
export function createConfig(given: GivenSettings, cores: number): Config {
  const addresses = [SETTINGS.listen, SETTINGS.udp, SETTINGS.http, SETTINGS.https];
  const defaultListen = !addresses.some(({ name }) => given.has(name));
  const listen = defaultListen ? [DEFAULT_LISTEN] : valuesOf(SETTINGS.listen, given);
  const udp = [...listen, ...valuesOf(SETTINGS.udp, given)];
  checkAddresses("UDP", udp);
  return {
    udp: udp.map(({ value }) => value),
    ...httpConfig(given, listen),
    ...statsConfig(given),
    ...accessConfig(given),
    defaultListen,
    udpBackend: valueOf(SETTINGS.udpBackend, given),
    udpWorkers: optionalValueOf(SETTINGS.udpWorkers, given) ?? defaultUdpWorkers(cores),
    udpRealtime: valueOf(SETTINGS.udpRealtime, given),
    httpWorkers: valueOf(SETTINGS.httpWorkers, given),
    ...state(given),
    ...times(given),
    maxPeers: valueOf(SETTINGS.maxPeers, given),
    maxTorrents: valueOf(SETTINGS.maxTorrents, given),
    peerIds: valueOf(SETTINGS.peerIds, given),
    ...programConfig(given),
  };
}

function state(
  given: GivenSettings,
): Pick<Config, "odb" | "odbSave" | "odbKey" | "odbStaleAfterSec" | "odbReadonly"> {
  const odb = optionalValueOf(SETTINGS.odb, given);
  const [{ value: odbReadonly, source }] = valuesOf(SETTINGS.odbReadonly, given);
  const rules = valuesOf(SETTINGS.odbSave, given);
  const [key] = valuesOf(SETTINGS.odbKey, given);
  const [staleAfter] = valuesOf(SETTINGS.odbStaleAfter, given);
  const aboutSaves = [
    [SETTINGS.odbSave, rules[0]],
    [SETTINGS.odbKey, key],
    [SETTINGS.odbStaleAfter, staleAfter],
  ] as const;
  for (const [{ name }, about] of aboutSaves) {
    if (!given.has(name)) continue;
    if (odb === null) throw new ConfigError(about.source, "needs --odb FILE, the file to save to");
    if (odbReadonly) {
      throw new ConfigError(
        `${about.source} and ${source}`,
        "nothing is written where the file is only read",
      );
    }
  }
  if (odb === null && odbReadonly) {
    throw new ConfigError(source, "needs --odb FILE, the file to restore from");
  }
  return {
    odb,
    odbReadonly,
    odbSave: odb === null || odbReadonly ? [] : rules.map(({ value }) => value),
    odbKey: key.value && !odbReadonly,
    odbStaleAfterSec: staleAfter.value,
  };
}

function times(given: GivenSettings): Pick<Config, "intervalSec" | "minIntervalSec" | "peerTimeoutSec"> {
  const [interval] = valuesOf(SETTINGS.interval, given);
  const [timeout] = valuesOf(SETTINGS.peerTimeout, given);
  const leastSec = peerTimeoutLeastSec(interval.value);
  if (timeout.value < leastSec) {
    throw new ConfigError(
      `${timeout.source} and ${interval.source}`,
      `peers would be dropped before they are due; with this interval the peer timeout must be at least ` +
        `${leastSec} seconds`,
    );
  }
  const minInterval = valuesOf(SETTINGS.minInterval, given).at(0);
  if (minInterval !== undefined && minInterval.value > interval.value) {
    throw new ConfigError(
      `${minInterval.source} and ${interval.source}`,
      "the minimum interval must be at most the interval",
    );
  }
  return {
    intervalSec: interval.value,
    minIntervalSec: minInterval?.value ?? defaultMinIntervalSec(interval.value),
    peerTimeoutSec: timeout.value,
  };
}
