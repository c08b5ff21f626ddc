// The text of every mode against a state whose numbers all differ.
import { assertEquals } from "@std/assert";
import type { ReportSource } from "../../src/stats/mod.ts";
import { STATS_MODES } from "../../src/stats_modes/mod.ts";
import { reportSource, snapshot, SNAPSHOT_UNIX_MS, UPTIME_SEC } from "../stats/report_source.ts";

async function textOf(mode: string, source: ReportSource): Promise<string | null> {
  const [found] = STATS_MODES.filter(({ target }) => target === `/stats?mode=${mode}`);
  return await found.render(source);
}

/** A source with these members of the snapshot in place of the made-up ones. */
function sourceWith(changes: Partial<ReturnType<typeof snapshot>>): ReportSource {
  return reportSource({ snapshot: { ...snapshot(), ...changes } });
}

/** Requests as they are counted, so small that every figure can be read off. */
const REQUESTS = {
  ...snapshot().requests,
  udpConnects: 40_000,
  udpAnnounces: 50_000,
  udpScrapes: 600,
  udpErrors: 70,
  udpDropped: 8,
  httpConnections: 9000,
  httpAnnounces: 7500,
  httpScrapes: 310,
  httpFullScrapes: 10,
  httpFullScrapeBytes: 123_456_789,
  httpErrors: 12,
  completed: 7001,
};
const SOURCE = sourceWith({
  uptimeSec: UPTIME_SEC,
  countingSinceUnix: Math.floor(SNAPSHOT_UNIX_MS / 1000) - UPTIME_SEC,
  requests: REQUESTS,
});
const UPTIME_LINE = "7384 seconds (2 hours)";

Deno.test("every mode is served as text, and only those of torrents want the table walked", () => {
  const modes = ["peer", "conn", "scrp", "udp4", "tcp4", "torr", "fscr", "completed", "renew", "version"];
  assertEquals(STATS_MODES.map(({ target }) => target), [
    ...[...modes, "everything", "top10", "top100"].map((mode) => `/stats?mode=${mode}`),
  ]);
  for (const { target, contentType, headers, needsTop } of STATS_MODES) {
    assertEquals([contentType, headers, needsTop], ["text/plain", "", target.includes("top")], target);
  }
});

Deno.test("the modes of four lines", async () => {
  const expected = {
    peer: "456789\n300123\nopentracker serving 101234 torrents\nopentracker",
    torr: "101234\n0\nopentracker serving 101234 torrents\nopentracker",
    conn: `99670\n97500\n${UPTIME_LINE}\nopentracker connections, 13 conns/s :: 13 success/s.`,
    udp4: `90670\n90000\n${UPTIME_LINE}\nopentracker udp4 stats, 12 conns/s :: 12 success/s.`,
    tcp4: `9000\n7500\n${UPTIME_LINE}\nopentracker tcp4 stats, 1 conns/s :: 1 success/s.`,
    scrp: `300\n600\n${UPTIME_LINE}\nopentracker scrape stats, 0 scrape/s (tcp and udp)`,
    fscr: `10000\n123456789\n${UPTIME_LINE}\nopentracker full scrape stats, 0 conns/s :: 16719 bytes/s.`,
    completed: `7001\n0\n${UPTIME_LINE}\nopentracker, 3500 completed/h.`,
  };
  for (const [mode, text] of Object.entries(expected)) assertEquals(await textOf(mode, SOURCE), text, mode);
});

Deno.test("means are over the time that is counted, uptimes over this run, and a first second is a whole one", async () => {
  const unix = Math.floor(SNAPSHOT_UNIX_MS / 1000);
  const restarted = sourceWith({ requests: REQUESTS, uptimeSec: 0, countingSinceUnix: unix - 10 });
  assertEquals(
    await textOf("tcp4", restarted),
    "9000\n7500\n0 seconds (0 hours)\nopentracker tcp4 stats, 900 conns/s :: 750 success/s.",
  );
  const fresh = sourceWith({ requests: REQUESTS, uptimeSec: 0, countingSinceUnix: unix });
  assertEquals(
    await textOf("completed", fresh),
    "7001\n0\n0 seconds (0 hours)\nopentracker, 7001 completed/h.",
  );
  const setBack = sourceWith({ requests: REQUESTS, uptimeSec: 100, countingSinceUnix: unix + 5000 });
  assertEquals(
    await textOf("tcp4", setBack),
    "9000\n7500\n100 seconds (0 hours)\nopentracker tcp4 stats, 90 conns/s :: 75 success/s.",
  );
});

Deno.test("renewals have a line for each minute that opentracker knows, and one more only when it has something", async () => {
  const renewals = Array.from({ length: 46 }, (_, minute) => minute === 45 ? 0 : minute * 3);
  const lines = Array.from(
    { length: 45 },
    (_, minute) => `${String(minute).padStart(2, "0")} ${minute * 3}\n`,
  );
  assertEquals(await textOf("renew", sourceWith({ renewals })), lines.join(""));
  renewals[45] = 8;
  assertEquals(await textOf("renew", sourceWith({ renewals })), `${lines.join("")}45 8\n`);
});

Deno.test("the version is ours", async () => {
  assertEquals(await textOf("version", sourceWith({ version: "1.2.3" })), "tracker 1.2.3\n");
});

Deno.test("top torrents are by peers and by seeders, with hashes in capitals", async () => {
  const torrent = (digit: string, seeders: number, leechers: number) => (
    { infoHash: digit.repeat(40), seeders, leechers, completed: 1 }
  );
  const many = torrent("a", 10, 15), seeded = torrent("b", 12, 2), few = torrent("0", 0, 3);
  const source = reportSource({ top: [many, seeded, few], topBySeeders: [seeded, many] });
  const lines = (...numbers: string[]) =>
    numbers.map((number) => `\t${number}\t`).flatMap((start, i) =>
      start + ["A", "B", "0"][i].repeat(40) + "\n"
    );
  for (const count of [10, 100]) {
    assertEquals(
      await textOf(`top${count}`, source),
      `Top ${count} torrents by peers:\n${lines("25", "14", "3").join("")}` +
        `Top ${count} torrents by seeds:\n\t12\t${"B".repeat(40)}\n\t10\t${"A".repeat(40)}\n`,
    );
  }
});

Deno.test("top torrents are as many as asked for, and none where hashes are not shown", async () => {
  const lengths = async (mode: string) => (await textOf(mode, reportSource()))!.split("\n").length - 1;
  assertEquals([await lengths("top10"), await lengths("top100")], [22, 202]);
  for (const mode of ["top10", "top100"]) {
    assertEquals(await textOf(mode, reportSource({ showsHashes: false })), null);
  }
});

Deno.test("everything is XML", async () => {
  const renewals = Array.from({ length: 46 }, (_, minute) => minute === 1 ? 5 : 0);
  const source = sourceWith({
    version: "1.2.3",
    requests: REQUESTS,
    renewals,
    udpErrorCauses: { too_short: 30, bad_connection_id: 40 },
    httpErrorCauses: { not_found: 11, forbidden: 1 },
  });
  const minutes = renewals.slice(0, 45).map((count, minute) =>
    `      <count interval="${String(minute).padStart(2, "0")}">${count}</count>\n`
  );
  assertEquals(
    await textOf("everything", source),
    `<?xml version="1.0" encoding="UTF-8"?>
<stats>
  <version>
tracker 1.2.3
  </version>
  <uptime>7384</uptime>
  <torrents>
    <count_mutex>101234</count_mutex>
    <count_iterator>101234</count_iterator>
  </torrents>
  <peers>
    <count>456789</count>
  </peers>
  <seeds>
    <count>300123</count>
  </seeds>
  <completed>
    <count>7001</count>
  </completed>
  <connections>
    <tcp>
      <accept>9000</accept>
      <announce>7500</announce>
      <scrape>300</scrape>
    </tcp>
    <udp>
      <overall>90670</overall>
      <connect>40000</connect>
      <announce>50000</announce>
      <scrape>600</scrape>
      <missmatch>40</missmatch>
    </udp>
  </connections>
  <debug>
    <renew>
${minutes.join("")}    </renew>
    <http_error>
      <count code="not_found">11</count>
      <count code="forbidden">1</count>
    </http_error>
  </debug>
</stats>`,
  );
});
