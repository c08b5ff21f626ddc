import { assertEquals } from "@std/assert";
import { formatHttpEndpoint } from "../../src/addresses/mod.ts";
import { assertRefused, configOf } from "./expect.ts";

const HEADERS = "X-Forwarded-For, Forwarded, X-Real-IP, CF-Connecting-IP or none";
const ADDRESS = "an IP address and a port from 0 to 65535: 0.0.0.0:6969, or in brackets [::]:6969";
const HTTP_ALLOWED =
  `${ADDRESS}, or unix: and the absolute path of a socket, at most 107 bytes, with or without ` +
  `@ and ${HEADERS} behind it`;
const HTTPS_ALLOWED = `${ADDRESS}, with or without @ and ${HEADERS} behind it`;

const TRUSTED = ["--trusted-proxy=127.0.0.1"];
const LONGEST_PATH = `/${"é".repeat(53)}`;

/** What a listener is read as, where X-Real-IP is the header for all: where it is, and its header. */
const LISTENERS: Record<string, [string, string | null]> = {
  "127.0.0.1:8080": ["127.0.0.1:8080", "X-Real-IP"],
  "[::1]:8080@none": ["[::1]:8080", null],
  "[::1]:8080@NONE": ["[::1]:8080", null],
  "127.0.0.1:0@forwarded": ["127.0.0.1:0", "Forwarded"],
  "127.0.0.1:0@X-Forwarded-For": ["127.0.0.1:0", "X-Forwarded-For"],
  "127.0.0.1:0@cf-connecting-ip": ["127.0.0.1:0", "CF-Connecting-IP"],
  "unix:/run/tracker.sock": ["unix:/run/tracker.sock", "X-Real-IP"],
  "unix:/run/tracker.sock@Forwarded": ["unix:/run/tracker.sock", "Forwarded"],
  "unix:/run/a@b@X-Real-IP": ["unix:/run/a@b", "X-Real-IP"],
  "unix:/with a space": ["unix:/with a space", "X-Real-IP"],
  [`unix:${LONGEST_PATH}`]: [`unix:${LONGEST_PATH}`, "X-Real-IP"],
};

for (const [text, [place, header]] of Object.entries(LISTENERS)) {
  Deno.test(`--http ${text}`, () => {
    const { http } = configOf(["--http", text, "--http=[::]:1", "--proxy-header=x-real-ip", ...TRUSTED]);
    assertEquals(http.slice(0, 1).map((endpoint) => [formatHttpEndpoint(endpoint), endpoint.proxyHeader]), [[
      place,
      header,
    ]]);
  });
}

const NO_LISTENERS = [
  "127.0.0.1:8080@",
  "127.0.0.1:8080@X-Rael-IP",
  "@X-Real-IP",
  "127.0.0.1@X-Real-IP",
  "unix:",
  "unix:/",
  "unix:tracker.sock",
  "unix:./tracker.sock",
  "unix:/run/",
  "unix:@abstract",
  "unix:/run/a@b",
  `unix:${LONGEST_PATH}x`,
  "UNIX:/run/tracker.sock",
  "http://127.0.0.1:8080",
];

for (const text of NO_LISTENERS) {
  Deno.test(`--http ${text} is refused`, () => {
    assertRefused(["--http", text], `--http ${text}: must be ${HTTP_ALLOWED}`);
  });
}

Deno.test("TLS is served over TCP only", () => {
  assertRefused(["--https=unix:/run/t.sock"], `--https unix:/run/t.sock: must be ${HTTPS_ALLOWED}`);
});

Deno.test("--https has a header as --http has", () => {
  const tls = ["--tls-cert=c", "--tls-key=k", ...TRUSTED];
  const headers = (...args: string[]) =>
    configOf([...args, ...tls]).https.map(({ proxyHeader }) => proxyHeader);
  assertEquals(headers("--https=127.0.0.1:1@CF-Connecting-IP"), ["CF-Connecting-IP"]);
  assertEquals(headers("--https=127.0.0.1:1", "--proxy-header=Forwarded"), ["Forwarded"]);
  assertEquals(headers("--https=127.0.0.1:1@none", "--https=127.0.0.1:2", "--proxy-header=Forwarded"), [
    null,
    "Forwarded",
  ]);
});

Deno.test("the header for all holds at --listen and at the default address", () => {
  const headers = (...args: string[]) =>
    configOf([...args, "--proxy-header=Forwarded", ...TRUSTED]).http.map(({ proxyHeader }) => proxyHeader);
  assertEquals(headers(), ["Forwarded"]);
  assertEquals(headers("--listen=127.0.0.1:1"), ["Forwarded"]);
});

Deno.test("a header that is none is refused", () => {
  assertRefused(["--proxy-header=X-Client-IP"], `--proxy-header X-Client-IP: must be ${HEADERS}`);
});

const NO_TRUST = "needs --trusted-proxy CIDR, the proxies that are believed";

Deno.test("a header needs somebody who is believed", () => {
  assertRefused(["--proxy-header=Forwarded"], `--proxy-header Forwarded: ${NO_TRUST}`);
  assertRefused([], `TRACKER_PROXY_HEADER=Forwarded: ${NO_TRUST}`, { TRACKER_PROXY_HEADER: "Forwarded" });
  assertRefused(["--http=127.0.0.1:1@X-Real-IP"], `--http 127.0.0.1:1@X-Real-IP: ${NO_TRUST}`);
  assertRefused(
    ["--http=127.0.0.1:1@X-Real-IP", "--http=unix:/s@X-Real-IP"],
    `--http 127.0.0.1:1@X-Real-IP: ${NO_TRUST}`,
  );
  // Whoever reaches a Unix-domain socket is believed, and the addresses beside it have no proxy.
  const { http } = configOf(["--listen=127.0.0.1:1", "--http=unix:/s", "--proxy-header=X-Real-IP"]);
  assertEquals(http.map(({ kind }) => kind), ["tcp", "unix"]);
});

Deno.test("somebody who is believed needs a header", () => {
  const problem = "needs --proxy-header HEADER, the header that is believed";
  assertRefused(TRUSTED, `--trusted-proxy 127.0.0.1: ${problem}`);
  assertRefused(["--http=127.0.0.1:1@none", ...TRUSTED], `--trusted-proxy 127.0.0.1: ${problem}`);
  assertEquals(configOf(["--http=127.0.0.1:1@X-Real-IP", ...TRUSTED]).trustedProxies.length, 1);
});

Deno.test("a header for all needs a listener that has it", () => {
  for (const listener of ["--udp=127.0.0.1:1", "--http=127.0.0.1:1@none"]) {
    for (const trusted of [TRUSTED, []]) {
      assertRefused(
        [listener, ...trusted, "--proxy-header=Forwarded"],
        "--proxy-header Forwarded: needs an HTTP listener that has it",
      );
    }
  }
});

Deno.test("a Unix-domain socket needs a header", () => {
  const problem = "nobody has an address there; name the header that tells it, as with --proxy-header " +
    "X-Forwarded-For or unix:/s@X-Forwarded-For";
  assertRefused(["--http=unix:/s"], `--http unix:/s: ${problem}`);
  assertRefused(
    ["--http=unix:/s@none", "--proxy-header=Forwarded", ...TRUSTED],
    `--http unix:/s@none: ${problem}`,
  );
});

Deno.test("a proxy that is no network is refused", () => {
  assertRefused(
    ["--trusted-proxy=10.0.0.1/8"],
    "--trusted-proxy 10.0.0.1/8: must be an IP address or a network: 127.0.0.1, 10.0.0.0/8 or 2001:db8::/32, " +
      "no bits set after the prefix",
  );
});

Deno.test("TLS needs an address, a certificate and its key", () => {
  const needsFiles = "--https 127.0.0.1:1: needs --tls-cert FILE and --tls-key FILE";
  assertRefused(["--https=127.0.0.1:1"], needsFiles);
  assertRefused(["--https=127.0.0.1:1", "--tls-cert=c"], needsFiles);
  assertRefused(["--https=127.0.0.1:1", "--tls-key=k"], needsFiles);
  const needsAddress = "needs --https ADDR:PORT, where to serve with it";
  assertRefused(["--tls-cert=c", "--tls-key=k"], `--tls-cert c: ${needsAddress}`);
  assertRefused(["--tls-key=k"], `--tls-key k: ${needsAddress}`);
});

Deno.test("TLS alone replaces the default address", () => {
  const config = configOf(["--https=127.0.0.1:1", "--tls-cert=c", "--tls-key=k"]);
  assertEquals([config.udp, config.http, config.defaultListen], [[], [], false]);
});

for (const flag of ["--http-max-connections", "--http-header-timeout", "--http-keepalive-timeout"]) {
  Deno.test(`${flag} is refused where it would not be kept`, () => {
    assertRefused(["--http-backend=deno", `${flag}=5`], `${flag} 5: is kept by --http-backend libc only`);
  });
}
