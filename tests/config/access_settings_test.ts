import { assertEquals } from "@std/assert";
import { assertRefused, configOf } from "./expect.ts";

Deno.test("without options nobody is refused", () => {
  const { whitelist, blacklist, denyFromFile, denyClients, denyFrom, ...config } = configOf([]);
  assertEquals([whitelist, blacklist, denyFromFile], [null, null, null]);
  assertEquals([denyClients, denyFrom], [[], []]);
  assertEquals([config.watchLists, config.announceBudget, config.maxPeersPerAddress], [false, null, 0]);
});

Deno.test("lists and limits are what the options say", () => {
  const { whitelist, blacklist, denyClients, denyFrom, ...config } = configOf([
    ...["--whitelist", "white", "--blacklist", "black", "--deny-from-file", "networks", "--watch-lists"],
    ...["--deny-client=-XL", "--deny-client=M4-3", "--deny-from", "10.0.0.0/8", "--deny-from", "::1"],
    ...["--announce-budget", "60/10m", "--max-peers-per-address", "64"],
  ]);
  assertEquals([whitelist, blacklist, denyClients], ["white", "black", ["-XL", "M4-3"]]);
  assertEquals(denyFrom.map(({ prefixBits }) => prefixBits), [8, 128]);
  assertEquals([config.denyFromFile, config.watchLists], ["networks", true]);
  assertEquals([config.announceBudget, config.maxPeersPerAddress], [{ count: 60, seconds: 600 }, 64]);
});

Deno.test("client prefixes and networks come from the environment with commas between them", () => {
  const { denyClients, denyFrom } = configOf([], {
    TRACKER_DENY_CLIENT: "-XL, -QQ",
    TRACKER_DENY_FROM: "192.0.2.0/24,2001:db8::/32",
  });
  assertEquals(denyClients, ["-XL", "-QQ"]);
  assertEquals(denyFrom.map(({ network }) => network.length), [4, 16]);
});

Deno.test("an announce budget keeps its bounds", () => {
  for (const good of ["1/1", "100/1s", "1/24h", "8640k/24h"]) configOf(["--announce-budget", good]);
  const problem =
    "must be COUNT/SECONDS with 1 to 86400 seconds and 1 to 100 announces for each of them, as 60/10m";
  for (const bad of ["0/60", "101/1", "60", "60/0", "60/86401", "60/10/1", "/60", "60/", "1.5/60"]) {
    assertRefused([`--announce-budget=${bad}`], `--announce-budget ${bad}: ${problem}`);
  }
});

Deno.test("a client prefix keeps its bounds", () => {
  const problem = "must be 1 to 20 characters of printable ASCII without blanks and commas";
  assertEquals(configOf([`--deny-client=${"x".repeat(20)}`]).denyClients[0].length, 20);
  for (const bad of ["x".repeat(21), "-X L", "a,b", "é"]) {
    assertRefused([`--deny-client=${bad}`], `--deny-client ${bad}: ${problem}`);
  }
});

Deno.test("to watch lists there must be one", () => {
  assertRefused(
    ["--watch-lists", "--deny-from=10.0.0.0/8"],
    "--watch-lists: needs a file to watch: --whitelist, --blacklist or --deny-from-file",
  );
  assertEquals(configOf(["--watch-lists", "--deny-from-file=networks"]).watchLists, true);
});
