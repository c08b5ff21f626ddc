// The metrics of a running tracker.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "../compact_peers.ts";
import { type Endpoint, startTracker, TempFolder } from "../harness.ts";
import { httpAnnounce, httpGet } from "../http_client.ts";
import { PROCESS_MS } from "../process.ts";
import { testWith } from "../requirements.ts";
import { UdpClient } from "../udp_client.ts";
import { until } from "../within.ts";
import { checkMetrics, PROMTOOL } from "./promtool.ts";

async function scrape(http: Endpoint): Promise<string> {
  const { status, head, body } = await httpGet(http, "/metrics");
  assertEquals(status, 200);
  assertMatch(head, /^content-type: text\/plain; version=0\.0\.4; charset=utf-8\r?$/im);
  return new TextDecoder().decode(body);
}

/** The metrics once they have all of these lines; they are made from time to time, and nothing tells when. */
async function scrapeWhen(http: Endpoint, lines: string[]): Promise<string> {
  let text = "";
  return await until(PROCESS_MS, async () => {
    text = await scrape(http);
    return lines.every((line) => `\n${text}`.includes(`\n${line}\n`)) && text;
  }, () => `there are not all of ${lines.join(", ")} in:\n${text}`);
}

/** Every series of a counter, by its name and labels. */
function counters(text: string): Map<string, number> {
  const names = new Set([...text.matchAll(/^# TYPE (\w+) counter$/gm)].map(([, name]) => name));
  const series = [...text.matchAll(/^(\w+)(\{.*\})? (\S+)$/gm)].filter(([, name]) => names.has(name));
  return new Map(series.map(([, name, labels = "", value]) => [name + labels, Number(value)]));
}

testWith([PROMTOOL], "a tracker's metrics are what it was asked, and promtool finds no fault", async () => {
  using folder = new TempFolder();
  await using tracker = await startTracker([
    ...["--listen", "127.0.0.1:0", "--udp-workers", "2", "--odb", folder.file("state.odb")],
  ]);
  const [http] = tracker.http;
  const before = await scrape(http);
  await checkMetrics(before);
  using udp = await UdpClient.connect(tracker.udp[0]);
  const hash = randomHash();
  await udp.announce({ hash, port: 1001, left: 0 });
  await udp.announce({ hash, port: 1002 });
  await httpAnnounce(http, hash, { port: 1003 });
  assertEquals((await httpGet(http, "/nothing-here")).status, 404);
  tracker.signal("SIGUSR2");
  const after = await scrapeWhen(http, [
    'tracker_announces_total{protocol="udp"} 2',
    'tracker_announces_total{protocol="http"} 1',
    'tracker_errors_total{protocol="http",cause="not_found"} 1',
    "tracker_torrents 1",
    "tracker_seeders 1",
    "tracker_leechers 2",
    "tracker_odb_saves_total 1",
    'tracker_condition{condition="well"} 1',
  ]);
  await checkMetrics(after);
  const earlier = counters(before);
  const later = counters(after);
  assert(earlier.size > 40);
  for (const [name, value] of earlier) assert((later.get(name) ?? -1) >= value, name);
  const [, counted] = /^tracker_request_duration_seconds_count\{protocol="udp"\} (\d+)$/m.exec(after) ?? [];
  assert(Number(counted) >= 3);
});
