// What HTTP serves beside answers to clients: statistics, where and for whom, and the way to a page elsewhere.
import { assertEquals } from "@std/assert";
import { createPublished, Published, publishTokenFile, TOKENS_WORDS_MAX } from "../../src/access/mod.ts";
import { parseCidr } from "../../src/addresses/mod.ts";
import { METHOD_HEAD, METHOD_OPTIONS } from "../../src/http/request.ts";
import { TempFolder } from "../harness.ts";
import { EXAMPLE_BODIES, exampleStatistics } from "./example_statistics.ts";
import { type Answer, type Asked, TestTracker } from "./handler.ts";

/** What comes with every document, and with those that anybody may read. */
const DOCUMENT = "Vary: Accept-Encoding\r\nCache-Control: no-store\r\n";
const ANYBODY = `${DOCUMENT}Access-Control-Allow-Origin: *\r\n`;
const REFUSED = "the statistics are not for this address";
const TOKEN = "a-token-of-some-length";

/** The status, and the body of an answer that is none of refusal. */
function statusOf({ status, text }: Answer): string {
  return status === 200 ? text : String(status);
}

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

Deno.test("each document is at its place, for anybody's web page, but for the page itself", () => {
  const tracker = new TestTracker();
  for (const target of ["/stats.json", "/stats.json?pretty", "/metrics", "/history.json"]) {
    const { status, contentType, headers, text } = tracker.get(target);
    const path = target.split("?")[0];
    const type = path.endsWith(".json") ? "application/json" : "text/plain";
    assertEquals([status, contentType, headers, text], [200, type, ANYBODY, EXAMPLE_BODIES[path]]);
  }
  const page = tracker.get("/?x");
  assertEquals([page.status, page.headers, page.text], [
    200,
    `X-Page: 1\r\n${DOCUMENT}`,
    EXAMPLE_BODIES["/"],
  ]);
  assertEquals(tracker.counts, [0, 0, 0]);
});

Deno.test("a document is given compressed to those who accept it, where there is such a form of it", () => {
  const tracker = new TestTracker();
  const asked = { acceptsGzip: true };
  for (const target of ["/metrics", "/stats?mode=peer"]) {
    const { status, headers, text } = tracker.get(target, undefined, asked);
    assertEquals([status, headers, text], [200, `${ANYBODY}Content-Encoding: gzip\r\n`, "gz"]);
  }
  const { status, headers, text } = tracker.get("/stats.json", undefined, asked);
  assertEquals([status, headers, text], [200, ANYBODY, EXAMPLE_BODIES["/stats.json"]]);
  assertEquals(tracker.get("/stats?mode=top10", undefined, asked).status, 403);
});

Deno.test("/stats is told by its mode, however the query is written", () => {
  const tracker = new TestTracker();
  const targets = [
    "/stats",
    "/stats?",
    "/stats?mode=peer",
    "/stats?x=y&mode=peer&format=txt",
    "/stats?mode=other&mode=peer",
    "/stats?%6dode=%70eer",
    "/stats?&&mode=peer&",
  ];
  for (const target of targets) {
    const { status, contentType, headers, text } = tracker.get(target);
    assertEquals([status, contentType, headers, text], [200, "text/plain", ANYBODY, "peers"], target);
  }
  assertEquals(tracker.counts, [0, 0, 0]);
  const unknown = [
    "/stats?mode=",
    "/stats?mode",
    "/stats?mode=Peer",
    "/stats?mode=peer&format=xml",
    "/stats?mode=%zz",
    `/stats?mode=${"peer".repeat(100)}`,
    "/stats?mode=__proto__",
  ];
  for (const target of unknown) assertEquals(tracker.get(target).status, 400, target);
  assertEquals(tracker.counts, [0, 0, unknown.length]);
});

Deno.test("what is withheld is refused, and what is not there yet is to be asked for again", () => {
  const tracker = new TestTracker();
  assertEquals(tracker.get("/stats?mode=top10").status, 403);
  assertEquals(tracker.get("/stats?mode=top10").text, "info hashes are not told");
  const { status, headers } = tracker.get("/stats?mode=late");
  assertEquals([status, headers], [503, "Retry-After: 1\r\n"]);
  assertEquals(tracker.counts, [0, 0, 3]);
});

Deno.test("a list of all torrents is given where hashes are told and full scrapes are given", () => {
  const ask = (statsHashes: boolean, fullScrape: boolean, format: string) =>
    new TestTracker({ statsHashes, fullScrape }).ask(`/stats?mode=tpbs${format}`);
  assertEquals(ask(false, true, "").status, 403);
  assertEquals(ask(true, false, "").status, 403);
  assertEquals(ask(true, true, "&format=xml").status, 400);
  for (const [format, expected] of [["", "txt"], ["&format=ben", "ben"], ["&format=bin", "bin"]]) {
    const { status, headers, stream } = ask(true, true, format);
    assertEquals([status, headers, stream?.format], [200, ANYBODY, expected]);
  }
});

Deno.test("OPTIONS of a document lets anybody's web page ask, with a token too", () => {
  const tracker = new TestTracker();
  for (const target of ["/stats.json", "/stats.json?x", "/stats?mode=peer", "/metrics"]) {
    const { status, contentType, headers, body } = tracker.ask(target, { method: METHOD_OPTIONS });
    assertEquals([status, contentType, body.length], [204, "", 0]);
    assertEquals(headers.split("\r\n"), [
      "Access-Control-Allow-Origin: *",
      "Access-Control-Allow-Methods: GET, HEAD",
      "Access-Control-Allow-Headers: *, Authorization",
      "Access-Control-Max-Age: 86400",
      "Allow: GET, HEAD, OPTIONS",
      "",
    ]);
  }
  assertEquals(tracker.counts, [0, 0, 0]);
});

/** Where the settings put things: for each target what is there, a body or a status. */
const PLACES: [statsPath: string, redirectUrl: string | null, places: Record<string, string>][] = [
  ["stats", null, {
    "/": "<p>page",
    "/stats": "peers",
    "/stats.json": `{"example":1}`,
    "/metrics": "metrics 1\n",
    "/history.json": "[]",
    "/page.js": "script",
    "/stats/": "404",
    "/stats/metrics": "404",
    "/stats.json/": "404",
    "/metrics/": "404",
    "//": "404",
    "/Metrics": "404",
    "/%6detrics": "404",
  }],
  ["stats", "https://a.example/", {
    "/": "302",
    "/stats": "peers",
    "/stats.json": `{"example":1}`,
    "/metrics": "metrics 1\n",
    "/history.json": "[]",
    "/page.js": "404",
    "/stats/": "<p>page",
    "/stats/page.js": "script",
    "/stats/metrics": "metrics 1\n",
    "/stats/history.json": "[]",
  }],
  ["a-1/b", null, {
    "/": "404",
    "/a-1/b": "peers",
    "/a-1/b?mode=peer": "peers",
    "/a-1/b.json": `{"example":1}`,
    "/a-1/b/": "<p>page",
    "/a-1/b/metrics": "metrics 1\n",
    "/a-1/b/history.json": "[]",
    "/a-1/b/page.js": "script",
    "/stats": "404",
    "/stats.json": "404",
    "/metrics": "404",
    "/history.json": "404",
    "/page.js": "404",
    "/a-1/": "404",
  }],
];

for (const [statsPath, redirectUrl, places] of PLACES) {
  Deno.test(`the statistics are at /${statsPath}${redirectUrl === null ? "" : " with a redirection"}`, () => {
    const tracker = new TestTracker({ statsPath, redirectUrl });
    for (const [target, expected] of Object.entries(places)) {
      assertEquals(statusOf(tracker.get(target)), expected, target);
    }
  });
}

Deno.test("where there are no statistics nothing is at their places", () => {
  const tracker = new TestTracker({ statistics: null });
  for (const target of ["/", "/stats", "/stats.json", "/metrics", "/page.js"]) {
    assertEquals(tracker.get(target).status, 404, target);
    assertEquals(tracker.ask(target, { method: METHOD_OPTIONS }).status, 405, target);
  }
  assertEquals(tracker.get("/health").status, 200);
});

Deno.test("listeners for clients and those for statistics serve nothing of each other", () => {
  const tracker = new TestTracker({ redirectUrl: "https://a.example/" });
  const announce = "/announce?info_hash=ABCDEFGHIJKLMNOPQRST&port=1";
  const statusesOf = (serves: Asked["serves"] & string) =>
    [announce, "/scrape?info_hash=ABCDEFGHIJKLMNOPQRST", "/stats", "/stats.json", "/stats/", "/health", "/"]
      .map((target) => tracker.get(target, undefined, { serves }).status);
  assertEquals(statusesOf("all"), [200, 200, 200, 200, 200, 200, 302]);
  assertEquals(statusesOf("clients"), [200, 200, 404, 404, 404, 200, 302]);
  assertEquals(statusesOf("statistics"), [404, 404, 200, 200, 200, 200, 302]);
});

Deno.test("the statistics are for those whom the operator names", () => {
  const statsFrom = ["192.0.2.1", "198.51.100.0/24", "2001:db8::/32"].map((text) => parseCidr(text)!);
  const tracker = new TestTracker({ statsFrom });
  const targets = ["/stats.json", "/stats", "/metrics", "/", "/page.js"];
  for (const from of ["192.0.2.1", "198.51.100.77", "2001:db8:1::5"]) {
    for (const target of targets) assertEquals(tracker.get(target, from).status, 200, from);
    // Nor for pages of other sites that are visited from there.
    assertEquals(tracker.get("/stats.json", from).headers, DOCUMENT);
  }
  assertEquals(tracker.counts, [0, 0, 0]);
  assertEquals(new TestTracker({ statsFrom }).ask("/stats.json", { method: METHOD_OPTIONS }).status, 405);
  // The last one is behind a proxy that does not tell who it is.
  const others = ["192.0.2.2", "198.51.101.1", "2001:db9::1", null];
  for (const from of others) {
    for (const target of targets) {
      const { status, headers, text } = tracker.get(target, from);
      assertEquals([status, headers, text], [403, "", REFUSED], String(from));
    }
    assertEquals(tracker.get("/health", from).status, 200);
  }
  assertEquals(tracker.counts, [0, 0, others.length * targets.length]);
});

/** A tracker whose statistics are for those who have TOKEN. */
async function trackerWithToken(): Promise<TestTracker> {
  using folder = new TempFolder();
  Deno.writeTextFileSync(folder.file("tokens"), `${TOKEN}\n`);
  const tokens = createPublished(TOKENS_WORDS_MAX);
  await publishTokenFile(folder.file("tokens"), new Published(tokens));
  return new TestTracker({ statistics: exampleStatistics(EXAMPLE_BODIES, tokens) });
}

Deno.test("the statistics are for those who have a token, as a bearer or as a password", async () => {
  const tracker = await trackerWithToken();
  const right = [
    `Bearer ${TOKEN}`,
    `bearer   ${TOKEN}`,
    `Basic ${btoa(`:${TOKEN}`)}`,
    `basic ${btoa(`any body:${TOKEN}`)}`,
  ];
  for (const authorization of right) {
    for (const target of ["/stats.json", "/stats", "/metrics", "/", "/page.js"]) {
      assertEquals(tracker.get(target, undefined, { authorization }).status, 200, authorization);
    }
  }
  assertEquals(tracker.counts, [0, 0, 0]);
  const wrong = [
    "",
    TOKEN,
    "Bearer",
    "Bearer ",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN}, Bearer ${TOKEN}`,
    `Bearer ${TOKEN}\u0000`,
    `Basic ${TOKEN}`,
    `Basic ${btoa(TOKEN)}`,
    `Basic ${btoa(`${TOKEN}:`)}`,
    `Basic ${btoa(`a:b:${TOKEN}`)}`,
    `Basic ${btoa(`a:${TOKEN}`).replace(/=*$/, "==")}=`,
    "Basic ====",
    `Digest ${TOKEN}`,
  ];
  for (const authorization of wrong) {
    const { status, headers, text } = tracker.get("/stats.json", undefined, { authorization });
    assertEquals([status, text], [401, "the statistics are for those who have a token"], authorization);
    assertEquals(headers.split("\r\n"), [
      'WWW-Authenticate: Bearer realm="statistics"',
      'WWW-Authenticate: Basic realm="statistics"',
      "Access-Control-Allow-Origin: *",
      "",
    ]);
  }
  assertEquals(tracker.counts, [0, 0, wrong.length]);
  assertEquals(tracker.get("/health").status, 200);
  assertEquals(tracker.get("/nothing").status, 404);
  assertEquals(tracker.ask("/stats.json", { method: METHOD_OPTIONS }).status, 204);
});

Deno.test("a file is given as the client takes it, and once", () => {
  const tracker = new TestTracker();
  const fields = (headers: string) => headers.split("\r\n").filter((line) => line !== "");
  const common = ["Cache-Control: public, max-age=31536000, immutable", "Vary: Accept-Encoding"];
  const rest = [...common, "X-Content-Type-Options: nosniff"];
  const plain = tracker.get("/page.js?1");
  assertEquals([plain.status, plain.contentType, plain.text], [200, "text/javascript", "script"]);
  assertEquals(fields(plain.headers), ['ETag: "1"', ...rest]);
  const compressed = tracker.get("/page.js", undefined, { acceptsGzip: true });
  assertEquals(compressed.text, "compressed");
  assertEquals(fields(compressed.headers), ['ETag: "1-gzip"', ...rest, "Content-Encoding: gzip"]);
  const known = tracker.get("/page.js", undefined, { ifNoneMatch: '"x", "1"' });
  assertEquals([known.status, known.contentType, known.text], [304, "", ""]);
  assertEquals(fields(known.headers), ['ETag: "1"', ...rest]);
  assertEquals(tracker.get("/page.js", undefined, { ifNoneMatch: '"1-gzip"' }).status, 200);
  assertEquals(tracker.get("/page.js", undefined, { ifNoneMatch: 'W/"1"' }).status, 304);
  assertEquals(tracker.get("/page.js", undefined, { ifNoneMatch: "*" }).status, 304);
  const both = { ifNoneMatch: '"1-gzip"', acceptsGzip: true };
  assertEquals(tracker.get("/page.js", undefined, both).status, 304);
});
