import { assertEquals } from "@std/assert";
import { assertRefused, configOf } from "./expect.ts";

/** What is served where, with the default address left out of the text. */
function served(args: string[]): string[] {
  const { http, https } = configOf(args);
  return [...http, ...https].map((endpoint) =>
    `${endpoint.kind === "tcp" ? endpoint.port : endpoint.path} ${endpoint.serves}`
  );
}

Deno.test("statistics are served where clients are, or else where they alone are", () => {
  assertEquals(served([]), ["6969 all"]);
  assertEquals(served(["--http=[::]:1", "--listen=[::]:2"]), ["2 all", "1 all"]);
  assertEquals(served(["--stats-listen=127.0.0.1:9"]), ["6969 clients", "9 statistics"]);
  assertEquals(served(["--udp=[::]:1", "--stats-listen=127.0.0.1:9", "--stats-listen=[::1]:9"]), [
    "9 statistics",
    "9 statistics",
  ]);
  const tls = ["--https=[::]:3", "--tls-cert=c", "--tls-key=k"];
  assertEquals(served([...tls, "--stats-listen=127.0.0.1:9"]), ["9 statistics", "3 clients"]);
  assertEquals(served(["--listen=[::]:1", "--no-stats"]), ["1 all"]);
});

Deno.test("statistics have a place in a network like any listener of HTTP", () => {
  assertRefused(
    ["--stats-listen=[::]:6969"],
    "--listen [::]:6969 (the default) and --stats-listen [::]:6969: name the same TCP address twice",
  );
  assertRefused(
    ["--stats-listen=unix:/run/stats"],
    "--stats-listen unix:/run/stats: nobody has an address there; name the header that tells it, as with " +
      "--proxy-header X-Forwarded-For or unix:/run/stats@X-Forwarded-For",
  );
  const { http } = configOf(["--http=127.0.0.1:1", "--stats-listen=unix:/run/stats@X-Real-IP"]);
  assertEquals(http[1], {
    kind: "unix",
    path: "/run/stats",
    proxyHeader: "X-Real-IP",
    serves: "statistics",
  });
});

Deno.test("without statistics nothing is said of them", () => {
  const about = [
    "--stats-path=a",
    "--stats-listen=127.0.0.1:9",
    "--stats-from=::1",
    "--stats-token-file=f",
    "--stats-hashes",
  ];
  for (const flag of about) {
    const source = flag.replace("=", " ");
    assertRefused(["--no-stats", flag], `${source} and --no-stats: there are no statistics`);
  }
  assertRefused(["--stats-from=::1"], "--stats-from ::1 and TRACKER_STATS=false: there are no statistics", {
    TRACKER_STATS: "false",
  });
  assertEquals(configOf(["--no-stats"]).stats, false);
});

Deno.test("without HTTP nothing is said of what it tells", () => {
  const udp = "--udp=[::]:1";
  const about = [
    ...["--full-scrape", "--full-scrape-interval=60", "--warning-message=w", "--tracker-id=t"],
    ...["--stats-path=a", "--stats-from=::1", "--stats-token-file=f", "--stats-hashes"],
    "--redirect-url=https://tracker.example/",
  ];
  for (const flag of about) {
    const source = flag.replace("=", " ");
    assertRefused([udp, flag], `${source}: needs an HTTP listener, as --http ADDR:PORT`);
    assertEquals(configOf([udp, flag, "--stats-listen=127.0.0.1:9"]).udp.length, 1);
  }
  assertRefused([udp], "TRACKER_STATS_FROM=::1: needs an HTTP listener, as --http ADDR:PORT", {
    TRACKER_STATS_FROM: "::1,::2",
  });
  assertEquals(configOf([udp, "--no-stats"]).stats, false);
});

Deno.test("no part of the path of the statistics stands for something else", () => {
  assertEquals(configOf(["--stats-path=/a/metrics"]).statsPath, "a/metrics");
  assertEquals(configOf(["--stats-path=.a/..b"]).statsPath, ".a/..b");
  for (
    const path of [
      "announce",
      "a/announce",
      "scrape/b",
      "health",
      "a/",
      "//a",
      "a b",
      ".",
      "./a",
      "a/../b",
      "",
    ]
  ) {
    const problem = path === ""
      ? "--stats-path: needs a value: --stats-path PATH"
      : `--stats-path ${path}: must be a path of letters, digits, - . _ and ~ between its slashes, but for the ` +
        "words announce, scrape, health, and . and .. alone";
    assertRefused([`--stats-path=${path}`], problem);
  }
});
