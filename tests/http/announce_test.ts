import { assert, assertEquals } from "@std/assert";
import { FAILURE } from "../../src/http/failure.ts";
import { parseIp } from "../../src/os/mod.ts";
import { tableStats } from "../../src/peers/mod.ts";
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
    "d8:completei1e10:downloadedi1e11:external ip4:\xc0\x00\x02\x0110:incompletei0e8:intervali1800e" +
      "12:min intervali900e5:peers0:e",
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
  assertEquals([answer.complete, answer.incomplete, answer.downloaders], [0, 1, 0]);
  const later = tracker.announce(`${HASH}&port=2&left=5`);
  assertEquals([later.complete, later.incomplete, later.downloaders], [0, 2, 1]);
});

Deno.test("an answer has downloaders only where they are not all leechers", () => {
  const tracker = new TestTracker();
  assertEquals("downloaders" in tracker.announce(`${HASH}&port=1&left=5`), false);
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

Deno.test("an announce tells the client its own address", () => {
  const tracker = new TestTracker();
  for (const from of ["192.0.2.1", "2001:db8::4:1"]) {
    assertEquals(tracker.announce(`${HASH}&port=1`, from)["external ip"], parseIp(from)!);
    assertEquals(tracker.announce(`${HASH}&port=1&event=stopped`, from)["external ip"], parseIp(from)!);
  }
});

Deno.test("a client gets the tracker id back that it sent", () => {
  const tracker = new TestTracker();
  const cases: [query: string, id: string | undefined][] = [
    ["", undefined],
    ["&trackerid=", undefined],
    ["&trackerid=%26%3d+e", "&=+e"],
    ["&trackerid=a&trackerid=b", "b"],
    [`&trackerid=${"x".repeat(64)}`, "x".repeat(64)],
    // A longer one stays with the client as it is.
    [`&trackerid=${"x".repeat(65)}`, undefined],
  ];
  for (const [query, id] of cases) {
    const told = tracker.announce(`${HASH}&port=1${query}`)["tracker id"];
    assertEquals(told, id === undefined ? undefined : new TextEncoder().encode(id), query);
  }
});

Deno.test("the operator's tracker id takes the place of the client's", () => {
  const tracker = new TestTracker({ trackerId: "größe" });
  for (const query of ["", "&trackerid=", "&trackerid=other", "&compact=0"]) {
    const told = tracker.announce(`${HASH}&port=1${query}`)["tracker id"];
    assertEquals(told, new TextEncoder().encode("größe"), query);
  }
});

Deno.test("the operator's warning comes with every announce that goes well, and with nothing else", () => {
  const warningMessage = "this tracker moves to https://tracker.example/announce – update your torrents";
  const tracker = new TestTracker({ warningMessage });
  for (const query of ["", "&compact=0", "&event=stopped", "&trackerid=x"]) {
    const told = tracker.announce(`${HASH}&port=1${query}`)["warning message"];
    assertEquals(told, new TextEncoder().encode(warningMessage), query);
  }
  assertEquals(tracker.get("/announce?port=1").text, failureOf(FAILURE.infoHashMissing));
  assertEquals(tracker.get(`/scrape?${HASH}`).text.includes("moves"), false);
});

Deno.test("the longest answer fits", () => {
  const texts = { trackerId: "\u{10ffff}".repeat(16), warningMessage: "\u{10ffff}".repeat(1000) };
  const tracker = new TestTracker(texts);
  for (let port = 10_001; port <= 10_250; port++) {
    tracker.announce(
      `${HASH}&port=${port}&peer_id=ABCDEFGHIJKLMNO${port}`,
      "2001:db8:1111:2222:3333:4444:5555:6666",
    );
  }
  for (const compact of [0, 1]) {
    const from = "2001:db8:1111:2222:3333:4444:5555:6667";
    const query = `${HASH}&port=10001&numwant=200&compact=${compact}`;
    const answer = tracker.announce(query, from);
    assertEquals(compact === 0 ? answer.peers.length : answer.peers6!.length / 18, 200);
    assertEquals(answer["warning message"], new TextEncoder().encode(texts.warningMessage));
  }
});

Deno.test("an announce through a proxy that does not say whose it is fails and leaves no trace", () => {
  const tracker = new TestTracker();
  assertEquals(tracker.fail(`/announce?${HASH}&port=1`, null), {
    reason: FAILURE.addressUnknown,
    retryMin: null,
  });
  assertEquals(tracker.counts, [0, 0, 1]);
  assertEquals(tracker.scrape("info_hash=aaaaaaaaaaaaaaaaaaaa").size, 1);
  assertEquals(tableStats(tracker.table).torrents, 0);
});

Deno.test("a failed announce says why with status 200 and leaves no trace", () => {
  const tracker = new TestTracker();
  const { status, contentType, text } = tracker.get(`/announce?${HASH}&port=1&left=all`);
  assertEquals([status, contentType, text], [200, "text/plain", failureOf(FAILURE.leftInvalid)]);
  assertEquals(tracker.counts, [0, 0, 1]);
  assertEquals(tracker.announce(`${HASH}&port=2`).incomplete, 1);
  assertEquals(tracker.counts, [1, 0, 1]);
});

Deno.test("a full table still answers", () => {
  const tracker = new TestTracker({ maxPeers: 1 });
  tracker.announce(`${HASH}&port=1`);
  const answer = tracker.announce(`${HASH}&port=2`);
  assertEquals([answer.incomplete, texts(answer)], [1, ["192.0.2.1:1"]]);
  assertEquals(tracker.announce(`${HASH}&port=2&numwant=0`).incomplete, 1);
});

Deno.test("a full table that has nobody to give says when to come again", () => {
  const other = "info_hash=aaaaaaaaaaaaaaaaaaaa";
  const minutes: [minIntervalSec: number, minutes: string][] = [[900, "15"], [901, "16"], [1, "1"]];
  for (const [minIntervalSec, retryMin] of minutes) {
    const tracker = new TestTracker({ maxPeers: 1, minIntervalSec });
    tracker.announce(`${HASH}&port=1`);
    assertEquals(tracker.fail(`/announce?${other}&port=1`), { reason: FAILURE.full, retryMin });
    assertEquals(tracker.counts, [1, 0, 1]);
    // Who leaves is not to come again.
    assertEquals(tracker.announce(`${other}&port=1&event=stopped`).incomplete, 0);
    tracker.announce(`${HASH}&port=1&event=stopped`);
    assertEquals(tracker.announce(`${other}&port=1`).incomplete, 1);
  }
});

Deno.test("retry in is a string of minutes, as in the examples of BEP 31", () => {
  const tracker = new TestTracker({ maxPeers: 1 });
  tracker.announce(`${HASH}&port=1`);
  const { text } = tracker.get("/announce?info_hash=aaaaaaaaaaaaaaaaaaaa&port=1");
  assertEquals(text, `d14:failure reason${FAILURE.full.length}:${FAILURE.full}8:retry in2:15e`);
});
