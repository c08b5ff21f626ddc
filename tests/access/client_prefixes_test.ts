import { assertEquals } from "@std/assert";
import { ClientPrefixes } from "../../src/access/client_prefixes.ts";
import { wordsOf } from "./lists.ts";

const PREFIXES = ["-XL", "-TS0100-", "exbc", "-UT3550-ABCDEFGHIJKL", "M"];

/** The words of a peer id that begins so, and goes on with bytes that no prefix has. */
function idOf(beginning: string): Uint32Array {
  const id = new Uint8Array(20).fill(0xff);
  new TextEncoder().encodeInto(beginning, id);
  return wordsOf(id);
}

Deno.test("a client is known by what its peer id begins with", () => {
  const clients = new ClientPrefixes(PREFIXES);
  const asked: [string, boolean][] = [
    ...PREFIXES.map((prefix): [string, boolean] => [prefix, true]),
    ["-XL0012-", true],
    ["-XM0012-", false],
    ["-X", false],
    ["-TS0100", false],
    ["-TS0101-", false],
    ["exb", false],
    ["-UT3550-ABCDEFGHIJKM", false],
    ["xM", false],
    ["", false],
  ];
  assertEquals(asked.map(([text]) => [text, clients.has(idOf(text), 0)]), asked);
  assertEquals(new ClientPrefixes([]).has(idOf("-XL"), 0), false);
});

Deno.test("a peer id is taken from where it lies", () => {
  const clients = new ClientPrefixes(["-XL"]);
  const words = Uint32Array.of(...idOf("-AZ"), ...idOf("-XL"));
  assertEquals([clients.has(words, 0), clients.has(words, 5)], [false, true]);
});
