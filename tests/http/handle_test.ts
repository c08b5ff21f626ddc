import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FAILURE } from "../../src/http/failure.ts";
import { METHOD_GET, METHOD_HEAD, METHOD_OPTIONS } from "../../src/http/request.ts";
import { escaped } from "../http_client.ts";
import { failureOf, TestTracker } from "./handler.ts";

const FAILURE_ANSWERS = new Set(Object.values(FAILURE).map(failureOf));

Deno.test("/health says what is wrong, with a status that balancers understand", () => {
  const tracker = new TestTracker();
  tracker.healthProblem = "degraded: anything";
  const { status, contentType, text } = tracker.get("/health");
  assertEquals([status, contentType, text], [503, "text/plain", "degraded: anything"]);
  tracker.healthProblem = null;
  assertEquals(tracker.get("/health").status, 200);
});

Deno.test("/health is a document", () => {
  const tracker = new TestTracker();
  const { status, contentType, headers, text } = tracker.get("/health");
  assertEquals([status, contentType, headers, text], [200, "text/plain", "", "ok"]);
  assertEquals(tracker.counts, [0, 0, 0]);
});

Deno.test("OPTIONS of anything else is not allowed, and does nothing", () => {
  const tracker = new TestTracker({ fullScrape: true });
  const targets = [
    "/announce?info_hash=ABCDEFGHIJKLMNOPQRST&port=1",
    "/scrape",
    "/health",
    "/",
    "/page.js",
    "*",
    "/x",
  ];
  for (const target of targets) {
    const { status, headers, stream } = tracker.ask(target, { method: METHOD_OPTIONS });
    assertEquals([status, headers, stream], [405, "Allow: GET, HEAD\r\n", null], target);
  }
  assertEquals(tracker.counts, [0, 0, targets.length]);
  assertEquals(tracker.announce("info_hash=ABCDEFGHIJKLMNOPQRST&port=2").incomplete, 1);
});

Deno.test("HEAD is answered as GET is, for the transport to cut", () => {
  for (
    const target of [
      "/health",
      "/stats.json",
      "/page.js",
      "/scrape",
      "/scrape?info_hash=ABCDEFGHIJKLMNOPQRST",
      "/x",
    ]
  ) {
    const [get, head] = ([METHOD_GET, METHOD_HEAD] as const).map((method) => {
      const { status, contentType, headers, body } = new TestTracker().ask(target, { method });
      return { status, contentType, headers, body: body.slice() };
    });
    assertEquals(head, get);
  }
});

Deno.test("what one answer says is not in the next", () => {
  const tracker = new TestTracker({ fullScrape: true });
  tracker.ask("/scrape");
  tracker.ask("/stats.json", { method: METHOD_OPTIONS });
  const { status, contentType, headers, stream } = tracker.ask("/health");
  assertEquals([status, contentType, headers, stream], [200, "text/plain", "", null]);
  tracker.ask("/scrape", { from: "192.0.2.9" });
  assertEquals(tracker.ask("/health").stream, null);
});

Deno.test("a passkey in the path means nothing", () => {
  const tracker = new TestTracker();
  const query = "?info_hash=ABCDEFGHIJKLMNOPQRST&port";
  for (const [i, path] of ["/announce", "/announce/key", "/key/announce"].entries()) {
    assert(tracker.get(`${path}${query}=${i + 1}`).text.includes(`10:incompletei${i + 1}e`), path);
  }
  for (const path of ["/scrape", "/scrape/key", "/key/scrape"]) {
    assert(tracker.get(`${path}${query}`).text.includes("10:incompletei3e"), path);
  }
});

Deno.test("there is nothing anywhere else", () => {
  const tracker = new TestTracker();
  for (const path of ["", "?", "*", "/announce/", "//announce", "/a/b/announce", "/ANNOUNCE"]) {
    const { status, contentType, headers, text } = tracker.get(
      `${path}?info_hash=ABCDEFGHIJKLMNOPQRST&port=1`,
    );
    assertEquals([status, contentType, headers, text], [404, "text/plain", "", "not found"], path);
  }
  assertEquals(tracker.counts, [0, 0, 7]);
});

Deno.test("random targets are not found", () => {
  const tracker = new TestTracker({ statistics: null });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (target) => {
    assertEquals(tracker.get(target).status, 404);
  }));
});

/** Pieces of queries, whole and broken, so that random ones come near to what the tracker reads. */
const PIECES = [
  ...[
    "info_hash",
    "peer_id",
    "port",
    "left",
    "event",
    "numwant",
    "compact",
    "no_peer_id",
    "trackerid",
    "=",
    "&",
    "%",
    "%0",
  ],
  ...[
    "%00",
    "%zz",
    "+",
    "-",
    "0",
    "1",
    "65536",
    "stopped",
    "?",
    "\xff",
    "ABCDEFGHIJKLMNOPQRST",
    "port=1&",
    "x",
  ],
  "info_hash=ABCDEFGHIJKLMNOPQRST&",
];

Deno.test("broken queries are answered with a failure reason, and the tracker goes on", () => {
  const tracker = new TestTracker();
  const bytes = fc.uint8Array({ maxLength: 60 }).map((bytes) => String.fromCharCode(...bytes));
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((pieces) => pieces.join(""));
  const path = fc.constantFrom("/announce?", "/scrape?");
  fc.assert(
    fc.property(path, fc.oneof(bytes, pieces), (path, query) => {
      const { status, text } = tracker.get(path + query);
      assertEquals(status, 200);
      assert(
        FAILURE_ANSWERS.has(text) || text.startsWith("d8:complete") || text.startsWith("d5:filesd20:"),
        text,
      );
    }),
    { numRuns: 2000 },
  );
  assertEquals(tracker.announce("info_hash=aaaaaaaaaaaaaaaaaaaa&port=1").incomplete, 1);
});

/** Values that a client may send, by their keys; those that are not listed here mean nothing. */
const VALID = fc.record({
  port: fc.integer({ min: 1, max: 65535 }).map(String),
  left: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  event: fc.constantFrom("started", "completed", "stopped", "paused", "empty", "", "no such event"),
  numwant: fc.integer({ min: -10, max: 300 }).map(String),
  compact: fc.constantFrom("0", "1", ""),
  no_peer_id: fc.constantFrom("0", "1", ""),
  peer_id: fc.uint8Array({ minLength: 20, maxLength: 20 }),
  trackerid: fc.uint8Array({ maxLength: 100 }),
  uploaded: fc.uint8Array({ maxLength: 10 }),
  key: fc.uint8Array({ maxLength: 10 }),
  ip: fc.constantFrom("203.0.113.1", "nonsense"),
}, { requiredKeys: ["port"] });

Deno.test("no announce of valid values fails, whatever their order, and every answer is canonical", () => {
  const tracker = new TestTracker({ warningMessage: "a warning" });
  const hash = fc.constantFrom("ABCDEFGHIJKLMNOPQRST", "%00".repeat(20));
  const order = fc.array(fc.nat(), { minLength: 12, maxLength: 12 });
  const from = fc.constantFrom("192.0.2.1", "2001:db8::1");
  fc.assert(
    fc.property(VALID, hash, order, from, (valid, hash, order, from) => {
      const segments = Object.entries(valid).map(([key, value]) =>
        `${key}=${typeof value === "string" ? encodeURIComponent(value) : escaped(value)}`
      );
      const shuffled = [`info_hash=${hash}`, ...segments]
        .map((segment, i) => ({ segment, place: order[i] }))
        .sort((a, b) => a.place - b.place)
        .map(({ segment }) => segment);
      const answer = tracker.announce(shuffled.join("&"), from);
      assertEquals(answer["external ip"].length, from === "192.0.2.1" ? 4 : 16);
      const wanted = Number(valid.numwant ?? -1);
      const count = Array.isArray(answer.peers) ? answer.peers.length : answer.peers.length / 6;
      const count6 = (answer.peers6?.length ?? 0) / 18;
      assert(count + count6 <= (wanted < 0 ? 50 : Math.min(wanted, 200)));
    }),
    { numRuns: 1000 },
  );
});
