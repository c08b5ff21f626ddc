// The made-up tracker, as `tracker top` gets to know it.
import { parseStats, parseTopTorrents, type Stats, type TopTorrents } from "../../src/terminal/report.ts";
import type { View } from "../../src/terminal/frame.ts";
import { Samples } from "../../src/terminal/samples.ts";
import { STATS_JSON, type StatsSnapshot, TOP_JSON } from "../../src/stats/mod.ts";
import { reportSource, snapshot } from "../stats/report_source.ts";

/** What is read of the statistics of the made-up tracker, with `changes` to what it has counted. */
export async function stats(changes: Partial<StatsSnapshot> = {}): Promise<Stats> {
  const source = reportSource({ snapshot: { ...snapshot(), ...changes } });
  return parseStats(String(await STATS_JSON.render(source)))!;
}

export async function topTorrents(showsHashes = true): Promise<TopTorrents> {
  return parseTopTorrents(String(await TOP_JSON.render(reportSource({ showsHashes }))));
}

/** What is shown after the first answer. */
export async function view(changes: Partial<View> = {}): Promise<View> {
  return {
    name: "127.0.0.1:6969",
    answered: { stats: await stats(), top: await topTorrents(), ageSec: 0 },
    samples: new Samples(),
    problem: null,
    intervalSec: 2,
    ...changes,
  };
}
