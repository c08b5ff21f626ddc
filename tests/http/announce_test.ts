import { assert, assertEquals } from "@std/assert";
import { FAILURE } from "../../src/http/failure.ts";
import { COUNTER } from "../../src/stats/mod.ts";
import { peerTexts } from "../compact_peers.ts";
import { type Announced, failureOf, TestTracker } from "./handler.ts";

/** A hash of all the bytes that text would spoil, and %26 which would split the query. */
const HASH = "info_hash=%00%ff%26%3d%25%2B+%80%c3%28ABCDEFGHIJ";

function texts(answer: Announced): string[] {
  assert(answer.peers instanceof Uint8Array);
  return [...peerTexts(answer.peers, 4), ...peerTexts(answer.peers6 ?? new Uint8Array(), 16)];
}

Deno.test("an announce of nobody else's torrent is answered to the byte", () => {
  const tracker = new TestTracker();
  const { text, status, contentType } = tracker.get(`/announce?${HASH}&port=6881&left=0&event=completed`);
  assertEquals([status, contentType], [200, "text/plain"]);
  assertEquals(
    text.replace(/8:intervali\d{4}e/, "8:intervali1800e"),
    "d8:completei1e10:downloadedi1e10:incompletei0e8:intervali1800e12:min intervali900e5:peers0:e",
  );
});

Deno.test("announces give the peers of both families to clients of either", () => {
  const tracker = new TestTracker();
  assertEquals(texts(tracker.announce(`${HASH}&port=1`, "192.0.2.1")), []);
  assertEquals(texts(tracker.announce(`${HASH}&port=2&left=0`, "2001:db8::2")), ["192.0.2.1:1"]);
  assertEquals(texts(tracker.announce(`${HASH}&port=3`, "192.0.2.3")), ["192.0.2.1:1", "[2001:db8::2]:2"]);
  const answer = tracker.announce(`${HASH}&port=4&left=1`, "2001:db8::4");
  assertEquals(texts(answer), ["192.0.2.1:1", "192.0.2.3:3", "[2001:db8::2]:2"]);
  assertEquals([answer.complete, answer.incomplete, answer.downloaded], [1, 3, 0]);
});

Deno.test("an answer without IPv6 peers has no peers6, one without IPv4 peers has empty peers", () => {
  const tracker = new TestTracker();
  tracker.announce(`${HASH}&port=1`, "2001:db8::1");
  const answer = tracker.announce(`${HASH}&port=2`, "2001:db8::2");
  assertEquals([answer.peers, answer.peers6?.length], [new Uint8Array(), 18]);
  assertEquals("peers6" in tracker.announce("info_hash=ABCDEFGHIJKLMNOPQRST&port=2"), false);
});

Deno.test("numwant bounds both families together, the client's own first", () => {
  const tracker = new TestTracker();
  for (let port = 1; port <= 30; port++) tracker.announce(`${HASH}&port=${port}&numwant=0`, "192.0.2.1");
  for (let port = 1; port <= 300; port++) tracker.announce(`${HASH}&port=${port}&numwant=0`, "2001:db8::1");
  const cases: [query: string, own: number, others: number][] = [
    ["", 30, 20],
    ["&numwant=0", 0, 0],
    ["&numwant=7", 7, 0],
    ["&numwant=30", 30, 0],
    ["&numwant=-1", 30, 20],
    ["&numwant=1000", 30, 170],
  ];
  for (const [query, own, others] of cases) {
    const { peers, peers6 } = tracker.announce(`${HASH}&port=1${query}&event=stopped`, "192.0.2.9");
    assertEquals([(peers as Uint8Array).length, peers6], [0, undefined]);
    const told = tracker.announce(`${HASH}&port=1${query}`, "192.0.2.9");
    assertEquals([(told.peers as Uint8Array).length, told.peers6?.length ?? 0], [own * 6, others * 18]);
  }
  const told = tracker.announce(`${HASH}&port=301`, "2001:db8::1");
  assertEquals([(told.peers as Uint8Array).length, told.peers6?.length], [0, 50 * 18]);
});

Deno.test("a dictionary answer lists the peers of both families with their ids", () => {
  const tracker = new TestTracker();
  const id = `peer_id=${"%ff".repeat(19)}%00`;
  tracker.announce(`${HASH}&port=1&${id}`, "192.0.2.1");
  tracker.announce(`${HASH}&port=51413&peer_id=abcdefghijklmnopqrst`, "2001:db8:0:0:1:0:0:1");
  tracker.announce(`${HASH}&port=3`, "192.0.2.3");
  const { text } = tracker.get(`/announce?${HASH}&port=4&compact=0&left=0`, "192.0.2.4");
  const [, peers] = /5:peers(l.*)e$/.exec(text)!;
  const peer1 = `d2:ip9:192.0.2.17:peer id20:${"\xff".repeat(19)}\x004:porti1ee`;
  const peer3 = "d2:ip9:192.0.2.34:porti3ee";
  const peer2 = "d2:ip17:2001:db8::1:0:0:17:peer id20:abcdefghijklmnopqrst4:porti51413ee";
  assert([`l${peer1}${peer3}${peer2}e`, `l${peer3}${peer1}${peer2}e`].includes(peers), peers);
});

Deno.test("a dictionary answer of 200 peers tells each with its own address and id", () => {
  const tracker = new TestTracker();
  for (let port = 10_001; port <= 10_250; port++) {
    if (port <= 10_050) {
      tracker.announce(`${HASH}&port=${port}&peer_id=abcdefghijklmno${port}`, "192.0.2.111");
    }
    tracker.announce(
      `${HASH}&port=${port}&peer_id=ABCDEFGHIJKLMNO${port}`,
      "2001:db8:1111:2222:3333:4444:5555:6666",
    );
  }
  const { peers } = tracker.announce(`${HASH}&port=1&compact=0&numwant=200`);
  assert(!(peers instanceof Uint8Array));
  assertEquals(peers.length, 200);
  for (const peer of peers) {
    const ip = new TextDecoder().decode(peer.ip);
    const id = new TextDecoder().decode(peer["peer id"]);
    assertEquals(id, `${ip === "192.0.2.111" ? "abcdefghijklmno" : "ABCDEFGHIJKLMNO"}${peer.port}`);
  }
});

Deno.test("a dictionary answer leaves peer ids out for no_peer_id=1 and in a table without ids", () => {
  const query = `${HASH}&port=1&peer_id=abcdefghijklmnopqrst`;
  const withIds = new TestTracker();
  const withoutIds = new TestTracker({ peerIds: false });
  withIds.announce(query);
  withoutIds.announce(query);
  for (
    const { peers } of [
      withIds.announce(`${HASH}&port=2&compact=0&no_peer_id=1`),
      withoutIds.announce(`${HASH}&port=2&compact=0`),
    ]
  ) {
    assertEquals(peers, [{ ip: new TextEncoder().encode("192.0.2.1"), port: 1 }]);
  }
});

Deno.test("a dictionary answer without peers has an empty list", () => {
  assertEquals(new TestTracker().announce(`${HASH}&port=1&compact=0`).peers, []);
});

Deno.test("addresses that a client claims are ignored", () => {
  const tracker = new TestTracker();
  tracker.announce(`${HASH}&port=1&ip=198.51.100.1&ipv4=198.51.100.1&ipv6=2001:db8::9&ipv6=%zz`, "192.0.2.1");
  assertEquals(texts(tracker.announce(`${HASH}&port=2`)), ["192.0.2.1:1"]);
});

Deno.test("a stopped peer leaves, is given nobody, and keeps the completed count", () => {
  const tracker = new TestTracker();
  tracker.announce(`${HASH}&port=1&left=0&event=completed`);
  tracker.announce(`${HASH}&port=2&left=5`);
  const answer = tracker.announce(`${HASH}&port=1&left=0&event=stopped`);
  assertEquals([answer.complete, answer.incomplete, answer.downloaded, texts(answer)], [0, 1, 1, []]);
});

Deno.test("a paused peer is a leecher whatever it has left", () => {
  const tracker = new TestTracker();
  const answer = tracker.announce(`${HASH}&port=1&left=0&event=paused`);
  assertEquals([answer.complete, answer.incomplete], [0, 1]);
});

Deno.test("intervals spread by a tenth both ways", () => {
  const tracker = new TestTracker({ intervalSec: 1000, minIntervalSec: 900 });
  const intervals = Array.from({ length: 1000 }, () => tracker.announce(`${HASH}&port=1`).interval);
  assert(intervals.every((interval) => interval >= 900 && interval <= 1100));
  // A thousand draws miss a tenth of the range at one end about once in 10^45 runs.
  assert(Math.min(...intervals) < 920 && Math.max(...intervals) > 1080);
});

Deno.test("the minimum interval is never above the interval", () => {
  const tracker = new TestTracker({ intervalSec: 1000, minIntervalSec: 1000 });
  for (let i = 0; i < 200; i++) {
    const answer = tracker.announce(`${HASH}&port=1`);
    assertEquals(answer["min interval"], Math.min(1000, answer.interval));
  }
});

Deno.test("a failed announce says why with status 200 and leaves no trace", () => {
  const tracker = new TestTracker();
  const { status, contentType, text } = tracker.get(`/announce?${HASH}&port=1&left=all`);
  assertEquals([status, contentType, text], [200, "text/plain", failureOf(FAILURE.leftInvalid)]);
  assertEquals([tracker.counters[COUNTER.httpAnnounces], tracker.counters[COUNTER.httpErrors]], [0, 1]);
  assertEquals(tracker.announce(`${HASH}&port=2`).incomplete, 1);
  assertEquals([tracker.counters[COUNTER.httpAnnounces], tracker.counters[COUNTER.httpErrors]], [1, 1]);
});

Deno.test("a full table still answers", () => {
  const tracker = new TestTracker({ maxPeers: 1 });
  tracker.announce(`${HASH}&port=1`);
  const answer = tracker.announce(`${HASH}&port=2`);
  assertEquals([answer.incomplete, texts(answer)], [1, ["192.0.2.1:1"]]);
});
