import type { Endpoint } from "./harness.ts";
import { httpGet } from "./http_client.ts";
import { PROCESS_MS } from "./process.ts";
import { until } from "./within.ts";

/** The part of `/stats.json` that tests of the whole program look at. */
export interface Stats {
  torrents: number;
  peers: number;
  uptime_s: number;
  counting_since_unix: number;
  udp: { connects: number; announces: number; scrapes: number; errors: number; dropped: number };
  http: { announces: number; scrapes: number; errors: number };
  odb: {
    saves: number;
    save_failures: number;
    failing_since_unix: number;
    last_error: string;
    restored_torrents: number;
    restored_peers: number;
  };
  table: { bytes_used: number; rejected_full: number };
}

/** The tracker's `/stats.json` at this moment. */
export async function readStats(http: Endpoint): Promise<Stats> {
  const { status, body } = await httpGet(http, "/stats.json");
  if (status !== 200) throw new Error(`/stats.json has status ${status}`);
  return JSON.parse(new TextDecoder().decode(body));
}

/** Waits until `/stats.json` is as wanted and returns it; it is rendered from time to time, and nothing tells when. */
export async function statsWhen(http: Endpoint, wanted: (stats: Stats) => boolean): Promise<Stats> {
  let stats: Stats;
  return await until(PROCESS_MS, async () => {
    stats = await readStats(http);
    return wanted(stats) && stats;
  }, () => `/stats.json stays at ${JSON.stringify(stats)}`);
}
