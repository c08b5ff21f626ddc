// The page as it is sent, before any script.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PAGE_FILES, pageDocuments } from "../../src/page/mod.ts";
import type { Condition, ReportSource, WorkerReport } from "../../src/stats/mod.ts";
import { history, historyWithout, reportSource, snapshot } from "../stats/report_source.ts";
import { PAGE_OPTIONS } from "./page_server.ts";

/** What the page and its files may come to over the wire. */
const GZIP_BYTES_MAX = 40 * 1024;

async function render(source: ReportSource = reportSource(), options = PAGE_OPTIONS): Promise<string> {
  return await pageDocuments(options)[0].render(source) ?? "";
}

/** The page from the table of the last hour on, which is its last. */
function hourOf(page: string): string {
  return page.slice(page.indexOf('id="numbers"'));
}

async function gzipBytes(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("the page is one document of HTML, made anew for each snapshot", async () => {
  const [page, ...others] = pageDocuments(PAGE_OPTIONS);
  assertEquals(others, []);
  assertEquals([page.target, page.contentType, page.needsTop], ["/", "text/html; charset=utf-8", true]);
  const text = await render();
  assertEquals(text.startsWith('<!DOCTYPE html>\n<html lang="en">'), true);
  assertStringIncludes(text, "Version 0.1.0, up for 2\u00a0h 3\u00a0min. As of 2026-02-03 04:05:06 UTC.");
  for (const shown of ["101,234", "456,789", "300,123", "156,666", "98,765", "2,400,000", "179\u00a0MiB"]) {
    assertStringIncludes(text, `>${shown}<`);
  }
});

Deno.test("nothing from elsewhere is loaded, and nothing in the markup runs or styles", async () => {
  const text = await render();
  const headers = pageDocuments(PAGE_OPTIONS)[0].headers;
  assertMatch(headers, /^Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; /);
  assertEquals(headers.includes("unsafe"), false);
  assertMatch(headers, /\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n/);
  assertEquals(text.match(/\s(style|on\w+)=/g), null);
  assertEquals(text.match(/<style|<script(?! type="module" src="page\.js\?\w+")/g), null);
  const loaded = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url.replace(/\?\w+$/, ""));
  assertEquals(loaded.slice(1), ["page.css", "page.js", "stats.json", "metrics", "history.json"]);
  assertMatch(loaded[0], /^data:image\/svg\+xml,%3Csvg/);
});

Deno.test("hashes of torrents are shown where that is allowed, and nowhere else", async () => {
  const hash = reportSource().top[0].infoHash;
  assertStringIncludes(await render(reportSource({ showsHashes: true })), `<code>${hash}</code>`);
  const hidden = await render(reportSource({ showsHashes: false }));
  assertEquals(hidden.match(/[0-9a-f]{40}/g), null);
  assertStringIncludes(hidden, '<th scope="row">1</th><td>1,310</td><td>900</td><td>410</td><td>5,000</td>');
});

Deno.test("each state has a word, a shape, a title and a picture of its own", async () => {
  const conditions: Condition[] = ["starting", "well", "full", "degraded"];
  const pages = await Promise.all(
    conditions.map((condition) =>
      render(reportSource({ snapshot: { ...snapshot(), condition, problem: null } }))
    ),
  );
  const parts = [
    /role="status">(\w+)</,
    /<svg viewBox[^>]*>(.*?)<\/svg>/,
    /<title>(.*?)<\/title>/,
    /rel="icon"[^>]* href="(.*?)"/,
  ];
  for (const part of parts) {
    const texts = pages.map((page) => part.exec(page)?.[1]);
    assertEquals(new Set(texts).size, conditions.length, `${part}: ${texts}`);
    assertEquals(texts.includes(undefined), false, String(part));
  }
  assertStringIncludes(pages[1], "<title>tracker</title>");
  assertStringIncludes(pages[3], "<title>Degraded \u2013 tracker</title>");
});

Deno.test("the problem is told without its first word, which stands before it", async () => {
  const problem = "degraded: a save has been due for 4000 seconds: no space is left";
  const text = await render(reportSource({ snapshot: { ...snapshot(), condition: "degraded", problem } }));
  assertStringIncludes(
    text,
    "Degraded</span></strong> <span>A save has been due for 4000 seconds: no space is left</span>",
  );
});

Deno.test("what is read aloud is the state's word alone, and no figure that changes all the time", async () => {
  const source = reportSource();
  source.snapshot.condition = "full";
  source.snapshot.problem = "full: the table holds 9 of 10 peers";
  const [, spoken] = /role="status">([^<]*)</.exec(await render(source)) ?? [];
  assertEquals(spoken, "Full");
});

Deno.test("a save is never from a time to come, though the date was set back", async () => {
  const source = reportSource();
  source.snapshot.odb.lastSaveUnix = source.snapshot.timeUnixMs / 1000 + 500;
  assertStringIncludes(await render(source), '<th scope="row">Last save</th><td>0\u00a0s ago</td>');
});

Deno.test("no text becomes markup", async () => {
  const evil = `</td><script>"'&`;
  const source = reportSource();
  source.snapshot.odb.lastError = evil;
  source.snapshot.workers[0].name = evil;
  source.snapshot.problem = evil;
  source.snapshot.version = evil;
  const text = await render(source);
  assertEquals(text.includes(evil), false);
  assertEquals(text.split("&lt;/td&gt;&lt;script&gt;&quot;&#39;&amp;").length, 5);
});

Deno.test("a tracker that has just started and was asked nothing yet has a page too", async () => {
  const source = reportSource({ top: [] });
  source.history = {
    stepSec: 5,
    columns: Object.fromEntries(
      Object.keys(source.history.columns).map((name) => [name, []]),
    ) as unknown as typeof source.history.columns,
  };
  source.snapshot.udpLatency.counts = source.snapshot.udpLatency.counts.map(() => 0);
  source.snapshot.udpErrorCauses = { too_short: 0 };
  source.snapshot.httpErrorCauses = {};
  source.snapshot.odb = { ...source.snapshot.odb, lastSaveUnix: 0 };
  const text = await render(source);
  assertEquals(text.match(/NaN|Infinity|undefined|null/g), null);
  assertStringIncludes(text, '<div class="cards" id="row" data-time-unix="">');
  assertStringIncludes(text, '<data data-column="udp_announces" value="">\u2013</data>');
  assertStringIncludes(text, "Errors by cause: none so far");
  assertStringIncludes(text, "By peers: none yet");
  assertStringIncludes(text, '<th scope="row">Last save</th><td>none yet</td>');
});

Deno.test("without a state file there is no chart of its age, and the page says why", async () => {
  const source = reportSource();
  source.snapshot.odb.isSaved = false;
  const text = await render(source);
  assertEquals(text.includes("now-save-age"), false);
  assertStringIncludes(text, "Saved state: none, nothing outlives a restart");
  assertEquals((await render()).includes("now-save-age"), true);
});

Deno.test("the last hour is a table of five minutes a row, newest first", async () => {
  const body = hourOf(await render());
  const times = [...body.matchAll(/<th scope="row">(\d\d:\d\d:\d\d)<\/th>/g)].map(([, time]) => time);
  assertEquals(times.length, 12);
  assertEquals([times[0], times[11]], ["04:05:06", "03:10:06"]);
  // 102.4 a second for 5 of 300 seconds.
  assertEquals(body.match(/<td>1\.71<\/td>/g)?.length, 1);
});

Deno.test("five minutes in which nothing was noted are not in the table, nor is what is longer ago than an hour", async () => {
  const times = async (source: ReportSource) => {
    const rows = hourOf(await render(source)).matchAll(/<th scope="row">\d\d:(\d\d):06</g);
    return [...rows].map(([, minute]) => minute);
  };
  const ends = ["05", "00", "55", "50", "45", "30", "25", "20", "15", "10"];
  assertEquals(await times(reportSource({ history: historyWithout(300, 420) })), ends);
  const paused = history();
  const timeUnix = paused.columns.timeUnix.map((time, row) => row < 420 ? time - 3600 : time);
  const past = { ...paused, columns: { ...paused.columns, timeUnix } };
  assertEquals(await times(reportSource({ history: past })), ends.slice(0, 5));
});

Deno.test("where nothing was saved since the start the page says so, and no age", async () => {
  const source = reportSource();
  const saveAgeSec = source.history.columns.saveAgeSec.map(() => null);
  source.history = { ...source.history, columns: { ...source.history.columns, saveAgeSec } };
  const text = await render(source);
  assertStringIncludes(
    text,
    '<dt>Saved</dt><dd><data data-column="save_age_sec" value="">not since the start</data></dd>',
  );
  assertEquals(hourOf(text).match(/<td>\u2013<\/td><\/tr>/g)?.length, 12);
  assertStringIncludes(await render(), 'value="123">2\u00a0min 3\u00a0s ago</data>');
});

Deno.test("handling times are told by the bounds that they stay below", async () => {
  const source = reportSource();
  const boundsUs = [10, 100, 1000];
  source.snapshot.udpLatency = { boundsUs, counts: [500, 489, 10, 1], sumUs: 40_000 };
  source.snapshot.httpLatency = { boundsUs, counts: [0, 0, 0, 4], sumUs: 2_000_000 };
  const text = await render(source);
  const cells = (...texts: string[]) => texts.map((cell) => `<td>${cell}</td>`).join("");
  assertStringIncludes(
    text,
    cells("40\u00a0µs", "≤ 10\u00a0µs", "≤ 1\u00a0ms", "≤ 1\u00a0ms"),
  );
  assertStringIncludes(
    text,
    cells("500\u00a0ms", "&gt; 1\u00a0ms", "&gt; 1\u00a0ms", "&gt; 1\u00a0ms"),
  );
});

Deno.test("announce URLs: every port over UDP once, and HTTP where the page itself came from", async () => {
  const text = await render();
  assertEquals(text.match(/<code data-[^>]*>/g), [
    '<code data-scheme="udp" data-port="6969">',
    '<code data-own="announce">',
  ]);
  assertStringIncludes(text, ">http://your.host:8080/announce<");
  const apart = await render(reportSource(), {
    announce: [{ scheme: "http", port: 80 }, { scheme: "https", port: 443 }],
    ownAnnounces: false,
    up: "../",
    statsName: "hidden",
  });
  assertEquals([...apart.matchAll(/<code data-[^>]*>(.*?)<\/code>/g)].map(([, url]) => url), [
    "http://your.host/announce",
    "https://your.host/announce",
  ]);
  assertStringIncludes(apart, 'href="../hidden.json"');
});

Deno.test("the page with its files is small over the wire", async () => {
  const sizes = await Promise.all([await render(), ...PAGE_FILES.map(({ text }) => text)].map(gzipBytes));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assertEquals(total <= GZIP_BYTES_MAX, true, `${total} bytes: ${sizes}`);
});

Deno.test("the page of the largest tracker stays small", async () => {
  const source = reportSource();
  const [worker] = source.snapshot.workers;
  source.snapshot.workers = Array.from(
    { length: 192 },
    (_, i): WorkerReport => ({ ...worker, name: `https-${i}` }),
  );
  const bytes = new TextEncoder().encode(await render(source)).length;
  assertEquals(bytes <= 64 * 1024, true, `${bytes} bytes`);
});

Deno.test("the chart library's licence goes along with what is made of it", () => {
  assertEquals(PAGE_FILES.map(({ name }) => name), ["page.js", "page.css"]);
  for (const { text } of PAGE_FILES) {
    assertMatch(text, /^\/\*!\nuPlot\n\nThe MIT License \(MIT\)\n\nCopyright \(c\) \d+ Leon Sorokin\n/);
    assertStringIncludes(text, "THE SOFTWARE IS PROVIDED");
  }
});
