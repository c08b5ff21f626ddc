// What trackers differ in over HTTP, a line each: whole requests in, and what their answers come to. The details of
// each part are in the tests of that part.
import { assertEquals } from "@std/assert";
import { FAILURE } from "../../src/http/failure.ts";
import { type Announced, readScrape, TestTracker } from "./handler.ts";

const HASH = "ABCDEFGHIJKLMNOPQRST";
const REQUIRED = `info_hash=${HASH}&port=6881`;

/** A tracker where one seeder and one leecher have the torrent HASH. */
function trackerWithSwarm(): TestTracker {
  const tracker = new TestTracker();
  tracker.announce(
    `info_hash=${HASH}&port=1&left=0&event=completed&peer_id=-AA0001-seeder000000`,
    "192.0.2.101",
  );
  tracker.announce(`info_hash=${HASH}&port=2&left=7&peer_id=-AA0001-leecher00000`, "192.0.2.102");
  return tracker;
}

/** What an announce came to: the seeders and leechers it found, itself included, and the peers it was given. */
function outcome({ complete, incomplete, peers }: Announced): string {
  const count = peers instanceof Uint8Array ? `${peers.length / 6} compact` : `${peers.length} listed`;
  return `${complete}+${incomplete}, ${count}`;
}

const LEECHER = "1+2, 2 compact";
const SEEDER = "2+1, 2 compact";

const WELL: [rule: string, query: string, outcome: string][] = [
  // How a query is read.
  ["keys come in any order", `left=0&port=6881&info_hash=${HASH}`, SEEDER],
  ["empty segments and segments without = mean nothing", `&&${REQUIRED}&&flag&=x&left=0&`, SEEDER],
  ["only the first = splits", `${REQUIRED}&left=0&a=b=c`, SEEDER],
  ["; is no separator", `${REQUIRED}&left=0&a=1;left=5`, SEEDER],
  ["escapes of either case", "info_hash=%41%42%43%44%45%46%47%48%49%4a%4B%4c%4DNOPQRST&port=6881", LEECHER],
  ["escapes in keys", `%69nfo_hash=${HASH}&port=6881&lef%74=0`, SEEDER],
  ["escapes are decoded once", `${REQUIRED}&event=%2573topped`, LEECHER],
  ["+ is a plus sign, another torrent's", "info_hash=ABCDEFGHIJ+LMNOPQRST&port=6881", "0+1, 0 compact"],
  ["raw bytes above ASCII are themselves", `info_hash=${"\xff".repeat(20)}&port=6881`, "0+1, 0 compact"],
  ["keys are exact lower case", `${REQUIRED}&LEFT=0&Event=stopped`, LEECHER],
  ["a bad escape in a key that nobody uses means nothing", `${REQUIRED}&left=0&foo=%zz&ipv6=%`, SEEDER],
  ["of a key given twice the last counts", `${REQUIRED}&left=0&left=5`, LEECHER],
  ["clients repeat ipv4 and ipv6", `${REQUIRED}&ipv4=192.0.2.9&ipv4=192.0.2.8&ipv6=::1&ipv6=::2`, LEECHER],
  // The keys of an announce.
  ["peer_id may be missing", REQUIRED, LEECHER],
  ["uploaded and downloaded may be missing, or any text", `${REQUIRED}&uploaded=-1&downloaded=x`, LEECHER],
  ["without left a peer is a leecher", REQUIRED, LEECHER],
  ["left=0 is a seeder", `${REQUIRED}&left=0`, SEEDER],
  ["left=00 is a seeder", `${REQUIRED}&left=00`, SEEDER],
  ["left=1 is a leecher", `${REQUIRED}&left=1`, LEECHER],
  ["left may need more than 32 bits", `${REQUIRED}&left=4294967296`, LEECHER],
  ["left may need 64 bits", `${REQUIRED}&left=18446744073709551615`, LEECHER],
  ["event=started", `${REQUIRED}&event=started`, LEECHER],
  ["event=completed", `${REQUIRED}&left=0&event=completed`, SEEDER],
  ["event=completed with something left", `${REQUIRED}&left=5&event=completed`, LEECHER],
  ["event=stopped is given nobody", `${REQUIRED}&event=stopped`, "1+1, 0 compact"],
  ["event=paused is a leecher (BEP 21)", `${REQUIRED}&left=0&event=paused`, LEECHER],
  ["an empty event is none", `${REQUIRED}&left=0&event=`, SEEDER],
  ["event=empty is none", `${REQUIRED}&left=0&event=empty`, SEEDER],
  ["an unknown event is none", `${REQUIRED}&left=0&event=STOPPED`, SEEDER],
  ["numwant=0 wants nobody", `${REQUIRED}&numwant=0`, "1+2, 0 compact"],
  ["numwant=1", `${REQUIRED}&numwant=1`, "1+2, 1 compact"],
  ["numwant=-1 is the default", `${REQUIRED}&numwant=-1`, LEECHER],
  ["numwant may be huge", `${REQUIRED}&numwant=4294967295`, LEECHER],
  ["compact=1", `${REQUIRED}&compact=1`, LEECHER],
  ["compact=0 is a list of dictionaries", `${REQUIRED}&compact=0`, "1+2, 2 listed"],
  ["compact= is compact", `${REQUIRED}&compact=`, LEECHER],
  ["no_peer_id is ignored when compact", `${REQUIRED}&no_peer_id=1`, LEECHER],
  ["key may be long", `${REQUIRED}&key=${"k".repeat(200)}`, LEECHER],
  ["trackerid may be anything", `${REQUIRED}&trackerid=${"%ff".repeat(100)}`, LEECHER],
  [
    "all other keys",
    `${REQUIRED}&supportcrypto=1&requirecrypto=1&cryptoport=x&corrupt=0&redundant=0`,
    LEECHER,
  ],
];

for (const [rule, query, expected] of WELL) {
  Deno.test(`announce: ${rule}`, () => {
    assertEquals(outcome(trackerWithSwarm().announce(query)), expected);
  });
}

const FAILING: [rule: string, target: string, reason: string][] = [
  ["an escape of one digit", "/announce?info_hash=ABCDEFGHIJKLMNOPQRS%4&port=1", FAILURE.infoHashInvalid],
  ["an escape that is not hex", "/announce?info_hash=%zzABCDEFGHIJKLMNOPQRS&port=1", FAILURE.infoHashInvalid],
  ["an escape that breaks off", "/announce?port=1&info_hash=ABCDEFGHIJKLMNOPQRS%", FAILURE.infoHashInvalid],
  ["a bad escape in a key that is used", `/announce?${REQUIRED}&event=%`, FAILURE.escapeInvalid],
  ["info_hash twice", `/announce?${REQUIRED}&info_hash=${HASH}`, FAILURE.infoHashRepeated],
  ["no info_hash", "/announce?port=6881", FAILURE.infoHashMissing],
  ["no query", "/announce", FAILURE.infoHashMissing],
  ["an info_hash of 19 bytes", "/announce?info_hash=ABCDEFGHIJKLMNOPQRS&port=1", FAILURE.infoHashInvalid],
  ["an info_hash of 21 bytes", `/announce?info_hash=${HASH}U&port=1`, FAILURE.infoHashInvalid],
  ["an info_hash in hex", `/announce?info_hash=${"41".repeat(20)}&port=1`, FAILURE.infoHashInvalid],
  ["a peer_id of 19 bytes", `/announce?${REQUIRED}&peer_id=${"p".repeat(19)}`, FAILURE.peerIdInvalid],
  ["no port", `/announce?info_hash=${HASH}`, FAILURE.portInvalid],
  ["port=0", `/announce?info_hash=${HASH}&port=0`, FAILURE.portInvalid],
  ["port=-1", `/announce?info_hash=${HASH}&port=-1`, FAILURE.portInvalid],
  ["a port above 65535", `/announce?info_hash=${HASH}&port=65536`, FAILURE.portInvalid],
  [
    "a port of which 16 or 32 bits are one",
    `/announce?info_hash=${HASH}&port=4294974177`,
    FAILURE.portInvalid,
  ],
  ["a port in hex", `/announce?info_hash=${HASH}&port=0x1ae1`, FAILURE.portInvalid],
  ["left=abc", `/announce?${REQUIRED}&left=abc`, FAILURE.leftInvalid],
  ["left=1.1", `/announce?${REQUIRED}&left=1.1`, FAILURE.leftInvalid],
  ["left=1e3", `/announce?${REQUIRED}&left=1e3`, FAILURE.leftInvalid],
  ["left=-1", `/announce?${REQUIRED}&left=-1`, FAILURE.leftInvalid],
  ["left=+1", `/announce?${REQUIRED}&left=+1`, FAILURE.leftInvalid],
  ["an empty left", `/announce?${REQUIRED}&left=`, FAILURE.leftInvalid],
  [
    "a left that needs more than 64 bits",
    `/announce?${REQUIRED}&left=18446744073709551616`,
    FAILURE.leftInvalid,
  ],
  ["numwant=ten", `/announce?${REQUIRED}&numwant=ten`, FAILURE.numwantInvalid],
  ["numwant=1.5", `/announce?${REQUIRED}&numwant=1.5`, FAILURE.numwantInvalid],
  ["a scrape with one wrong hash", `/scrape?info_hash=${HASH}&info_hash=ABC`, FAILURE.infoHashInvalid],
  ["a scrape without hashes", "/scrape", FAILURE.fullScrape],
  ["a scrape with an empty query", "/scrape?", FAILURE.fullScrape],
];

for (const [rule, target, reason] of FAILING) {
  Deno.test(`failure: ${rule}`, () => {
    const tracker = trackerWithSwarm();
    assertEquals(tracker.fail(target), { reason, retryMin: null });
    // Nobody was entered.
    assertEquals(tracker.counts, [2, 0, 1]);
    assertEquals(outcome(tracker.announce(REQUIRED)), LEECHER);
  });
}

Deno.test("the answer to an announce has its keys in order and nothing behind it", () => {
  const tracker = trackerWithSwarm();
  tracker.announce(`info_hash=${HASH}&port=3&left=7`, "2001:db8::3");
  const { text } = tracker.get(`/announce?${REQUIRED}&trackerid=t`);
  const keys = ["complete", "downloaded", "external ip", "incomplete", "interval", "min interval", "peers"];
  const places = [...keys, "peers6", "tracker id"].map((key) => text.indexOf(`${key.length}:${key}`));
  assertEquals(places, [...places].sort((a, b) => a - b));
  assertEquals(places.includes(-1), false);
  assertEquals(text.endsWith("10:tracker id1:te"), true);
});

Deno.test("compact peers are address and port in network order, of each family under its own key", () => {
  const tracker = new TestTracker();
  tracker.announce(`info_hash=${HASH}&port=258`, "192.0.2.1");
  tracker.announce(`info_hash=${HASH}&port=772`, "2001:db8::1");
  const { peers, peers6 } = tracker.announce(REQUIRED, "192.0.2.9");
  assertEquals(peers, Uint8Array.of(192, 0, 2, 1, 1, 2));
  assertEquals(peers6, Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 4));
});

Deno.test("compact=0 lists dictionaries with ids, no_peer_id=1 without, of both families", () => {
  const tracker = trackerWithSwarm();
  tracker.announce(`info_hash=${HASH}&port=3&left=7&peer_id=-AA0001-leecher60000`, "2001:db8::3");
  const forms: [query: string, keys: string[]][] = [["", ["ip", "peer id", "port"]], ["&no_peer_id=1", [
    "ip",
    "port",
  ]]];
  for (const [query, keys] of forms) {
    const { peers, peers6 } = tracker.announce(`${REQUIRED}&compact=0${query}`);
    assertEquals(peers6, undefined);
    if (peers instanceof Uint8Array) throw new TypeError("a list was asked for");
    assertEquals(peers.map((peer) => Object.keys(peer)), [keys, keys, keys]);
    assertEquals(peers.map(({ ip }) => new TextDecoder().decode(ip)).sort(), [
      "192.0.2.101",
      "192.0.2.102",
      "2001:db8::3",
    ]);
  }
});

Deno.test("an address that the client claims is nobody's", () => {
  const tracker = new TestTracker();
  tracker.announce(`${REQUIRED}&ip=198.51.100.1&ipv4=198.51.100.1:9&ipv6=2001:db8::9`, "192.0.2.1");
  assertEquals(tracker.announce(`info_hash=${HASH}&port=1`).peers, Uint8Array.of(192, 0, 2, 1, 0x1a, 0xe1));
});

Deno.test("a scrape has its torrents in order, once each, the unknown ones as zeros", () => {
  const tracker = trackerWithSwarm();
  tracker.announce(`${REQUIRED}&left=9&event=paused`);
  const { bytes, text } = tracker.get(
    `/scrape?info_hash=${"z".repeat(20)}&info_hash=${HASH}&info_hash=${"%00".repeat(20)}&info_hash=${HASH}`,
  );
  const nothing = { complete: 0, downloaded: 0, downloaders: 0, incomplete: 0 };
  assertEquals([...readScrape(bytes).values()], [
    nothing,
    { complete: 1, downloaded: 1, downloaders: 1, incomplete: 2 },
    nothing,
  ]);
  assertEquals(text.endsWith("e5:flagsd20:min_request_intervali900eee"), true);
});

Deno.test("a scrape changes nothing", () => {
  const tracker = new TestTracker();
  tracker.scrape(`info_hash=${HASH}`);
  assertEquals(outcome(tracker.announce(REQUIRED)), "0+1, 0 compact");
  tracker.scrape(`info_hash=${HASH}`);
  assertEquals(outcome(tracker.announce(REQUIRED)), "0+1, 0 compact");
});
