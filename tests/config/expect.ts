import { assertEquals, assertThrows } from "@std/assert";
import { type Config, ConfigError, parseConfig } from "../../src/config/mod.ts";

/** What comes of the settings that the tests of all settings give alike, on the command line and in the environment. */
export const ALIKE = {
  httpBackend: "libc",
  httpHeaderTimeoutSec: 5,
  httpKeepAliveTimeoutSec: 60,
  fullScrape: true,
  trackerId: "a1",
  stats: true,
  statsPath: "secret/stats",
  statsFrom: [{ network: [192, 0, 2, 1], prefixBits: 32 }, { network: [10, 0, 0, 0], prefixBits: 8 }],
  statsTokenFile: "tokens.txt",
  statsHashes: true,
  redirectUrl: "https://tracker.example/a%20b",
  odbReadonly: false,
  whitelist: "white.txt",
  blacklist: "black.txt",
  denyClients: ["-XL", "-SD"],
  denyFrom: [{ network: [198, 51, 100, 0], prefixBits: 24 }],
  denyFromFile: "networks.txt",
  watchLists: true,
  announceBudget: { count: 60, seconds: 600 },
  maxPeersPerAddress: 64,
  user: "_opentracker",
  group: "adm",
  chroot: "/srv/tracker",
  allowRoot: true,
  logFormat: "json",
  logAddresses: true,
  directory: "/var/lib/tracker",
  defaultListen: false,
  udpWorkers: 5,
  udpRealtime: false,
  httpWorkers: 6,
  odbKey: false,
  intervalSec: 600,
  minIntervalSec: 60,
  peerTimeoutSec: 1000,
  maxPeers: 10,
  maxTorrents: 20,
  peerIds: false,
} as const satisfies Partial<Config>;

/** The configuration that `args` and `environment` give on a machine with `cores` cores. */
export function configOf(args: string[], environment: Record<string, string> = {}, cores = 4): Config {
  return runOf(args, environment, cores).config;
}

/** What is said about `args`. */
export function warningsOf(args: string[]): string[] {
  return runOf(args, {}, 4).warnings;
}

function runOf(
  args: string[],
  environment: Record<string, string>,
  cores: number,
): { config: Config; warnings: string[] } {
  const commandLine = parseConfig(args, environment, { cores });
  if (commandLine.kind !== "run") throw new Error(`asks for ${commandLine.kind}`);
  return commandLine;
}

/** Asserts that `args` and `environment` are refused with exactly `message`. */
export function assertRefused(
  args: string[],
  message: string,
  environment: Record<string, string> = {},
): void {
  const error = assertThrows(() => parseConfig(args, environment, { cores: 4 }), ConfigError);
  assertEquals(error.message, message);
}
