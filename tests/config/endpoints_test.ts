import { assertEquals } from "@std/assert";
import { formatEndpoint, formatHttpEndpoint } from "../../src/addresses/mod.ts";
import { assertRefused, configOf } from "./expect.ts";

const ANY_TAKES_IPV4 = "[::] takes IPv4 too; name one of them";
const ANY_TAKES_IPV6 = "[::] takes every IPv6 address; name one of them";
const ANY_IPV4_TAKES_ALL = "0.0.0.0 takes every IPv4 address; name one of them";

const CONTRADICTIONS: [string, string, string][] = [
  ["--listen [::]:6969", "--listen 0.0.0.0:6969", ANY_TAKES_IPV4],
  ["--listen 0.0.0.0:6969", "--listen [::]:6969", ANY_TAKES_IPV4],
  ["--listen [::]:6969", "--udp 127.0.0.1:6969", ANY_TAKES_IPV4],
  ["--http 127.0.0.1:80", "--http [0:0::0]:80", ANY_TAKES_IPV4],
  ["--listen [::]:6969", "--http [::1]:6969", ANY_TAKES_IPV6],
  ["--udp [2001:db8::1]:6969", "--udp [::]:6969", ANY_TAKES_IPV6],
  ["--udp 0.0.0.0:6969", "--udp 127.0.0.1:6969", ANY_IPV4_TAKES_ALL],
  ["--listen 127.0.0.1:65535", "--http 0.0.0.0:65535", ANY_IPV4_TAKES_ALL],
  ["--listen 127.0.0.1:6969", "--udp 127.0.0.1:6969", "name the same UDP address twice"],
  ["--http [::1]:80", "--http [0::1]:80", "name the same TCP address twice"],
  ["--listen [::]:6969", "--listen [::]:6969", "name the same UDP address twice"],
  ["--http 127.0.0.1:80@none", "--https 127.0.0.1:80", "name the same TCP address twice"],
  ["--listen [::]:6969", "--https 127.0.0.1:6969", ANY_TAKES_IPV4],
  ["--http unix:/run/a.sock@Forwarded", "--http unix:/run/a.sock@X-Real-IP", "name the same socket twice"],
];

for (const [one, other, problem] of CONTRADICTIONS) {
  Deno.test(`${one} and ${other} are refused`, () => {
    assertRefused([...one.split(" "), ...other.split(" ")], `${one} and ${other}: ${problem}`);
  });
}

Deno.test("two addresses are refused wherever they were named", () => {
  assertRefused(
    ["--udp", "127.0.0.1:6969"],
    `TRACKER_LISTEN=0.0.0.0:6969 and --udp 127.0.0.1:6969: ${ANY_IPV4_TAKES_ALL}`,
    { TRACKER_LISTEN: "[::1]:6969,0.0.0.0:6969" },
  );
});

const COMPATIBLE = {
  "of different families": ["--udp 0.0.0.0:6969", "--udp [::1]:6969", "--udp [::2]:6969"],
  "of different ports": ["--udp [::]:6969", "--udp [::]:6970", "--udp 0.0.0.0:6971", "--udp 127.0.0.1:6972"],
  "of different protocols": ["--udp [::]:6969", "--http [::]:6969", "--http 127.0.0.1:6970"],
  "of one machine": ["--udp 127.0.0.1:6969", "--udp 127.0.0.2:6969"],
  "with any free port": ["--udp [::]:0", "--udp [::]:0", "--udp 0.0.0.0:0", "--udp 127.0.0.1:0"],
};

for (const [what, flags] of Object.entries(COMPATIBLE)) {
  Deno.test(`addresses ${what} can all be listened on`, () => {
    const { udp, http } = configOf(flags.flatMap((flag) => flag.split(" ")));
    const served = [
      ...udp.map((endpoint) => `--udp ${formatEndpoint(endpoint)}`),
      ...http.map((endpoint) => `--http ${formatHttpEndpoint(endpoint)}`),
    ];
    assertEquals(served, flags);
  });
}

const MAPPED = {
  "[::ffff:127.0.0.1]:6969": "127.0.0.1:6969",
  "[::FFFF:7f00:1]:0": "127.0.0.1:0",
  "[::ffff:0.0.0.0]:80": "0.0.0.0:80",
  "[0:0:0:0:0:ffff:255.254.1.2]:80": "255.254.1.2:80",
};

for (const [text, ipv4] of Object.entries(MAPPED)) {
  Deno.test(`${text} is refused, for it is ${ipv4}`, () => {
    assertRefused(["--udp", text], `--udp ${text}: an IPv4 address written as IPv6; write ${ipv4}`);
  });
}

for (const text of ["[fe80::1]:6969", "[FE80::1]:0", "[febf:1::2]:6969", "[fe9a::]:6969"]) {
  Deno.test(`${text} is refused, for it is link-local`, () => {
    assertRefused(
      ["--listen", text],
      `--listen ${text}: a link-local address needs a zone, which is not supported`,
    );
  });
}
