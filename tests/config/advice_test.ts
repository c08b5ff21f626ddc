import { assertEquals } from "@std/assert";
import { configAdvice } from "../../src/config/mod.ts";
import { configOf } from "./expect.ts";

/** The settings that advice is given about, and how much of it. */
function advised(...args: string[]): string[] {
  return configAdvice(configOf(args)).map((text) => text.slice(0, text.indexOf(":")));
}

Deno.test("the defaults need no advice", () => {
  assertEquals(advised(), []);
});

Deno.test("lists of public trackers take intervals from 5 minutes to 3 hours", () => {
  assertEquals(advised("--interval=299", "--peer-timeout=1h"), ["interval"]);
  assertEquals(advised("--interval=300", "--peer-timeout=1h"), []);
  assertEquals(advised("--interval=10800", "--peer-timeout=4h"), []);
  assertEquals(advised("--interval=10801", "--peer-timeout=4h"), ["interval"]);
});

Deno.test("a peer shall outlive an announce that is some minutes late", () => {
  assertEquals(advised("--interval=1000", "--peer-timeout=1400"), []);
  assertEquals(advised("--interval=1000", "--peer-timeout=1399"), ["peer-timeout"]);
  assertEquals(advised("--interval=60", "--peer-timeout=127"), ["interval", "peer-timeout"]);
});
