import { assertEquals } from "@std/assert";
import { readAnnounceReply, readErrorReply, readReplyAction } from "../../src/udp/packet_client.ts";
import { accessOf, budgetOf, hashList, networkList, publish } from "../access/lists.ts";
import { announceRequest, HandlerFixture, hashOf, scrapeRequest, SENDER4, SENDER6 } from "./handler.ts";

const LISTED = hashOf(0x11);
const BOTH = hashOf(0x22);
const UNLISTED = hashOf(0x33);
const TORRENT_REFUSED = "Requested download is not authorized for use with this tracker.";
const CLIENT_REFUSED = "Your client is not authorized for use with this tracker.";

/** What an announce of the torrent is told: its error, or "" when it is answered. */
function refusalOf(fixture: HandlerFixture, infoHash: Uint8Array, peerId = hashOf(1)): string {
  const answer = fixture.answer(
    announceRequest(fixture.connect(), { infoHash, peerId, port: 6881, left: 1n }),
  );
  if (readReplyAction(answer) === 1) return "";
  assertEquals(answer.subarray(0, 8).toHex(), "00000003fedcba98");
  return readErrorReply(answer);
}

Deno.test("a torrent must be on the white list and not on the black one", async () => {
  const whitelist = await hashList([LISTED, BOTH]);
  const blacklist = await hashList([BOTH]);
  const refusals = (parts: Parameters<typeof accessOf>[0]) => {
    const fixture = new HandlerFixture(0xaa, accessOf(parts));
    return [LISTED, BOTH, UNLISTED].map((hash) => refusalOf(fixture, hash));
  };
  assertEquals(refusals({ whitelist }), ["", "", TORRENT_REFUSED]);
  assertEquals(refusals({ blacklist }), ["", TORRENT_REFUSED, ""]);
  assertEquals(refusals({ whitelist, blacklist }), ["", TORRENT_REFUSED, TORRENT_REFUSED]);
});

Deno.test("a refused announce is counted as an error and is no longer than its request", async () => {
  const fixture = new HandlerFixture(0xaa, accessOf({ whitelist: await hashList([]) }));
  const request = announceRequest(fixture.connect(), { infoHash: LISTED, port: 6881, left: 1n });
  assertEquals(fixture.answer(request).length <= request.length, true);
  assertEquals(fixture.counts, [1, 0, 0, 1]);
});

Deno.test("who has no good connection id does not learn what is refused", async () => {
  const fixture = new HandlerFixture(0xaa, accessOf({ whitelist: await hashList([]) }));
  const answer = fixture.answer(announceRequest(1n, { infoHash: LISTED, port: 6881, left: 1n }));
  assertEquals(readErrorReply(answer), "Connection ID missmatch.\0");
});

Deno.test("a scrape has zeros for a torrent that is refused, though it is in the table still", async () => {
  const blacklist = await hashList([]);
  const fixture = new HandlerFixture(0xaa, accessOf({ blacklist }));
  for (const infoHash of [LISTED, UNLISTED]) fixture.announce({ infoHash, port: 6881, left: 0n });
  const seeders = () => fixture.scrape([LISTED, UNLISTED, LISTED]).map((entry) => entry.seeders);
  assertEquals(seeders(), [1, 1, 1]);
  await publish(blacklist, [LISTED]);
  assertEquals(seeders(), [0, 1, 0]);
});

Deno.test("a list that is published anew counts from the next announce on", async () => {
  const whitelist = await hashList([LISTED]);
  const fixture = new HandlerFixture(0xaa, accessOf({ whitelist }));
  const refusals = () => [LISTED, UNLISTED].map((hash) => refusalOf(fixture, hash));
  assertEquals(refusals(), ["", TORRENT_REFUSED]);
  await publish(whitelist, [UNLISTED]);
  assertEquals(refusals(), [TORRENT_REFUSED, ""]);
});

Deno.test("a client is refused by what its peer id begins with", () => {
  const fixture = new HandlerFixture(0xaa, accessOf({ clients: ["-XL", "-YY1234-"] }));
  const refusals = ["-XL0012-", "-YY1234-", "-YY1235-", "XL-"].map((text) => {
    const peerId = hashOf(0x41);
    new TextEncoder().encodeInto(text, peerId);
    return refusalOf(fixture, LISTED, peerId);
  });
  assertEquals(refusals, [CLIENT_REFUSED, CLIENT_REFUSED, "", ""]);
});

Deno.test("a refused address gets silence to all that it sends", () => {
  const fixture = new HandlerFixture(
    0xaa,
    accessOf({ networks: networkList(["192.0.2.0/24", "2001:db8::/33"]) }),
  );
  const id = fixture.connect("198.51.100.1");
  assertEquals(fixture.announce({ infoHash: LISTED, port: 6881, left: 1n }, "198.51.100.1").leechers, 1);
  for (const hostname of [SENDER4, SENDER6, "::ffff:192.0.2.77"]) {
    for (const request of [announceRequest(id, { infoHash: LISTED, port: 1 }), scrapeRequest(id, [LISTED])]) {
      assertEquals(fixture.answer(request, hostname).length, 0);
    }
  }
  assertEquals(fixture.counts[3], 6);
  assertEquals(fixture.announce({ infoHash: LISTED, port: 6881, left: 1n }, "2001:db8:8000::1").leechers, 2);
});

Deno.test("above its budget an address gets silence to announces, and its other requests are answered", () => {
  const clock = { ms: 0 };
  const access = accessOf({ budget: budgetOf(2, 10), clients: ["-XL"] }, () => clock.ms);
  const fixture = new HandlerFixture(0xaa, access);
  const request = announceRequest(fixture.connect(), { infoHash: LISTED, port: 6881, left: 1n });
  const isAnswered = () => fixture.answer(request).length > 0;
  assertEquals([isAnswered(), isAnswered(), isAnswered()], [true, true, false]);
  assertEquals(fixture.scrape([LISTED])[0].leechers, 1);
  assertEquals(fixture.announce({ infoHash: LISTED, port: 6881, left: 1n }, "192.0.2.2").leechers, 2);
  clock.ms += 5000;
  assertEquals([isAnswered(), isAnswered()], [true, false]);
});

Deno.test("refused announces are paid from the budget too", async () => {
  const access = accessOf({ budget: budgetOf(1, 10), whitelist: await hashList([]) }, () => 0);
  const fixture = new HandlerFixture(0xaa, access);
  assertEquals(refusalOf(fixture, LISTED), TORRENT_REFUSED);
  assertEquals(fixture.answer(announceRequest(fixture.connect(), { infoHash: LISTED, port: 1 })).length, 0);
});

Deno.test("announces that are let through are answered as ever", async () => {
  const access = accessOf({
    whitelist: await hashList([LISTED]),
    blacklist: await hashList([BOTH]),
    networks: networkList(["10.0.0.0/8"]),
    clients: ["-XL"],
    budget: budgetOf(10, 10),
  });
  const answers = [new HandlerFixture(0xaa, access), new HandlerFixture()].map((fixture) => {
    fixture.announce({ infoHash: LISTED, port: 6881, left: 0n });
    const request = announceRequest(fixture.connect(), { infoHash: LISTED, port: 6882, left: 1n });
    const { leechers, seeders, peers } = readAnnounceReply(fixture.answer(request));
    return { leechers, seeders, peers };
  });
  assertEquals(answers[0], answers[1]);
  assertEquals(answers[0].seeders, 1);
});
