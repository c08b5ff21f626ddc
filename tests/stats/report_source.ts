// A made-up tracker in the middle of its life, for tests of what is shown of it: every number differs from the others, and
// together they make sense.
import {
  HISTORY_COLUMNS,
  HISTORY_ROWS,
  HISTORY_STEP_SEC,
  type HistoryReport,
  type LatencyReport,
  type ReportSource,
  type RequestReport,
  type StatsSnapshot,
  type TopTorrent,
  type WorkerReport,
} from "../../src/stats/snapshot.ts";

/** When the snapshot was taken: 2026-02-03 04:05:06.789 UTC. */
export const SNAPSHOT_UNIX_MS = 1_770_091_506_789;
const SNAPSHOT_UNIX = Math.floor(SNAPSHOT_UNIX_MS / 1000);
/** Two hours, three minutes and four seconds. */
export const UPTIME_SEC = 7384;

const NO_REQUESTS: RequestReport = {
  udpConnects: 0,
  udpAnnounces: 0,
  udpScrapes: 0,
  udpErrors: 0,
  udpDropped: 0,
  httpConnections: 0,
  httpAnnounces: 0,
  httpScrapes: 0,
  httpFullScrapes: 0,
  httpFullScrapeBytes: 0,
  httpErrors: 0,
  completed: 0,
};

const WORKERS: WorkerReport[] = [
  {
    name: "udp-1",
    requests: {
      ...NO_REQUESTS,
      udpConnects: 410_000,
      udpAnnounces: 1_230_000,
      udpScrapes: 37_000,
      udpErrors: 4_100,
      completed: 1_700,
    },
  },
  {
    name: "udp-2",
    requests: {
      ...NO_REQUESTS,
      udpConnects: 390_000,
      udpAnnounces: 1_170_000,
      udpScrapes: 35_500,
      udpErrors: 3_904,
      completed: 1_601,
    },
  },
  {
    name: "http-1",
    requests: {
      ...NO_REQUESTS,
      httpConnections: 61_000,
      httpAnnounces: 58_000,
      httpScrapes: 2_900,
      httpFullScrapes: 3,
      httpFullScrapeBytes: 2_700_000,
      httpErrors: 207,
      completed: 88,
    },
  },
];

/** Sums of the workers, and the drops, which no worker counts. */
const UDP_CAUSES = { too_short: 940, bad_connection_id: 7_003, refused_client: 0, refused_torrent: 61 };
const HTTP_CAUSES = { no_info_hash: 150, refused_torrent: 40, not_found: 17 };
const REQUESTS: RequestReport = { ...sumOf(WORKERS.map(({ requests }) => requests)), udpDropped: 512 };

function sumOf(reports: RequestReport[]): RequestReport {
  const sum = { ...NO_REQUESTS };
  for (const report of reports) {
    for (const name of Object.keys(sum) as (keyof RequestReport)[]) sum[name] += report[name];
  }
  return sum;
}

function scaled(report: RequestReport, factor: number): RequestReport {
  const entries = Object.entries(report).map(([name, count]) => [name, count * factor]);
  return Object.fromEntries(entries) as unknown as RequestReport;
}

const BOUNDS_US = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** A histogram of `total` requests, most of them around the bound at `middle`. */
function latency(total: number, middle: number): LatencyReport {
  const counts = BOUNDS_US.map((_, i) => Math.floor(total / 3 / 4 ** Math.abs(i - middle)));
  const rest = total - counts.reduce((sum, count) => sum + count, 0);
  counts[middle] += rest - 1;
  const sumUs = counts.reduce((sum, count, i) => sum + count * BOUNDS_US[i] * 0.75, 0) + 1_500_000;
  return { boundsUs: BOUNDS_US, counts: [...counts, 1], sumUs };
}

/** The snapshot alone. A fresh object each time, for tests that change it. */
export function snapshot(): StatsSnapshot {
  return {
    version: "0.1.0",
    timeUnixMs: SNAPSHOT_UNIX_MS,
    startedUnixMs: SNAPSHOT_UNIX_MS - UPTIME_SEC * 1000,
    uptimeSec: UPTIME_SEC,
    countingSinceUnix: SNAPSHOT_UNIX - UPTIME_SEC,
    condition: "well",
    problem: null,
    table: {
      torrents: 101_234,
      peers: 456_789,
      seeders: 300_123,
      leechers: 156_666,
      completed: 98_765,
      bytesUsed: 61_000_000,
      bytesReserved: 1_200_000_000,
      rejectedFull: 9,
      maxTorrents: 2_000_000,
      maxPeers: 10_000_000,
    },
    requests: { ...REQUESTS },
    sinceStart: {
      requests: { ...REQUESTS },
      udpErrorCauses: { ...UDP_CAUSES },
      httpErrorCauses: { ...HTTP_CAUSES },
    },
    ratesMinute: scaled(REQUESTS, 1.25 / UPTIME_SEC),
    ratesFiveMinutes: scaled(REQUESTS, 1.125 / UPTIME_SEC),
    workers: structuredClone(WORKERS),
    udpErrorCauses: { ...UDP_CAUSES },
    httpErrorCauses: { ...HTTP_CAUSES },
    udpLatency: latency(REQUESTS.udpConnects + REQUESTS.udpAnnounces + REQUESTS.udpScrapes, 1),
    httpLatency: latency(REQUESTS.httpAnnounces + REQUESTS.httpScrapes, 3),
    renewals: Array.from({ length: 46 }, (_, minute) => minute < 25 ? minute : 12_000 - 10 * minute),
    odb: {
      isSaved: true,
      saves: 24,
      saveFailures: 2,
      failingSinceUnix: 0,
      lastError: "",
      lastSaveUnix: SNAPSHOT_UNIX - 123,
      lastSaveMs: 345,
      lastSaveBytes: 9_441_003,
      restoredTorrents: 99_001,
      restoredPeers: 440_002,
      leftOutPeers: 1_003,
    },
    residentBytes: 187_654_144,
    cpuSec: 21.5,
  };
}

/** An hour of history: the load goes up and down once, all else grows. */
export function history(): HistoryReport {
  const column = (value: (row: number) => number) =>
    Array.from({ length: HISTORY_ROWS }, (_, row) => value(row));
  const load = (row: number) => 1 + Math.sin((2 * Math.PI * row) / HISTORY_ROWS) / 2;
  return {
    stepSec: HISTORY_STEP_SEC,
    columns: {
      timeUnix: column((row) => SNAPSHOT_UNIX - (HISTORY_ROWS - 1 - row) * HISTORY_STEP_SEC),
      udpConnects: column((row) => 110 * load(row)),
      udpAnnounces: column((row) => 330 * load(row)),
      udpScrapes: column((row) => 10 * load(row)),
      httpAnnounces: column((row) => 8 * load(row)),
      httpScrapes: column((row) => 0.5 * load(row)),
      errors: column((row) => 1.1 * load(row)),
      dropped: column((row) => row === 300 ? 102.4 : 0),
      completed: column((row) => 0.45 * load(row)),
      torrents: column((row) => 101_234 - (HISTORY_ROWS - 1 - row)),
      seeders: column((row) => 300_123 - 2 * (HISTORY_ROWS - 1 - row)),
      leechers: column((row) => 156_666 - (HISTORY_ROWS - 1 - row)),
      residentBytes: column((row) => 187_654_144 - 4096 * (HISTORY_ROWS - 1 - row)),
      tableFill: column((row) => (456_789 - 3 * (HISTORY_ROWS - 1 - row)) / 10_000_000),
      saveAgeSec: column((row) => (123 + HISTORY_STEP_SEC * (row + 1)) % 300),
    },
  };
}

/** The same hour without the rows from `start` to before `end`, when nobody took any. */
export function historyWithout(start: number, end: number): HistoryReport {
  const { stepSec, columns } = history();
  const left = HISTORY_COLUMNS.map((
    name,
  ) => [name, columns[name].filter((_, row) => row < start || row >= end)]);
  return { stepSec, columns: Object.fromEntries(left) };
}

/** A hundred torrents, the one with the most peers first; the hash of torrent i ends in i. */
export function topTorrents(): TopTorrent[] {
  return Array.from({ length: 100 }, (_, i) => ({
    infoHash: `${"0123456789abcdef".repeat(2)}${i.toString(16).padStart(8, "0")}`,
    seeders: 900 - 7 * i,
    leechers: 410 - 3 * i,
    completed: 5_000 - 11 * i,
  }));
}

/** A hundred torrents, the one with the most seeders first; most of the torrents with the most peers are among them. */
export function topBySeeders(): TopTorrent[] {
  return topTorrents().slice(1).concat({
    infoHash: "fedcba98".repeat(5),
    seeders: 950,
    leechers: 0,
    completed: 77,
  }).toSorted((a, b) => b.seeders - a.seeders);
}

/** All of it. A fresh object each time; `changes` stand in place of its own members. */
export function reportSource(changes: Partial<ReportSource> = {}): ReportSource {
  return {
    snapshot: snapshot(),
    history: history(),
    top: topTorrents(),
    topBySeeders: topBySeeders(),
    showsHashes: true,
    ...changes,
  };
}
