// What Prometheus is told, from a made-up tracker: every number, and that its own checker finds nothing to say.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Registry } from "../../src/metrics/prom_client.ts";
import { METRICS_DOCUMENTS } from "../../src/metrics/mod.ts";
import type { ReportSource } from "../../src/stats/snapshot.ts";
import { testWith } from "../requirements.ts";
import { reportSource, snapshot, SNAPSHOT_UNIX_MS, UPTIME_SEC } from "../stats/report_source.ts";
import { checkMetrics, PROMTOOL } from "./promtool.ts";

const [METRICS] = METRICS_DOCUMENTS;

async function rendered(source: ReportSource = reportSource()): Promise<string> {
  const text = await METRICS.render(source);
  assert(text !== null);
  return text;
}

/** The lines that begin with a metric's name, without it. */
function series(text: string, name: string): string[] {
  return text.split("\n").filter((line) => /^[{ ]/.test(line.slice(name.length)) && line.startsWith(name))
    .map((line) => line.slice(name.length));
}

Deno.test("the metrics are one document, of the library's format", () => {
  assertEquals(METRICS_DOCUMENTS.map(({ target }) => target), ["/metrics"]);
  assertEquals(METRICS.contentType, Registry.PROMETHEUS_CONTENT_TYPE);
});

Deno.test("the metrics have what was counted, by protocol, cause and thread", async () => {
  const text = await rendered();
  const expected: Record<string, string[]> = {
    tracker_connects_total: [" 800000"],
    tracker_announces_total: ['{protocol="udp"} 2400000', '{protocol="http"} 58000'],
    tracker_scrapes_total: ['{protocol="udp"} 72500', '{protocol="http"} 2900'],
    tracker_full_scrapes_total: [" 3"],
    tracker_full_scrape_bytes_total: [" 2700000"],
    tracker_errors_total: [
      '{protocol="udp",cause="too_short"} 940',
      '{protocol="udp",cause="bad_connection_id"} 7003',
      '{protocol="udp",cause="refused_client"} 0',
      '{protocol="udp",cause="refused_torrent"} 61',
      '{protocol="http",cause="no_info_hash"} 150',
      '{protocol="http",cause="refused_torrent"} 40',
      '{protocol="http",cause="not_found"} 17',
    ],
    tracker_dropped_total: [" 512"],
    tracker_http_connections_total: [" 61000"],
    tracker_completed_total: [" 3389"],
    tracker_rejected_total: [" 9"],
    process_cpu_seconds_total: [" 21.5"],
    tracker_worker_requests_total: [
      '{worker="udp-1"} 1677000',
      '{worker="udp-2"} 1595500',
      '{worker="http-1"} 60900',
    ],
  };
  for (const [name, lines] of Object.entries(expected)) {
    assertEquals(series(text, name), lines, name);
    assertMatch(text, new RegExp(`^# TYPE ${name} counter$`, "m"));
  }
});

Deno.test("the metrics have the table, the state's file and the process, in base units", async () => {
  const text = await rendered();
  const expected: Record<string, string[]> = {
    tracker_torrents: [" 101234"],
    tracker_seeders: [" 300123"],
    tracker_leechers: [" 156666"],
    tracker_downloads: [" 98765"],
    tracker_table_bytes: ['{kind="used"} 61000000', '{kind="reserved"} 1200000000'],
    tracker_table_fill_ratio: ['{kind="peers"} 0.0456789', '{kind="torrents"} 0.050617'],
    tracker_condition: [
      '{condition="starting"} 0',
      '{condition="well"} 1',
      '{condition="full"} 0',
      '{condition="degraded"} 0',
    ],
    tracker_odb_failing_since_timestamp_seconds: [" 0"],
    tracker_odb_last_save_timestamp_seconds: [` ${Math.floor(SNAPSHOT_UNIX_MS / 1000) - 123}`],
    tracker_odb_last_save_duration_seconds: [" 0.345"],
    tracker_odb_last_save_bytes: [" 9441003"],
    tracker_odb_restored_torrents: [" 99001"],
    tracker_odb_restored_peers: [" 440002"],
    tracker_odb_left_out_peers: [" 1003"],
    tracker_build_info: [`{version="0.1.0",deno="${Deno.version.deno}"} 1`],
    process_start_time_seconds: [` ${SNAPSHOT_UNIX_MS / 1000 - UPTIME_SEC}`],
    process_resident_memory_bytes: [" 187654144"],
  };
  for (const [name, lines] of Object.entries(expected)) {
    assertEquals(series(text, name), lines, name);
    assertMatch(text, new RegExp(`^# TYPE ${name} gauge$`, "m"));
  }
});

Deno.test("the metrics have nothing of what earlier runs have counted, which may be less after a crash", async () => {
  const { requests } = snapshot();
  const earlier = Object.fromEntries(Object.entries(requests).map(([name, count]) => [name, count + 8e9]));
  const restarted = {
    ...snapshot(),
    requests: { ...requests, ...earlier },
    udpErrorCauses: { too_short: 8e9 },
  };
  assertEquals(await rendered(reportSource({ snapshot: restarted })), await rendered());
});

Deno.test("the histogram has for each bound how many requests took at most that", async () => {
  const latency = (counts: number[], sumUs: number) => ({ boundsUs: [20, 500, 1_000_000], counts, sumUs });
  const text = await rendered(reportSource({
    snapshot: {
      ...snapshot(),
      udpLatency: latency([5, 3, 0, 1], 2_500_000),
      httpLatency: latency([0, 0, 0, 0], 0),
    },
  }));
  const name = "tracker_request_duration_seconds";
  assertMatch(text, new RegExp(`^# TYPE ${name} histogram$`, "m"));
  assertEquals(series(text, `${name}_bucket`), [
    '{le="0.00002",protocol="udp"} 5',
    '{le="0.0005",protocol="udp"} 8',
    '{le="1",protocol="udp"} 8',
    '{le="+Inf",protocol="udp"} 9',
    '{le="0.00002",protocol="http"} 0',
    '{le="0.0005",protocol="http"} 0',
    '{le="1",protocol="http"} 0',
    '{le="+Inf",protocol="http"} 0',
  ]);
  assertEquals(series(text, `${name}_sum`), ['{protocol="udp"} 2.5', '{protocol="http"} 0']);
  assertEquals(series(text, `${name}_count`), ['{protocol="udp"} 9', '{protocol="http"} 0']);
});

Deno.test("metrics that are made at the same time do not mix, and keep nothing of older ones", async () => {
  const sinceStart = { ...snapshot().sinceStart, udpErrorCauses: {} };
  const degraded = { ...snapshot(), condition: "degraded" as const, sinceStart, workers: [] };
  const [first, second] = await Promise.all([
    rendered(),
    rendered(reportSource({ snapshot: degraded })),
  ]);
  assertEquals(first, await rendered());
  assertEquals(series(second, "tracker_condition").at(-1), '{condition="degraded"} 1');
  assertEquals(series(second, "tracker_errors_total").length, 3);
  assertEquals(series(second, "tracker_worker_requests_total"), []);
});

testWith([PROMTOOL], "promtool finds nothing wrong with the metrics", async () => {
  await checkMetrics(await rendered());
});
