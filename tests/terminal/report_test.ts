// What is read of a tracker's answers: all of the real ones, and nothing harmful of others.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseStats, parseTopTorrents, plain } from "../../src/terminal/report.ts";
import { STATS_JSON, TOP_JSON } from "../../src/stats/mod.ts";
import { reportSource, snapshot } from "../stats/report_source.ts";
import { stats, topTorrents } from "./views.ts";

const ODB = { ...snapshot().odb, failingSinceUnix: 1_770_000_000, lastError: "no space is left" };

/** Every value within an object, by the way to it. */
function leaves(value: unknown, way = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[way, value]];
  return Object.entries(value).flatMap(([name, member]) => leaves(member, `${way}/${name}`));
}

Deno.test("everything that is read of the statistics is in them, under that name", async () => {
  const source = reportSource({ snapshot: { ...snapshot(), problem: "degraded: made up", odb: ODB } });
  const document = String(await STATS_JSON.render(source));
  const written = new Map(leaves(JSON.parse(document)));
  const read = leaves(parseStats(document));
  assert(read.length > 80);
  for (const [way, value] of read) assertEquals(value, written.get(way), way);
});

Deno.test("everything that is read of the top list is in it, under that name", async () => {
  const { by_peers } = JSON.parse(String(await TOP_JSON.render(reportSource())));
  assertEquals(await topTorrents(), by_peers);
  assertEquals((await topTorrents(false)).map(({ info_hash }) => info_hash), Array(100).fill(""));
});

Deno.test("what is missing is nothing, and what is no statistics is none", () => {
  const read = parseStats('{"torrents":7,"udp":{"announces":"8"},"workers":{},"condition":5,"odb":null}');
  assertEquals(read?.torrents, 7);
  assertEquals(read?.udp, {
    connects: 0,
    announces: 0,
    scrapes: 0,
    errors: 0,
    dropped: 0,
    errors_by_cause: {},
  });
  assertEquals([read?.workers, read?.condition, read?.odb.saves], [[], "", 0]);
  for (const text of ["", "[]", "null", "<html>", "{}", '{"torrents":"7"}', '{"torrents":null}']) {
    assertEquals(parseStats(text), null, text);
    assertEquals(parseTopTorrents(text), [], text);
  }
});

Deno.test("text that goes to a terminal is printable, and short", async () => {
  assertEquals(plain("\x1b[2J\x9b31m\u202e\u0301é\n\t~ !"), "?[2J?31m?????~ !");
  assertEquals(plain("a".repeat(5000)).length, 200);
  const workers = [{ ...snapshot().workers[0], name: "\x1b]0;owned\x07" }];
  const read = await stats({ version: "\x1bc", workers, udpErrorCauses: { "\x1b[H": 1 } });
  assertEquals([read.version, read.workers[0].name], ["?c", "?]0;owned?"]);
  assertEquals(read.udp.errors_by_cause, { "?[H": 1 });
});

Deno.test("whatever JSON it is given, the reader takes", () => {
  const anything = fc.record({ torrents: fc.integer() }).chain((some) =>
    fc.dictionary(fc.constantFrom("udp", "http", "rates", "workers", "odb", "table"), fc.jsonValue())
      .map((others) => ({ ...others, ...some }))
  );
  fc.assert(fc.property(anything, (document) => {
    const read = parseStats(JSON.stringify(document));
    for (const [, value] of leaves(read)) assert(typeof value !== "number" || Number.isFinite(value));
    assertEquals(read?.torrents, document.torrents);
  }));
});
