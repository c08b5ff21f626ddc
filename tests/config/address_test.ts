import { assertEquals } from "@std/assert";
import { formatEndpoint } from "../../src/addresses/mod.ts";
import { assertRefused, configOf } from "./expect.ts";

const ALLOWED = "an IP address and a port from 0 to 65535: 0.0.0.0:6969, or in brackets [::]:6969";

const ADDRESSES = {
  "1.2.3.4:6969": "1.2.3.4:6969",
  "0.0.0.0:0": "0.0.0.0:0",
  "255.249.199.99:65535": "255.249.199.99:65535",
  "[::]:1": "[::]:1",
  "[2001:DB8::1]:80": "[2001:db8::1]:80",
  "[0:0:0:0:0:0:0:1]:80": "[::1]:80",
  "[2001:db8:0:0:1:0:0:1]:80": "[2001:db8::1:0:0:1]:80",
  "[1:2:3:4:5:6:7::]:80": "[1:2:3:4:5:6:7:0]:80",
  "[::1.2.3.4]:80": "[::102:304]:80",
  "[::ffff:1]:80": "[::ffff:1]:80",
  "[::ffff:0:1.2.3.4]:80": "[::ffff:0:102:304]:80",
  "[fe7f::1]:80": "[fe7f::1]:80",
  "[fec0::1]:80": "[fec0::1]:80",
  "[fe8::1]:80": "[fe8::1]:80",
};

for (const [text, canonical] of Object.entries(ADDRESSES)) {
  Deno.test(`${text} is an address`, () => {
    const { udp, http } = configOf(["--udp", text]);
    assertEquals(udp.map(formatEndpoint), [canonical]);
    assertEquals(http, []);
  });
}

const NO_ADDRESSES = [
  ":6969",
  "*:6969",
  "6969",
  "localhost:6969",
  "1.2.3.4",
  "1.2.3.4:",
  "1.2.3.4:65536",
  "1.2.3.4:06969",
  "1.2.3.4:+1",
  "1.2.3.4:6969,1.2.3.5:6969",
  "1.2.3:6969",
  "1.2:6969",
  "1:6969",
  "1.2.3.256:6969",
  "1.2.3.04:6969",
  "0x7f.0.0.1:6969",
  "[1.2.3.4]:6969",
  "::1:6969",
  "::",
  "[::1]",
  "[]:6969",
  "[:]:6969",
  "[:::]:6969",
  "[::1::2]:6969",
  "[1:2:3:4:5:6:7]:6969",
  "[1:2:3:4:5:6:7:8:9]:6969",
  "[1:2:3:4:5:6:7:8::]:6969",
  "[12345::]:6969",
  "[::g]:6969",
  "[::1.2.3]:6969",
  "[::1.2.3.04]:6969",
  "[::1.2.3.256]:6969",
  "[fe80::1%eth0]:6969",
  "[::1]:6969/x",
  "http://1.2.3.4:6969",
];

for (const text of NO_ADDRESSES) {
  Deno.test(`${text} is no address`, () => {
    assertRefused(["--listen", text], `--listen ${text}: must be ${ALLOWED}`);
  });
}

Deno.test("an address for one protocol leaves the other without any", () => {
  assertEquals(configOf(["--http", "[::1]:80"]).udp, []);
  assertEquals(configOf(["--http", "[::1]:80"]).defaultListen, false);
});
