import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  INVALID,
  KEY_END,
  KEY_INFO_HASH,
  KEY_LEFT,
  KEY_NO_PEER_ID,
  KEY_NUMWANT,
  KEY_PEER_ID,
  KEY_PORT,
  KEY_UNKNOWN,
  QueryReader,
  readDecimal,
} from "../../src/http/query.ts";
import { escaped } from "../http_client.ts";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Every segment as [key, value]; a value is latin-1 text, or null where it is not percent-encoded rightly. */
function read(query: string): [number, string | null][] {
  const reader = new QueryReader();
  // The query lies amid other bytes, none of which it may read.
  const bytes = bytesOf(`left=9&${query}&port=9`);
  reader.open(bytes, "left=9&".length, bytes.length - "&port=9".length);
  const segments: [number, string | null][] = [];
  const value = new Uint8Array(64);
  for (let key = reader.next(); key !== KEY_END; key = reader.next()) {
    const length = reader.value(value);
    segments.push([key, length === INVALID ? null : String.fromCharCode(...value.subarray(0, length))]);
  }
  return segments;
}

const CASES: [name: string, query: string, segments: [number, string | null][]][] = [
  ["an empty query", "", []],
  ["empty segments", "&&port=1&&left=2&", [[KEY_PORT, "1"], [KEY_LEFT, "2"]]],
  ["a segment without =", "port&left=2", [[KEY_PORT, ""], [KEY_LEFT, "2"]]],
  ["an empty value", "port=", [[KEY_PORT, ""]]],
  ["only the first = splits", "left=a=b=c", [[KEY_LEFT, "a=b=c"]]],
  ["an empty key", "=1", [[KEY_UNKNOWN, "1"]]],
  ["+ is a plus sign", "left=1+2", [[KEY_LEFT, "1+2"]]],
  ["; does not split", "left=1;port=2", [[KEY_LEFT, "1;port=2"]]],
  ["? is a character", "left=1?2", [[KEY_LEFT, "1?2"]]],
  ["escapes of either case", "left=%aB%Ff%00", [[KEY_LEFT, "\xab\xff\x00"]]],
  ["an escaped & and = split nothing", "left=1%262%3D", [[KEY_LEFT, "1&2="]]],
  ["escapes are decoded once", "left=%2530", [[KEY_LEFT, "%30"]]],
  ["raw bytes above ASCII", "left=\xe9\xff", [[KEY_LEFT, "\xe9\xff"]]],
  ["an escape that breaks off at the end", "left=1%", [[KEY_LEFT, null]]],
  ["an escape of one digit at the end", "left=%4", [[KEY_LEFT, null]]],
  ["an escape of one digit before &", "left=%4&port=1", [[KEY_LEFT, null], [KEY_PORT, "1"]]],
  ["an escape that is not hex", "left=%zz", [[KEY_LEFT, null]]],
  ["an escape with a sign", "left=%+1", [[KEY_LEFT, null]]],
  ["a bad escape in an unknown key", "%zz=1", [[KEY_UNKNOWN, "1"]]],
  ["an escaped key", "info%5fhash=x", [[KEY_INFO_HASH, "x"]]],
  ["keys are lower case", "PORT=1", [[KEY_UNKNOWN, "1"]]],
  ["a key's beginning is another key", "por=1&ports=1", [[KEY_UNKNOWN, "1"], [KEY_UNKNOWN, "1"]]],
  ["a key longer than all known", "no_peer_id_=1&no_peer_id=1", [[KEY_UNKNOWN, "1"], [KEY_NO_PEER_ID, "1"]]],
  ["keys of one length", "peer_id=1&numwant=2", [[KEY_PEER_ID, "1"], [KEY_NUMWANT, "2"]]],
];

for (const [name, query, segments] of CASES) {
  Deno.test(`QueryReader: ${name}`, () => assertEquals(read(query), segments));
}

Deno.test("QueryReader.value() gives the whole length of a value that does not fit", () => {
  const reader = new QueryReader();
  const bytes = bytesOf("left=%30123");
  reader.open(bytes, 0, bytes.length);
  reader.next();
  const value = new Uint8Array(2);
  assertEquals(reader.value(value), 4);
  assertEquals(value, bytesOf("01"));
});

Deno.test("QueryReader gives back every byte string that was escaped", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    assertEquals(read(`info_hash=${escaped(bytes)}`), [[KEY_INFO_HASH, String.fromCharCode(...bytes)]]);
  }));
});

const NUMBERS: [text: string, value: number][] = [
  ["0", 0],
  ["00012", 12],
  ["65536", 65536],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ["18446744073709551615", 2 ** 64],
  ["0000018446744073709551615", 2 ** 64],
  ["18446744073709551616", INVALID],
  ["18446744073709551620", INVALID],
  ["28446744073709551615", INVALID],
  ["99999999999999999999", INVALID],
  ["36893488147419103232", INVALID],
  ["9".repeat(400), INVALID],
  ["", INVALID],
  ["-1", INVALID],
  ["+1", INVALID],
  [" 1", INVALID],
  ["1 ", INVALID],
  ["0x10", INVALID],
  ["1e3", INVALID],
  ["1.0", INVALID],
];

for (const [text, value] of NUMBERS) {
  Deno.test(`readDecimal() reads ${JSON.stringify(text.slice(0, 24))} as ${value}`, () => {
    assertEquals(readDecimal(bytesOf(`7${text}7`), 1, text.length + 1), value);
  });
}
