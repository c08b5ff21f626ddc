// The documents for programs, of the made-up tracker in report_source.ts.
import { assertEquals } from "@std/assert";
import {
  HISTORY_COLUMNS,
  HISTORY_JSON,
  type HistoryJson,
  type ReportDocument,
  type ReportSource,
  STATS_JSON,
  type StatsJson,
  TOP_JSON,
  type TopJson,
} from "../../src/stats/mod.ts";
import { history, reportSource, snapshot, topTorrents } from "./report_source.ts";

function rendered<T>({ render }: ReportDocument, source: ReportSource = reportSource()): T {
  const body = render(source);
  if (typeof body !== "string") throw new Error("The document was not rendered at once");
  return JSON.parse(body);
}

Deno.test("/stats.json tells all of a snapshot", () => {
  const source = snapshot();
  const { requests, table, odb } = source;
  const json = rendered<StatsJson>(STATS_JSON);
  const { udp, http, rates, workers, ...rest } = json;
  assertEquals(rest, {
    version: source.version,
    time_unix_ms: source.timeUnixMs,
    started_unix_ms: source.startedUnixMs,
    uptime_s: source.uptimeSec,
    counting_since_unix: source.countingSinceUnix,
    condition: "well",
    problem: null,
    torrents: table.torrents,
    peers: table.peers,
    seeders: table.seeders,
    leechers: table.leechers,
    completed: table.completed,
    completions: requests.completed,
    renewals_by_min: source.renewals,
    odb: {
      is_saved: true,
      saves: odb.saves,
      save_failures: odb.saveFailures,
      failing_since_unix: 0,
      last_error: "",
      last_save_unix: odb.lastSaveUnix,
      last_save_ms: odb.lastSaveMs,
      last_save_bytes: odb.lastSaveBytes,
      restored_torrents: odb.restoredTorrents,
      restored_peers: odb.restoredPeers,
      left_out_peers: odb.leftOutPeers,
    },
    table: {
      bytes_used: table.bytesUsed,
      bytes_reserved: table.bytesReserved,
      rejected_full: table.rejectedFull,
      max_torrents: table.maxTorrents,
      max_peers: table.maxPeers,
    },
    process: { resident_bytes: source.residentBytes, cpu_s: source.cpuSec },
  });
  assertEquals(udp, {
    connects: requests.udpConnects,
    announces: requests.udpAnnounces,
    scrapes: requests.udpScrapes,
    errors: requests.udpErrors,
    dropped: requests.udpDropped,
    errors_by_cause: source.udpErrorCauses,
    latency: {
      bounds_us: source.udpLatency.boundsUs,
      counts: source.udpLatency.counts,
      sum_us: source.udpLatency.sumUs,
    },
  });
  assertEquals(http, {
    connections: requests.httpConnections,
    announces: requests.httpAnnounces,
    scrapes: requests.httpScrapes,
    full_scrapes: requests.httpFullScrapes,
    full_scrape_bytes: requests.httpFullScrapeBytes,
    errors: requests.httpErrors,
    errors_by_cause: source.httpErrorCauses,
    latency: {
      bounds_us: source.httpLatency.boundsUs,
      counts: source.httpLatency.counts,
      sum_us: source.httpLatency.sumUs,
    },
  });
  assertEquals(workers.map(({ name, udp, completions }) => [name, udp.announces, completions]), [
    ["udp-1", 1_230_000, 1_700],
    ["udp-2", 1_170_000, 1_601],
    ["http-1", 0, 88],
  ]);
  assertEquals(rates.minute.udp.announces, Math.round(source.ratesMinute.udpAnnounces * 1e4) / 1e4);
  assertEquals(rates.five_minutes.completions, Math.round(source.ratesFiveMinutes.completed * 1e4) / 1e4);
});

Deno.test("/stats.json says what is wrong", () => {
  const source = reportSource({
    snapshot: { ...snapshot(), condition: "degraded", problem: "degraded: nothing can be saved" },
  });
  const { condition, problem } = rendered<StatsJson>(STATS_JSON, source);
  assertEquals([condition, problem], ["degraded", "degraded: nothing can be saved"]);
});

Deno.test("/history.json has every column under its name, with four decimals", () => {
  const source = reportSource();
  source.history = {
    ...source.history,
    columns: { ...source.history.columns, saveAgeSec: [null, ...history().columns.saveAgeSec.slice(1)] },
  };
  const { step_s, columns } = rendered<HistoryJson>(HISTORY_JSON, source);
  assertEquals(step_s, 5);
  assertEquals(Object.keys(columns).length, HISTORY_COLUMNS.length);
  assertEquals(columns.time_unix, history().columns.timeUnix);
  assertEquals(columns.http_announces[180], 12);
  const [load] = history().columns.udpScrapes.slice(10);
  assertEquals(columns.udp_scrapes[10], Math.round(load * 1e4) / 1e4);
  assertEquals(columns.save_age_sec, source.history.columns.saveAgeSec);
  assertEquals(columns.table_fill.length, 720);
});

Deno.test("/top.json lists torrents, and their hashes only where they may be shown", () => {
  const { by_peers, by_seeders } = rendered<TopJson>(TOP_JSON);
  const { topBySeeders } = reportSource();
  const [first] = topTorrents();
  assertEquals(by_peers.length, 100);
  assertEquals(by_peers[0], {
    info_hash: first.infoHash,
    seeders: first.seeders,
    leechers: first.leechers,
    completed: first.completed,
  });
  assertEquals(by_seeders.map(({ info_hash }) => info_hash), topBySeeders.map(({ infoHash }) => infoHash));
  const hidden = rendered<TopJson>(TOP_JSON, reportSource({ showsHashes: false }));
  assertEquals([...hidden.by_peers, ...hidden.by_seeders].some(({ info_hash }) => info_hash !== null), false);
  assertEquals(hidden.by_peers[0].seeders, first.seeders);
});

Deno.test("only the lists of torrents want a walk of the table", () => {
  const documents = [STATS_JSON, HISTORY_JSON, TOP_JSON];
  assertEquals(documents.map(({ target, needsTop, contentType }) => [target, needsTop, contentType]), [
    ["/stats.json", false, "application/json"],
    ["/history.json", false, "application/json"],
    ["/top.json", true, "application/json"],
  ]);
});
