/** The command line of the load tester. @module */

import { type Endpoint, parseCidr, parseEndpoint } from "../addresses/mod.ts";
import { ConfigError, type GivenSettings, readArguments, valueOf, valuesOf } from "../config/mod.ts";
import { peersMax, type PopulationOptions } from "./population.ts";
import { ALL_SETTINGS, SETTINGS } from "./settings.ts";
import { SCHEME } from "./target.ts";

/** What is sent, and how fast. Plain data, so that it can be posted to a worker. */
export interface LoadOptions {
  target: Endpoint;
  /** Peers have source addresses of their own, from 127.0.0.1 up. */
  choosesSource: boolean;
  population: PopulationOptions;
  /** Peers announced once before anything else, 0 to `population.peers`. */
  fill: number;
  durationSec: number;
  warmupSec: number;
  /** Requests a second of all threads; null is as fast as the window allows. */
  ratePerSec: number | null;
  /** Requests without an answer, of all threads. */
  window: number;
  /** Source ports of each thread. */
  sockets: number;
  threads: number;
  /** 0 to 1. */
  scrapeShare: number;
  wanted: number;
}

/** What the command line asks for. */
export interface LoadCommand {
  kind: "load";
  /** Null: only write the hashes. */
  load: LoadOptions | null;
  population: PopulationOptions;
  hashes: string | null;
  pid: number | null;
  json: boolean;
}

const ADDRESSES_MIN = 64;
const IPV4_BYTES = 4;
const UNSPECIFIED = ["0.0.0.0", "::"];

/** Parses what follows `tracker load`. Throws a ConfigError for anything that is not allowed. */
export function parseLoad(args: string[]): LoadCommand | { kind: "help" } | { kind: "version" } {
  const targets = args.filter((arg) => arg.startsWith(SCHEME));
  const given = readArguments(args.filter((arg) => !arg.startsWith(SCHEME)), ALL_SETTINGS);
  if (typeof given === "string") return { kind: given };
  if (targets.length > 1) throw new ConfigError(targets.join(" and "), "only one target can be loaded");
  const target = targets.length === 0 ? null : parseTarget(targets[0], valueOf(SETTINGS.ownHost, given));
  const hashes = valuesOf(SETTINGS.hashes, given).at(0)?.value ?? null;
  if (target === null && hashes === null) {
    throw new ConfigError("load", `needs a target, as ${SCHEME}127.0.0.1:6969`);
  }
  const population = parsePopulation(target, given);
  return {
    kind: "load",
    load: target === null ? null : parseOptions(target, population, given),
    population,
    hashes,
    pid: valuesOf(SETTINGS.pid, given).at(0)?.value ?? null,
    json: valueOf(SETTINGS.json, given),
  };
}

function parseOptions(target: Endpoint, population: PopulationOptions, given: GivenSettings): LoadOptions {
  const fill = valueOf(SETTINGS.fill, given);
  if (fill > population.peers) {
    throw new ConfigError(`--fill ${fill}`, `must be at most the peers that there are, ${population.peers}`);
  }
  const threads = valueOf(SETTINGS.threads, given);
  const window = valueOf(SETTINGS.window, given);
  if (window < threads) {
    throw new ConfigError(`--window ${window}`, `must be at least the threads that there are, ${threads}`);
  }
  return {
    target,
    choosesSource: choosesSource(target),
    population,
    fill,
    durationSec: valueOf(SETTINGS.duration, given),
    warmupSec: valueOf(SETTINGS.warmup, given),
    ratePerSec: valuesOf(SETTINGS.rate, given).at(0)?.value ?? null,
    window,
    sockets: valueOf(SETTINGS.sockets, given),
    threads,
    scrapeShare: valueOf(SETTINGS.scrapeShare, given),
    wanted: valueOf(SETTINGS.numwant, given),
  };
}

function parseTarget(text: string, isOwnHost: boolean): Endpoint {
  const endpoint = parseEndpoint(text.slice(SCHEME.length).replace(/\/(announce)?$/, ""));
  if (endpoint === null || endpoint.port === 0) {
    throw new ConfigError(text, `must be ${SCHEME}, an IP address and a port, as ${SCHEME}[::1]:6969`);
  }
  const target = { ...endpoint, hostname: unmapped(endpoint.hostname) };
  if (UNSPECIFIED.includes(target.hostname)) {
    throw new ConfigError(
      text,
      "is the address of no host; servers on 0.0.0.0 or [::] are reached at 127.0.0.1",
    );
  }
  if (!isOwnHost && !isLoopback(target)) {
    throw new ConfigError(text, "is not on loopback; whoever owns that host may say --yes-i-own-this-host");
  }
  return target;
}

function parsePopulation(target: Endpoint | null, given: GivenSettings): PopulationOptions {
  const peers = valueOf(SETTINGS.peers, given);
  const asked = valuesOf(SETTINGS.addresses, given).at(0)?.value;
  const isFree = target === null || choosesSource(target);
  if (asked !== undefined && asked > 1 && !isFree) {
    throw new ConfigError(`--addresses ${asked}`, "must be 1 unless the target is IPv4 on loopback");
  }
  const addresses = asked ?? (isFree ? Math.max(ADDRESSES_MIN, Math.ceil(peers / peersMax(1))) : 1);
  if (peers > peersMax(addresses)) {
    throw new ConfigError(
      `--peers ${peers}`,
      `must be at most 65535 for each source address, and there are ${addresses}`,
    );
  }
  return {
    torrents: valueOf(SETTINGS.torrents, given),
    peers,
    addresses,
    skew: valueOf(SETTINGS.skew, given),
    seedersShare: valueOf(SETTINGS.seedersShare, given),
    seed: valueOf(SETTINGS.seed, given),
  };
}

/** IPv4 written as IPv6 becomes IPv4, over which it would be sent anyway. */
function unmapped(hostname: string): string {
  const network = parseCidr(hostname)?.network ?? [];
  return network.length === IPV4_BYTES ? network.join(".") : hostname;
}

/** Any address of 127.0.0.0/8 is this machine's, so each datagram may come from another. IPv6 has but one. */
function choosesSource(target: Endpoint): boolean {
  return isLoopback(target) && !target.hostname.includes(":");
}

function isLoopback({ hostname }: Endpoint): boolean {
  return hostname.startsWith("127.") || hostname === "::1";
}
