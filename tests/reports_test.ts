// Reports of documents of the tests' own: which are made when, and what happens to those that cannot be.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { setupLog } from "../src/log.ts";
import { openLibc } from "../src/os/mod.ts";
import { createTable } from "../src/peers/mod.ts";
import { Reports } from "../src/reports.ts";
import {
  BoardReader,
  createCounters,
  DOCUMENT_BYTES_MAX,
  type ReportDocument,
  type ReportSource,
} from "../src/stats/mod.ts";
import { until } from "./within.ts";

// Here and not in the first test that needs it, which would seem to leave the library open.
openLibc();

const PATIENCE_MS = 60_000;
const TORRENT = { infoHash: "00".repeat(20), seeders: 1, leechers: 2, completed: 3 };

function documentOf(target: string, render: ReportDocument["render"], needsTop = false): ReportDocument {
  return { target, contentType: "text/plain", headers: "", needsTop, render };
}

/** Reports that have begun, over an empty table. */
class TestReports implements Disposable {
  readonly reports: Reports;
  readonly board: BoardReader;
  /** How many top torrents were asked for, each time. */
  readonly asked: number[] = [];

  private constructor(documents: ReportDocument[], showsHashes: boolean) {
    this.reports = new Reports(
      documents,
      { files: [], tokens: null },
      showsHashes,
      () => ({ residentBytes: 1, cpuSec: 1 }),
    );
    this.board = new BoardReader(this.reports.parts.board);
  }

  /** `isReady` is asked with each snapshot. */
  static async begin(
    documents: ReportDocument[],
    showsHashes = false,
    isReady = () => true,
  ): Promise<TestReports> {
    const test = new TestReports(documents, showsHashes);
    await test.reports.begin({
      counters: createCounters(1),
      workers: ["udp-1"],
      table: createTable({ maxPeers: 10, maxTorrents: 20, peerIds: false }),
      isSaved: false,
      isReady,
      askTop: (count) => test.asked.push(count),
    });
    return test;
  }

  /** Lets so many ticks pass, all documents being made in each. */
  async pass(ticks: number): Promise<void> {
    for (let i = 0; i < ticks; i++) await this.reports.refresh();
  }

  text(document: number): string | null {
    const read = this.board.read(document);
    return read === null ? null : new TextDecoder().decode(read.body);
  }

  [Symbol.dispose](): void {
    this.reports.end();
  }
}

Deno.test("all documents are there when the reports have begun, and anew when they are refreshed", async () => {
  let made = 0;
  const source = ({ snapshot, history, top, topBySeeders, showsHashes }: ReportSource) =>
    JSON.stringify([
      [snapshot.table.maxPeers, snapshot.table.maxTorrents, snapshot.workers.length],
      [history.stepSec, top.length, topBySeeders.length, showsHashes],
    ]);
  using test = await TestReports.begin([
    documentOf("/source", source),
    documentOf("/count", () => Promise.resolve(String(++made))),
    documentOf("/withheld", () => null),
  ], true);
  assertEquals(test.text(0), "[[10,20,1],[5,0,0,true]]");
  assertEquals([test.text(1), test.board.has(2), test.text(2)], ["1", true, null]);
  await test.reports.refresh();
  assertEquals(test.text(1), "2");
});

Deno.test("documents are compressed, but for those that are tiny", async () => {
  const long = "é".repeat(1024);
  using test = await TestReports.begin([
    documentOf("/long", () => long),
    documentOf("/tiny", () => "x".repeat(1023)),
    documentOf("/withheld", () => null),
  ]);
  const { gzipped } = test.board.read(0)!;
  const unpacked = new Blob([gzipped!]).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(unpacked).text(), long);
  assertEquals([test.board.read(1)?.gzipped, test.text(2)], [null, null]);
});

Deno.test("a document that somebody reads is made with each tick, and others once in a while", async () => {
  let read = 0;
  let unread = 0;
  let unreadByThen = Infinity;
  using test = await TestReports.begin([
    documentOf("/read", () => {
      if (++read === 5) unreadByThen = unread;
      return String(read);
    }),
    documentOf("/unread", () => String(++unread)),
  ]);
  test.text(0);
  await until(PATIENCE_MS, () => Promise.resolve(read >= 5), () => `made ${read} times`);
  assert(unreadByThen <= 2, `made ${unreadByThen} times`);
  assertEquals(test.asked, [100]);
});

Deno.test("documents that take longer than a tick are made one after the other, and a refresh waits", async () => {
  let snapshots = 0;
  let made = 0;
  let underWay = 0;
  let mostUnderWay = 0;
  let gate = Promise.resolve();
  const slow = documentOf("/slow", async () => {
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    await gate;
    underWay--;
    return String(++made);
  });
  using test = await TestReports.begin([slow], false, () => ++snapshots > 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  const first = test.reports.refresh();
  test.text(0);
  // One for it, and two ticks.
  const enough = snapshots + 3;
  const isEnough = () => Promise.resolve(snapshots >= enough);
  await until(PATIENCE_MS, isEnough, () => `${snapshots} snapshots`);
  assertEquals([made, mostUnderWay], [1, 1]);
  const second = test.reports.refresh();
  resolve();
  await Promise.all([first, second]);
  assertEquals(made, 3);
  assertEquals(mostUnderWay, 1);
});

Deno.test("what nobody reads is made anew too, and so are the top torrents found", async () => {
  let made = 0;
  using test = await TestReports.begin([documentOf("/unread", () => String(++made), true)]);
  for (let tick = 1; tick < 59; tick++) await test.reports.refresh();
  assertEquals(test.asked, [100]);
  const before = made;
  await until(PATIENCE_MS, () => Promise.resolve(made > before), () => `made ${made} times`);
});

Deno.test("the top torrents are found at once, and again when they have come", async () => {
  const render = ({ top, topBySeeders }: ReportSource) => `${top.length} ${topBySeeders.length}`;
  using test = await TestReports.begin([documentOf("/top", render, true)]);
  assertEquals([test.text(0), test.asked], ["0 0", [100]]);
  await test.pass(100);
  // Whoever has them found may be at something else for hours.
  assertEquals([test.text(0), test.asked], ["0 0", [100]]);
  test.reports.takeTop({ byPeers: [TORRENT], bySeeders: [TORRENT, TORRENT] });
  await test.pass(1);
  assertEquals([test.text(0), test.asked], ["1 2", [100, 100]]);
});

Deno.test("a document that cannot be made stays as it was, which is told once", async () => {
  const lines: string[] = [];
  setupLog({ logLevel: "error" }, (line) => lines.push(line));
  let round = 0;
  using test = await TestReports.begin([
    documentOf("/long", () => "x".repeat(round === 0 ? 1 : DOCUMENT_BYTES_MAX + 1)),
    documentOf("/failing", () => {
      if (round > 0) throw new Error("no reason");
      return "first";
    }),
    documentOf("/rejecting", () => round === 0 ? "first" : Promise.reject(new Error("none"))),
    documentOf("/well", () => String(round)),
  ]);
  for (round = 1; round <= 2; round++) await test.reports.refresh();
  assertEquals([0, 1, 2, 3].map((number) => test.text(number)), ["x", "first", "first", "2"]);
  assertEquals(lines.length, 3);
  assertMatch(lines[0], /error \/long stays as it was: it is longer than 1048576 bytes\n/);
  assertMatch(lines[1], /error \/failing stays as it was: no reason\n/);
  assertMatch(lines[2], /error \/rejecting stays as it was: none\n/);
});
