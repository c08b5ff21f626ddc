import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FAILURE } from "../../src/http/failure.ts";
import { COUNTER } from "../../src/stats/mod.ts";
import { failureOf, TestTracker } from "./handler.ts";

const FAILURE_ANSWERS = new Set(Object.values(FAILURE).map(failureOf));

Deno.test("/health and /stats.json are documents", () => {
  const tracker = new TestTracker();
  const health = tracker.get("/health");
  assertEquals([health.status, health.contentType, health.text], [200, "text/plain", "ok"]);
  const stats = tracker.get("/stats.json?pretty");
  assertEquals([stats.status, stats.contentType, stats.text], [200, "application/json", `{"example":1}`]);
  assertEquals(tracker.counters[COUNTER.httpErrors], 0);
});

const UNKNOWN_TARGETS = [
  "",
  "/",
  "?",
  "announce",
  "/announc",
  "/announcer",
  "/announce/",
  "//announce",
  "/ANNOUNCE",
  "*",
];

for (const target of UNKNOWN_TARGETS) {
  Deno.test(`there is nothing at "${target}"`, () => {
    const tracker = new TestTracker();
    const { status, contentType, text } = tracker.get(`${target}?info_hash=ABCDEFGHIJKLMNOPQRST&port=1`);
    assertEquals([status, contentType, text], [404, "text/plain", "not found"]);
    assertEquals(tracker.counters[COUNTER.httpErrors], 1);
  });
}

Deno.test("random targets are not found", () => {
  const tracker = new TestTracker();
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
