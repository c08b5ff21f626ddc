import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError, file, parseConfig, readArguments, toggle, valueOf } from "../../src/config/mod.ts";
import { ALIKE, assertRefused, configOf } from "./expect.ts";

Deno.test("a value stands behind its flag or behind an equals sign", () => {
  assertEquals(configOf(["--odb", "a=b"]).odb, "a=b");
  assertEquals(configOf(["--odb=a=b"]).odb, "a=b");
  assertEquals(configOf(["--odb=-"]).odb, "-");
  assertEquals(configOf(["--odb", "true"]).odb, "true");
});

Deno.test("a flag without its value is refused", () => {
  const message = "--odb: needs a value: --odb FILE";
  for (const args of [["--odb"], ["--odb="], ["--odb", ""], ["--odb", "--peer-ids"], ["--odb", "-5"]]) {
    assertRefused(args, message);
  }
  assertRefused(["--listen", "127.0.0.1:1", "--listen"], "--listen: needs a value: --listen ADDR:PORT");
});

Deno.test("an unknown option is refused, with the nearest one named if it is near", () => {
  assertRefused(["--intervall", "600"], "--intervall: unknown option; did you mean --interval?");
  assertRefused(["--max-peer=5"], "--max-peer: unknown option; did you mean --max-peers?");
  assertRefused(["--no-peerids"], "--no-peerids: unknown option; did you mean --no-peer-ids?");
  assertRefused(["-odb", "x"], "-odb: unknown option; did you mean --odb?");
  assertRefused(["--frobnicate"], "--frobnicate: unknown option; --help lists the options");
  assertRefused(["-5"], "-5: unknown option; --help lists the options");
  assertRefused(["--no-odb"], "--no-odb: unknown option; --help lists the options");
  assertRefused(["--odb.x=1"], "--odb.x: unknown option; did you mean --odb?");
});

Deno.test("what is no option is refused", () => {
  assertRefused(["state.odb"], "state.odb: is not an option; --help lists the options");
  assertRefused(["--peer-ids", "007"], "007: is not an option; --help lists the options");
  assertRefused(["--", "--odb"], "--odb: is not an option; --help lists the options");
  assertRefused([""], ": is not an option; --help lists the options");
});

Deno.test("a setting that is not repeatable is refused when given twice", () => {
  assertRefused(["--odb", "a", "--odb=b"], "--odb a and --odb b: may be given only once");
  assertRefused(["--peer-ids", "--peer-ids"], "--peer-ids and --peer-ids: may be given only once");
  const both = "--peer-ids and --no-peer-ids: may be given only once";
  assertRefused(["--peer-ids", "--no-peer-ids"], both);
  assertRefused(["--no-peer-ids", "--peer-ids"], both);
});

Deno.test("a switch takes no value", () => {
  assertEquals(configOf(["--peer-ids"]).peerIds, true);
  assertEquals(configOf(["--no-peer-ids"]).peerIds, false);
  for (
    const text of ["--peer-ids=true", "--peer-ids=maybe", "--no-peer-ids=false", "--help=false", "--version="]
  ) {
    assertRefused([text], `${text}: takes no value`);
  }
  assertRefused(["--peer-ids", "false"], "--peer-ids false: takes no value");
  assertRefused(["--no-peer-ids", "true"], "--no-peer-ids true: takes no value");
});

Deno.test("help and version are given though settings are wrong", () => {
  const kind = (args: string[]) => parseConfig(args, { TRACKER_X: "y" }, { cores: 1 }).kind;
  assertEquals(kind(["--help"]), "help");
  assertEquals(kind(["-h"]), "help");
  assertEquals(kind(["--version"]), "version");
  assertEquals(kind(["-V"]), "version");
  assertEquals(kind(["-v"]), "version");
  assertEquals(kind(["--nonsense", "-V", "--interval=5", "--help"]), "help");
});

Deno.test("every setting can come from the environment", () => {
  const config = configOf([], {
    TRACKER_LISTEN: "127.0.0.1:1, [::1]:1",
    TRACKER_UDP: "127.0.0.1:2",
    TRACKER_HTTP: "127.0.0.1:3, unix:/run/t.sock@Forwarded",
    TRACKER_HTTPS: "127.0.0.1:4",
    TRACKER_TLS_CERT: "c,1.pem",
    TRACKER_TLS_KEY: "k.pem",
    TRACKER_PROXY_HEADER: "none",
    TRACKER_TRUSTED_PROXY: "127.0.0.1, 10.0.0.0/8",
    TRACKER_HTTP_BACKEND: "libc",
    TRACKER_HTTP_MAX_CONNECTIONS: "5k",
    TRACKER_HTTP_HEADER_TIMEOUT: "5s",
    TRACKER_HTTP_KEEPALIVE_TIMEOUT: "1m",
    TRACKER_FULL_SCRAPE: "true",
    TRACKER_FULL_SCRAPE_INTERVAL: "1h",
    TRACKER_WARNING_MESSAGE: "moves, soon",
    TRACKER_TRACKER_ID: "a1",
    TRACKER_STATS: "true",
    TRACKER_STATS_LISTEN: "127.0.0.1:5",
    TRACKER_STATS_TOKEN_FILE: "tokens.txt",
    TRACKER_STATS_HASHES: "true",
    TRACKER_STATS_PATH: "secret/stats",
    TRACKER_STATS_FROM: "192.0.2.1, 10.0.0.0/8",
    TRACKER_REDIRECT_URL: "https://tracker.example/a%20b",
    TRACKER_WHITELIST: "white.txt",
    TRACKER_BLACKLIST: "black.txt",
    TRACKER_DENY_CLIENT: "-XL,-SD",
    TRACKER_DENY_FROM: "198.51.100.0/24",
    TRACKER_DENY_FROM_FILE: "networks.txt",
    TRACKER_WATCH_LISTS: "true",
    TRACKER_ANNOUNCE_BUDGET: "60/10m",
    TRACKER_MAX_PEERS_PER_ADDRESS: "64",
    TRACKER_USER: "_opentracker",
    TRACKER_GROUP: "adm",
    TRACKER_CHROOT: "/srv/tracker",
    TRACKER_ALLOW_ROOT: "true",
    TRACKER_LOG_FORMAT: "json",
    TRACKER_LOG_ADDRESSES: "true",
    TRACKER_DIRECTORY: "/var/lib/tracker",
    TRACKER_UDP_BACKEND: "libc",
    TRACKER_ODB: "a,b.odb",
    TRACKER_ODB_SAVE: "5:6,7:8",
    TRACKER_ODB_KEY: "false",
    TRACKER_ODB_STALE_AFTER: "90",
    TRACKER_INTERVAL: "10m",
    TRACKER_MIN_INTERVAL: "1m",
    TRACKER_PEER_TIMEOUT: "1000",
    TRACKER_PEER_IDS: "false",
    TRACKER_MAX_PEERS: "10",
    TRACKER_MAX_TORRENTS: "20",
    TRACKER_UDP_WORKERS: "5",
    TRACKER_UDP_REALTIME: "false",
    TRACKER_HTTP_WORKERS: "6",
    TRACKER_LOG_LEVEL: "error",
    PATH: "/bin",
  });
  assertEquals(config, {
    ...ALIKE,
    udp: [1, 1, 2].map((port, i) => ({ hostname: i === 1 ? "::1" : "127.0.0.1", port })),
    http: [
      ...[1, 1, 3].map((port, i) => ({
        kind: "tcp" as const,
        hostname: i === 1 ? "::1" : "127.0.0.1",
        port,
        proxyHeader: null,
        serves: "clients" as const,
      })),
      { kind: "unix", path: "/run/t.sock", proxyHeader: "Forwarded", serves: "clients" },
      { kind: "tcp", hostname: "127.0.0.1", port: 5, proxyHeader: null, serves: "statistics" },
    ],
    https: [{ kind: "tcp", hostname: "127.0.0.1", port: 4, proxyHeader: null, serves: "clients" }],
    tls: { certPath: "c,1.pem", keyPath: "k.pem" },
    trustedProxies: [{ network: [127, 0, 0, 1], prefixBits: 32 }, { network: [10, 0, 0, 0], prefixBits: 8 }],
    httpMaxConnections: 5000,
    fullScrapeIntervalSec: 3600,
    warningMessage: "moves, soon",
    udpBackend: "libc",
    odb: "a,b.odb",
    odbSave: [{ seconds: 5, changes: 6 }, { seconds: 7, changes: 8 }],
    odbStaleAfterSec: 90,
    logLevel: "error",
  });
});

Deno.test("flags win over environment variables, those over defaults", () => {
  const environment = { TRACKER_INTERVAL: "nonsense", TRACKER_PEER_IDS: "false", TRACKER_LOG_LEVEL: "error" };
  const config = configOf(["--interval=20m", "--peer-ids"], environment);
  assertEquals([config.intervalSec, config.peerIds, config.logLevel], [1200, true, "error"]);
  const listen = configOf(["--listen=127.0.0.1:1"], { TRACKER_LISTEN: "127.0.0.1:2,127.0.0.1:3" });
  assertEquals(listen.udp, [{ hostname: "127.0.0.1", port: 1 }]);
});

Deno.test("a wrong variable is named", () => {
  const refused = (environment: Record<string, string>, message: string) =>
    assertRefused([], message, environment);
  refused(
    { TRACKER_INTERVAL: "5" },
    "TRACKER_INTERVAL=5: must be 60 to 13036 seconds (as 90, 90s, 15m or 2h)",
  );
  refused({ TRACKER_PEER_IDS: "yes" }, "TRACKER_PEER_IDS=yes: must be true or false");
  refused(
    { TRACKER_LISTEN: "127.0.0.1:1," },
    "TRACKER_LISTEN=: must be an IP address and a port from 0 to 65535: 0.0.0.0:6969, or in brackets [::]:6969",
  );
  refused({ TRACKER_ODBSAVE: "1:1" }, "TRACKER_ODBSAVE: unknown variable; did you mean TRACKER_ODB_SAVE?");
  refused({ TRACKER_PARTICULARS: "x" }, "TRACKER_PARTICULARS: unknown variable; --help lists the settings");
});

Deno.test("an empty variable counts as not set", () => {
  const empty = ["LISTEN", "UDP", "ODB", "ODB_SAVE", "INTERVAL", "PEER_IDS", "MAX_PEERS", "PARTICULARS"];
  const environment = Object.fromEntries(empty.map((name) => [`TRACKER_${name}`, ""]));
  assertEquals(configOf([], environment), configOf([]));
  assertRefused([], "TRACKER_INTERVAL= : must be 60 to 13036 seconds (as 90, 90s, 15m or 2h)", {
    TRACKER_INTERVAL: " ",
  });
});

Deno.test("the variables of a Kubernetes Service named tracker are ignored", () => {
  const environment = {
    TRACKER_SERVICE_HOST: "10.0.0.11",
    TRACKER_SERVICE_PORT: "6969",
    TRACKER_SERVICE_PORT_ANNOUNCE: "6969",
    TRACKER_PORT: "udp://10.0.0.11:6969",
    TRACKER_PORT_6969_UDP: "udp://10.0.0.11:6969",
    TRACKER_PORT_6969_UDP_PROTO: "udp",
    TRACKER_PORT_6969_UDP_PORT: "6969",
    TRACKER_PORT_6969_UDP_ADDR: "10.0.0.11",
  };
  assertEquals(configOf([], environment), configOf([]));
  assertRefused([], "TRACKER_PORT: unknown variable; --help lists the settings", { TRACKER_PORT: "7000" });
  assertRefused([], "TRACKER_PORTS: unknown variable; --help lists the settings", { TRACKER_PORTS: "x" });
  assertRefused([], "TRACKER_SERVICES_HOST: unknown variable; --help lists the settings", {
    TRACKER_SERVICES_HOST: "x",
  });
});

Deno.test("a message is one line whatever was given", () => {
  assertRefused(
    ["--log-level=a\nb\x1b[2J\x85"],
    "--log-level a\\u000ab\\u001b[2J\\u0085: must be debug, info, warning or error",
  );
});

const OUTPUT = file({ name: "output", letter: "o", group: "", metavar: "OUT", help: "" });
const JSON_OUTPUT = toggle({ name: "json", group: "", default: "false", help: "" });

/** What these arguments of a command come to, and its operands. */
function commandOf(args: string[]): { output: string; json: boolean; operands: string[] } {
  const operands: string[] = [];
  const given = readArguments(args, [OUTPUT, JSON_OUTPUT], operands);
  if (typeof given === "string") throw new Error(`asks for ${given}`);
  return { output: valueOf(OUTPUT, given), json: valueOf(JSON_OUTPUT, given), operands };
}

Deno.test("who takes operands gets what is no option, and letters stand for options", () => {
  const operands = ["a", "-", "-c", "-ob"];
  assertEquals(commandOf(["a", "-o", "b", "--json", "-", "--", "-c", "-ob"]), {
    output: "b",
    json: true,
    operands,
  });
  for (const args of [["-o=b"], ["-ob"], ["--output=b"], ["--output", "b"]]) {
    assertEquals(commandOf(args), { output: "b", json: false, operands: [] });
  }
  for (const output of ["OUT", "b.odb", "/b", "5", "-b", "h", "a=b", " "]) {
    assertEquals(commandOf([`-o${output}`, "a"]), { output, json: false, operands: ["a"] });
  }
});

Deno.test("letters are refused as the options that they stand for", () => {
  const refused = (args: string[], message: string) =>
    assertEquals(assertThrows(() => commandOf(args), ConfigError).message, message);
  refused(["-o", "b", "--output", "c"], "--output b and --output c: may be given only once");
  refused(["-ob", "-oc"], "--output b and --output c: may be given only once");
  // A long name behind one dash is a slip, and makes no file "utput".
  for (const args of [["-o"], ["-o="], ["-o", "-b"], ["-output", "b"]]) {
    refused(args, "--output: needs a value: --output OUT");
  }
  refused(["-x"], "-x: unknown option; --help lists the options");
});
