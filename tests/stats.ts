import type { StatsJson } from "../src/stats/mod.ts";
import type { Endpoint } from "./harness.ts";
import { httpGet } from "./http_client.ts";
import { PROCESS_MS } from "./process.ts";
import { until } from "./within.ts";

/** What `/stats.json` says, as of a moment after the question: it is made about once a second. */
export async function readStats(http: Endpoint): Promise<StatsJson> {
  const askedMs = Date.now();
  return await statsWhen(http, ({ time_unix_ms }) => time_unix_ms > askedMs);
}

/** Waits until `/stats.json` is as wanted and returns it. Nothing tells when it changes. */
export async function statsWhen(
  http: Endpoint,
  wanted: (stats: StatsJson) => boolean,
): Promise<StatsJson> {
  let stats: StatsJson;
  return await until(PROCESS_MS, async () => {
    const { status, body } = await httpGet(http, "/stats.json");
    if (status !== 200) throw new Error(`/stats.json has status ${status}`);
    stats = JSON.parse(new TextDecoder().decode(body));
    return wanted(stats) && stats;
  }, () => `/stats.json stays at ${JSON.stringify(stats)}`);
}
