import { assertEquals } from "@std/assert";
import { ALIKE, assertRefused, configOf } from "./expect.ts";

const DURATION_FORMS = "(as 90, 90s, 15m or 2h)";
const COUNT_FORMS = "(k and M for thousands and millions)";

Deno.test("without any setting the defaults hold", () => {
  assertEquals(configOf([]), {
    udp: [{ hostname: "::", port: 6969 }],
    http: [{ kind: "tcp", hostname: "::", port: 6969, proxyHeader: null, serves: "all" }],
    https: [],
    tls: null,
    trustedProxies: [],
    httpBackend: "auto",
    httpMaxConnections: 10000,
    httpHeaderTimeoutSec: 10,
    httpKeepAliveTimeoutSec: 30,
    fullScrape: false,
    fullScrapeIntervalSec: 300,
    warningMessage: null,
    trackerId: null,
    stats: true,
    statsPath: "stats",
    statsFrom: [],
    statsTokenFile: null,
    statsHashes: false,
    redirectUrl: null,
    odbReadonly: false,
    whitelist: null,
    blacklist: null,
    denyClients: [],
    denyFrom: [],
    denyFromFile: null,
    watchLists: false,
    announceBudget: null,
    maxPeersPerAddress: 0,
    user: null,
    group: null,
    chroot: null,
    allowRoot: false,
    logFormat: "text",
    logAddresses: false,
    directory: null,
    defaultListen: true,
    udpBackend: "auto",
    udpWorkers: 3,
    udpRealtime: true,
    httpWorkers: 1,
    odb: null,
    odbSave: [],
    odbKey: true,
    odbStaleAfterSec: 3600,
    intervalSec: 1800,
    minIntervalSec: 900,
    peerTimeoutSec: 2700,
    maxPeers: 16777216,
    maxTorrents: 2097152,
    peerIds: true,
    logLevel: "info",
  });
});

Deno.test("every setting can be given, and the result can be posted to a worker", () => {
  const config = configOf([
    "--listen=127.0.0.1:1",
    "--udp=127.0.0.1:2",
    "--http=[::1]:3@none",
    "--http=unix:/run/tracker/http.sock@x-real-ip",
    "--https=127.0.0.1:4",
    "--tls-cert=cert.pem",
    "--tls-key=key.pem",
    "--proxy-header=X-Forwarded-For",
    "--trusted-proxy=10.0.0.0/8",
    "--trusted-proxy=2001:db8::1",
    "--http-backend=libc",
    "--http-max-connections=500",
    "--http-header-timeout=5",
    "--http-keepalive-timeout=1m",
    "--full-scrape",
    "--full-scrape-interval=10m",
    "--warning-message=moves to https://tracker.example/ today",
    "--tracker-id=a1",
    "--stats-path=/secret/stats",
    "--stats",
    "--stats-listen=127.0.0.1:5",
    "--stats-token-file=tokens.txt",
    "--stats-hashes",
    "--stats-from=192.0.2.1",
    "--stats-from=10.0.0.0/8",
    "--redirect-url=https://tracker.example/a%20b",
    "--whitelist=white.txt",
    "--blacklist=black.txt",
    "--deny-client=-XL",
    "--deny-client=-SD",
    "--deny-from=198.51.100.0/24",
    "--deny-from-file=networks.txt",
    "--watch-lists",
    "--announce-budget=60/10m",
    "--max-peers-per-address=64",
    "--user=_opentracker",
    "--group=adm",
    "--chroot=/srv/tracker",
    "--allow-root",
    "--log-format=json",
    "--log-addresses",
    "--directory=/var/lib/tracker",
    "--udp-backend=deno",
    "--odb=state.odb",
    "--odb-save=5:6",
    "--no-odb-key",
    "--odb-stale-after=2h",
    "--interval=600",
    "--min-interval=60",
    "--peer-timeout=1000",
    "--no-peer-ids",
    "--max-peers=10",
    "--max-torrents=20",
    "--udp-workers=5",
    "--no-udp-realtime",
    "--http-workers=6",
    "--log-level=debug",
  ]);
  assertEquals(structuredClone(config), {
    ...ALIKE,
    udp: [{ hostname: "127.0.0.1", port: 1 }, { hostname: "127.0.0.1", port: 2 }],
    http: [
      { kind: "tcp", hostname: "127.0.0.1", port: 1, proxyHeader: "X-Forwarded-For", serves: "clients" },
      { kind: "tcp", hostname: "::1", port: 3, proxyHeader: null, serves: "clients" },
      { kind: "unix", path: "/run/tracker/http.sock", proxyHeader: "X-Real-IP", serves: "clients" },
      { kind: "tcp", hostname: "127.0.0.1", port: 5, proxyHeader: "X-Forwarded-For", serves: "statistics" },
    ],
    https: [
      { kind: "tcp", hostname: "127.0.0.1", port: 4, proxyHeader: "X-Forwarded-For", serves: "clients" },
    ],
    tls: { certPath: "cert.pem", keyPath: "key.pem" },
    trustedProxies: [
      { network: [10, 0, 0, 0], prefixBits: 8 },
      { network: [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], prefixBits: 128 },
    ],
    httpMaxConnections: 500,
    fullScrapeIntervalSec: 600,
    warningMessage: "moves to https://tracker.example/ today",
    udpBackend: "deno",
    odb: "state.odb",
    odbSave: [{ seconds: 5, changes: 6 }],
    odbStaleAfterSec: 7200,
    logLevel: "debug",
  });
});

for (const [cores, workers] of [[1, 1], [2, 1], [3, 2], [65, 64], [256, 64]]) {
  Deno.test(`on ${cores} cores there are ${workers} UDP workers by default`, () => {
    assertEquals(configOf([], {}, cores).udpWorkers, workers);
  });
}

const BOUNDED = [
  { flag: "--interval", key: "intervalSec", min: 60, max: 13036, with: ["--peer-timeout=14400"] },
  {
    flag: "--min-interval",
    key: "minIntervalSec",
    min: 10,
    max: 13036,
    with: ["--interval=13036", "--peer-timeout=4h"],
  },
  { flag: "--peer-timeout", key: "peerTimeoutSec", min: 127, max: 14400, with: ["--interval=60"] },
  { flag: "--http-header-timeout", key: "httpHeaderTimeoutSec", min: 1, max: 3600, with: [] },
  { flag: "--http-keepalive-timeout", key: "httpKeepAliveTimeoutSec", min: 1, max: 3600, with: [] },
  { flag: "--http-max-connections", key: "httpMaxConnections", min: 1, max: 1000000, with: [] },
  { flag: "--full-scrape-interval", key: "fullScrapeIntervalSec", min: 1, max: 86400, with: [] },
  {
    flag: "--odb-stale-after",
    key: "odbStaleAfterSec",
    min: 1,
    max: 2592000,
    with: ["--odb=x"],
  },
  { flag: "--max-peers", key: "maxPeers", min: 1, max: 134217728, with: [] },
  { flag: "--max-torrents", key: "maxTorrents", min: 1, max: 67108864, with: [] },
  { flag: "--udp-workers", key: "udpWorkers", min: 1, max: 64, with: [] },
  { flag: "--http-workers", key: "httpWorkers", min: 1, max: 64, with: [] },
] as const;

for (const { flag, key, min, max, with: others } of BOUNDED) {
  Deno.test(`${flag} takes ${min} to ${max}`, () => {
    const isDuration = key.endsWith("Sec");
    const allowed = isDuration
      ? `${min} to ${max} seconds ${DURATION_FORMS}`
      : `a whole number from ${min} to ${max} ${COUNT_FORMS}`;
    for (const value of [min, max]) assertEquals(configOf([`${flag}=${value}`, ...others])[key], value);
    for (const text of [min - 1, max + 1, "-1", "1.5", "1e3", "0x10", " 60", "abc", "99999999999999999999"]) {
      assertRefused([`${flag}=${text}`, ...others], `${flag} ${text}: must be ${allowed}`);
    }
  });
}

Deno.test("durations have units", () => {
  for (const [text, seconds] of [["900s", 900], ["15m", 900], ["0900", 900], ["1h", 3600]] as const) {
    assertEquals(configOf([`--interval=${text}`, "--peer-timeout=2h"]).intervalSec, seconds);
  }
  for (const text of ["15M", "15 m", "m", "15min", "1d"]) {
    assertRefused(
      [`--interval=${text}`],
      `--interval ${text}: must be 60 to 13036 seconds ${DURATION_FORMS}`,
    );
  }
});

Deno.test("counts have suffixes", () => {
  assertEquals(configOf(["--max-peers=5k"]).maxPeers, 5000);
  assertEquals(configOf(["--max-peers=16M"]).maxPeers, 16_000_000);
  for (const text of ["5K", "5m", "1G", "k"]) {
    assertRefused(
      [`--max-peers=${text}`],
      `--max-peers ${text}: must be a whole number from 1 to 134217728 ${COUNT_FORMS}`,
    );
  }
});

Deno.test("choices take their words and nothing else", () => {
  for (const word of ["auto", "libc", "deno"] as const) {
    assertEquals(configOf(["--udp-backend", word]).udpBackend, word);
    assertEquals(configOf(["--http-backend", word]).httpBackend, word);
  }
  for (const word of ["debug", "info", "warning", "error"] as const) {
    assertEquals(configOf(["--log-level", word]).logLevel, word);
  }
  assertRefused(["--udp-backend", "Libc"], "--udp-backend Libc: must be auto, libc or deno");
  assertRefused(["--log-level", "warn"], "--log-level warn: must be debug, info, warning or error");
});

const TEXTS = [
  { flag: "--warning-message", key: "warningMessage", maxBytes: 512 },
  { flag: "--tracker-id", key: "trackerId", maxBytes: 64 },
] as const;

for (const { flag, key, maxBytes } of TEXTS) {
  Deno.test(`${flag} takes up to ${maxBytes} bytes of text`, () => {
    for (const text of ["x", " ", "a, b", "é".repeat(maxBytes / 2), "x".repeat(maxBytes)]) {
      assertEquals(configOf([`${flag}=${text}`])[key], text);
    }
    const allowed = `must be a text of 1 to ${maxBytes} bytes without control characters`;
    for (const text of ["é".repeat(maxBytes / 2) + "x", "x".repeat(maxBytes + 1)]) {
      assertRefused([`${flag}=${text}`], `${flag} ${text}: ${allowed}`);
    }
    assertRefused([`${flag}=a\nb`], `${flag} a\\u000ab: ${allowed}`);
  });
}

Deno.test("save rules are SECONDS:CHANGES, and any given replaces the defaults", () => {
  const rules = (...texts: string[]) => {
    return configOf(["--odb", "x", ...texts.map((text) => `--odb-save=${text}`)]).odbSave;
  };
  assertEquals(rules(), [
    { seconds: 900, changes: 1 },
    { seconds: 300, changes: 10 },
    { seconds: 60, changes: 10000 },
  ]);
  assertEquals(rules("1:0", "15m:10k"), [{ seconds: 1, changes: 0 }, { seconds: 900, changes: 10000 }]);
  assertEquals(rules("31536000:1000M"), [{ seconds: 31536000, changes: 1000000000 }]);
  for (const text of ["0:1", "31536001:1", "1:1000000001", "1:-1", "60", "60:", ":1", "1:2:3", "1,2"]) {
    assertRefused(
      ["--odb", "x", `--odb-save=${text}`],
      `--odb-save ${text}: must be SECONDS:CHANGES with 1 to 31536000 seconds and 0 to 1000000000 changes, as 300:10`,
    );
  }
});
