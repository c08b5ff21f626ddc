// What HTTP serves beside answers to clients: statistics, where and for whom, and the way to a page elsewhere.
import { assertEquals } from "@std/assert";
import { parseCidr } from "../../src/config/mod.ts";
import { METHOD_HEAD, METHOD_OPTIONS } from "../../src/http/request.ts";
import { TestTracker } from "./handler.ts";

const REFUSED = "the statistics are not for this address";

Deno.test("without a redirection there is nothing at the root", () => {
  const tracker = new TestTracker();
  assertEquals(tracker.get("/").status, 404);
  assertEquals(tracker.counts, [0, 0, 1]);
});

Deno.test("the root redirects, whatever the query, and nothing else does", () => {
  const tracker = new TestTracker({ redirectUrl: "https://tracker.example/a?b" });
  for (const target of ["/", "/?", "/?x=y"]) {
    const { status, headers, text } = tracker.get(target);
    assertEquals([status, headers, text], [
      302,
      "Location: https://tracker.example/a?b\r\n",
      "https://tracker.example/a?b",
    ]);
  }
  assertEquals(tracker.ask("/", { method: METHOD_HEAD }).status, 302);
  assertEquals(tracker.ask("/", { method: METHOD_OPTIONS }).status, 405);
  assertEquals(tracker.get("//").status, 404);
  assertEquals(tracker.get("/health").status, 200);
});

Deno.test("the statistics are where the operator wants them alone", () => {
  const tracker = new TestTracker({ statsPath: "a-1/b" });
  assertEquals(tracker.get("/a-1/b.json").text, '{"example":1}');
  assertEquals(tracker.get("/stats.json").status, 404);
  assertEquals(tracker.ask("/a-1/b.json", { method: METHOD_OPTIONS }).status, 204);
  assertEquals(tracker.ask("/stats.json", { method: METHOD_OPTIONS }).status, 405);
});

Deno.test("the statistics are for those whom the operator names", () => {
  const statsFrom = ["192.0.2.1", "198.51.100.0/24", "2001:db8::/32"].map((text) => parseCidr(text)!);
  const tracker = new TestTracker({ statsFrom });
  for (const from of ["192.0.2.1", "198.51.100.77", "2001:db8:1::5"]) {
    assertEquals(tracker.get("/stats.json", from).text, '{"example":1}', from);
  }
  assertEquals(tracker.counts, [0, 0, 0]);
  // The last one is behind a proxy that does not tell who it is.
  const others = ["192.0.2.2", "198.51.101.1", "2001:db9::1", null];
  for (const from of others) {
    const { status, headers, text } = tracker.get("/stats.json", from);
    assertEquals([status, headers, text], [403, "", REFUSED], String(from));
    assertEquals(tracker.get("/health", from).status, 200);
  }
  assertEquals(tracker.counts, [0, 0, others.length]);
});
