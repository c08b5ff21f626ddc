import { assertEquals } from "@std/assert";
import { accessOf, budgetOf, hashList, networkList, publish } from "../access/lists.ts";
import { escaped } from "../http_client.ts";
import { TestTracker } from "./handler.ts";

const LISTED = new Uint8Array(20).fill(0x11);
const BOTH = new Uint8Array(20).fill(0x22);
const UNLISTED = new Uint8Array(20).fill(0x33);
const TORRENT_REFUSED = "Requested download is not authorized for use with this tracker.";
const CLIENT_REFUSED = "Your client is not authorized for use with this tracker.";
const ADDRESS_REFUSED = "this tracker does not serve your address";

function queryOf(hash: Uint8Array, more = ""): string {
  return `info_hash=${escaped(hash)}&port=6881${more}`;
}

/** Why an announce of the torrent fails; "" when it does not. */
function refusalOf(tracker: TestTracker, hash: Uint8Array, more = ""): string {
  const target = `/announce?${queryOf(hash, more)}`;
  return tracker.get(target).text.includes("failure reason") ? tracker.fail(target).reason : "";
}

Deno.test("a torrent must be on the white list and not on the black one (HTTP)", async () => {
  const whitelist = await hashList([LISTED, BOTH]);
  const blacklist = await hashList([BOTH]);
  const refusals = (parts: Parameters<typeof accessOf>[0]) => {
    const tracker = new TestTracker({ access: accessOf(parts) });
    return [LISTED, BOTH, UNLISTED].map((hash) => refusalOf(tracker, hash));
  };
  assertEquals(refusals({ whitelist }), ["", "", TORRENT_REFUSED]);
  assertEquals(refusals({ blacklist }), ["", TORRENT_REFUSED, ""]);
  assertEquals(refusals({ whitelist, blacklist }), ["", TORRENT_REFUSED, TORRENT_REFUSED]);
});

Deno.test("a refused torrent is unknown to scrapes, though it is in the table still", async () => {
  const blacklist = await hashList([]);
  const tracker = new TestTracker({ access: accessOf({ blacklist }) });
  for (const hash of [LISTED, UNLISTED]) tracker.announce(queryOf(hash));
  const leechers = () => {
    const scraped = tracker.scrape([LISTED, UNLISTED].map((hash) => `info_hash=${escaped(hash)}`).join("&"));
    return [LISTED, UNLISTED].map((hash) => scraped.get(hash.toHex())?.incomplete);
  };
  assertEquals(leechers(), [1, 1]);
  await publish(blacklist, [LISTED]);
  assertEquals(leechers(), [0, 1]);
  assertEquals(refusalOf(tracker, LISTED), TORRENT_REFUSED);
});

Deno.test("a client is refused by what its peer id begins with, one without an id is not", () => {
  const tracker = new TestTracker({ access: accessOf({ clients: ["-XL"] }) });
  assertEquals(refusalOf(tracker, LISTED, "&peer_id=-XL0012-abcdefghijkl"), CLIENT_REFUSED);
  assertEquals(refusalOf(tracker, LISTED, "&peer_id=%2dXL0012-abcdefghijkl"), CLIENT_REFUSED);
  assertEquals(refusalOf(tracker, LISTED, "&peer_id=-XM0012-abcdefghijkl"), "");
  assertEquals(refusalOf(tracker, LISTED), "");
});

Deno.test("a refused address is told so by announces and scrapes, and may read the statistics", () => {
  const tracker = new TestTracker({
    access: accessOf({ networks: networkList(["192.0.2.0/24", "2001:db8::/33"]) }),
    fullScrape: true,
  });
  const targets = [`/announce?${queryOf(LISTED)}`, `/scrape?info_hash=${escaped(LISTED)}`, "/scrape"];
  for (const from of ["192.0.2.9", "2001:db8::9"]) {
    for (const target of targets) {
      assertEquals(tracker.fail(target, from), { reason: ADDRESS_REFUSED, retryMin: null });
    }
    assertEquals(tracker.get("/stats.json", from).status, 200);
  }
  assertEquals(tracker.counts, [0, 0, 6]);
  assertEquals(tracker.announce(queryOf(LISTED), "198.51.100.1").incomplete, 1);
  assertEquals(tracker.announce(queryOf(LISTED), "2001:db8:8000::1").incomplete, 2);
});

Deno.test("above its budget an address is told when to announce again", () => {
  const clock = { ms: 0 };
  const access = accessOf({ budget: budgetOf(2, 600) }, () => clock.ms);
  const tracker = new TestTracker({ access });
  const target = `/announce?${queryOf(LISTED)}`;
  tracker.announce(queryOf(LISTED));
  tracker.announce(queryOf(LISTED));
  assertEquals(tracker.fail(target), { reason: "your address announces too often", retryMin: "5" });
  clock.ms += 240_001;
  assertEquals(tracker.fail(target).retryMin, "1");
  assertEquals(tracker.announce(queryOf(LISTED), "192.0.2.2").incomplete, 2);
  clock.ms += 60_000;
  assertEquals(tracker.announce(queryOf(LISTED)).incomplete, 2);
});

Deno.test("whoever a proxy does not name is neither refused by address nor counted", () => {
  const access = accessOf(
    { networks: networkList(["0.0.0.0/0", "::/0"]), budget: budgetOf(1, 600) },
    () => 0,
  );
  const tracker = new TestTracker({ access });
  const reasons = [1, 2].map(() => tracker.fail(`/announce?${queryOf(LISTED)}`, null).reason);
  assertEquals(new Set(reasons), new Set(["the proxy in front of this tracker does not say where you are"]));
});
