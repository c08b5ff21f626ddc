import { assertEquals } from "@std/assert";
import { FAILURE, type Failure } from "../../src/http/failure.ts";
import { AnnounceParameters } from "../../src/http/parameters.ts";
import { ascii, QueryReader } from "../../src/http/query.ts";
import {
  EVENT_COMPLETED,
  EVENT_NONE,
  EVENT_PAUSED,
  EVENT_STARTED,
  EVENT_STOPPED,
} from "../../src/peers/mod.ts";

const HASH = "info_hash=ABCDEFGHIJKLMNOPQRST";
const REQUIRED = `${HASH}&port=6881`;

const query = new QueryReader();
const parameters = new AnnounceParameters();

/** One object reads all the queries of this file, so that what one leaves behind would show in the next. */
function read(text: string): Failure | null {
  const bytes = ascii(text);
  query.open(bytes, 0, bytes.length);
  return parameters.read(query);
}

function readWell(text: string): AnnounceParameters {
  assertEquals(read(text), null);
  return parameters;
}

const FAILURES: [query: string, failure: Failure][] = [
  ["port=6881", FAILURE.infoHashMissing],
  ["info_hash=&port=6881", FAILURE.infoHashInvalid],
  ["info_hash=ABCDEFGHIJKLMNOPQRS&port=6881", FAILURE.infoHashInvalid],
  ["info_hash=ABCDEFGHIJKLMNOPQRSTU&port=6881", FAILURE.infoHashInvalid],
  ["info_hash=ABCDEFGHIJKLMNOPQRS%4&port=6881", FAILURE.infoHashInvalid],
  ["info_hash=%zzABCDEFGHIJKLMNOPQRS&port=6881", FAILURE.infoHashInvalid],
  [`${REQUIRED}&${HASH}`, FAILURE.infoHashRepeated],
  [HASH, FAILURE.portInvalid],
  [`${HASH}&port=`, FAILURE.portInvalid],
  [`${HASH}&port=0`, FAILURE.portInvalid],
  [`${HASH}&port=-1`, FAILURE.portInvalid],
  [`${HASH}&port=65536`, FAILURE.portInvalid],
  [`${HASH}&port=4294974177`, FAILURE.portInvalid],
  [`${HASH}&port=0x1ae1`, FAILURE.portInvalid],
  [`${HASH}&port=%zz`, FAILURE.portInvalid],
  [`${HASH}&port=${"0".repeat(33)}1`, FAILURE.portInvalid],
  [`${REQUIRED}&left=`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=abc`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=1.1`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=-1`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=99999999999999999999`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=18446744073709551616`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=0x10`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=1e3`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=+1`, FAILURE.leftInvalid],
  [`${REQUIRED}&left=%`, FAILURE.leftInvalid],
  [`${REQUIRED}&numwant=`, FAILURE.numwantInvalid],
  [`${REQUIRED}&numwant=-`, FAILURE.numwantInvalid],
  [`${REQUIRED}&numwant=--1`, FAILURE.numwantInvalid],
  [`${REQUIRED}&numwant=ten`, FAILURE.numwantInvalid],
  [`${REQUIRED}&numwant=%4`, FAILURE.numwantInvalid],
  [`${REQUIRED}&numwant=${"9".repeat(40)}`, FAILURE.numwantInvalid],
  [`${REQUIRED}&peer_id=`, FAILURE.peerIdInvalid],
  [`${REQUIRED}&peer_id=short`, FAILURE.peerIdInvalid],
  [`${REQUIRED}&peer_id=abcdefghijklmnopqrstu`, FAILURE.peerIdInvalid],
  [`${REQUIRED}&peer_id=abcdefghijklmnopqrs%x0`, FAILURE.peerIdInvalid],
  [`${REQUIRED}&event=%zz`, FAILURE.escapeInvalid],
  [`${REQUIRED}&compact=%`, FAILURE.escapeInvalid],
  [`${REQUIRED}&no_peer_id=%1`, FAILURE.escapeInvalid],
  [`${REQUIRED}&trackerid=%1`, FAILURE.escapeInvalid],
];

for (const [text, failure] of FAILURES) {
  Deno.test(`AnnounceParameters: ${text.slice(0, 90)} fails`, () => assertEquals(read(text), failure));
}

Deno.test("AnnounceParameters has a default for all but hash and port", () => {
  readWell(
    `${REQUIRED}&peer_id=abcdefghijklmnopqrst&left=0&event=stopped&numwant=3&compact=0&no_peer_id=1&trackerid=x`,
  );
  const { request, port, compact, noPeerId, trackerIdLength } = readWell(REQUIRED);
  assertEquals(new Uint8Array(request.hash.buffer), ascii("ABCDEFGHIJKLMNOPQRST"));
  assertEquals(new Uint8Array(request.peerId.buffer), new Uint8Array(20));
  assertEquals([port, request.event, request.seeding], [6881, EVENT_NONE, false]);
  assertEquals([request.wanted4, request.wanted6, compact, noPeerId], [50, 50, true, false]);
  assertEquals(trackerIdLength, 0);
});

Deno.test("AnnounceParameters takes its keys in any order, among unknown and broken ones", () => {
  const { request, port } = readWell(
    "&ip=%zz&ipv4=1.2.3.4&ipv4=1.2.3.5&ipv6=::1&ipv6=%&key=x&a=b=c&uploaded=no&peer_id=abcdefghijklmnopqr%00%fF" +
      `&port=%36881&left=0&corrupt&&${HASH}&%=1`,
  );
  assertEquals([port, request.seeding], [6881, true]);
  assertEquals(new Uint8Array(request.peerId.buffer), Uint8Array.of(...ascii("abcdefghijklmnopqr"), 0, 0xff));
});

Deno.test("AnnounceParameters takes the last of repeated keys other than info_hash", () => {
  const { request, port } = readWell(`${HASH}&port=1&left=0&left=5&port=2&numwant=1&numwant=2`);
  assertEquals([port, request.seeding, request.wanted4], [2, false, 2]);
});

const VALUES: [key: string, values: [text: string, value: unknown][], field: () => unknown][] = [
  ["port", [["1", 1], ["65535", 65535], ["006881", 6881]], () => parameters.port],
  ["left", [
    ["0", true],
    ["000", true],
    ["1", false],
    ["4294967296", false],
    ["18446744073709551615", false],
  ], () => parameters.request.seeding],
  ["event", [
    ["", EVENT_NONE],
    ["empty", EVENT_NONE],
    ["started", EVENT_STARTED],
    ["completed", EVENT_COMPLETED],
    ["stopped", EVENT_STOPPED],
    ["paused", EVENT_PAUSED],
    ["%70aused", EVENT_PAUSED],
    ["Started", EVENT_NONE],
    ["startedx", EVENT_NONE],
    ["x".repeat(100), EVENT_NONE],
  ], () => parameters.request.event],
  ["numwant", [
    ["0", 0],
    ["5", 5],
    ["200", 200],
    ["201", 200],
    ["4294967295", 200],
    ["-1", 50],
    ["-2147483648", 50],
  ], () => parameters.request.wanted4],
  ["numwant", [["7", 7], ["-1", 50]], () => parameters.request.wanted6],
  ["compact", [["0", false], ["1", true], ["", true], ["00", true], ["no", true]], () => parameters.compact],
  ["trackerid", [
    ["", ""],
    ["a", "a"],
    ["x%26y+%2b", "x&y++"],
    ["x".repeat(64), "x".repeat(64)],
    ["x".repeat(65), ""],
  ], () => new TextDecoder().decode(parameters.trackerId.subarray(0, parameters.trackerIdLength))],
  ["no_peer_id", [["1", true], ["0", false], ["", false]], () => parameters.noPeerId],
];

for (const [key, values, field] of VALUES) {
  for (const [text, value] of values) {
    Deno.test(`AnnounceParameters: ${key}=${text.slice(0, 30)} is ${value}`, () => {
      readWell(`${REQUIRED}&${key}=${text}`);
      assertEquals(field(), value);
    });
  }
}
