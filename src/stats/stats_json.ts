/** All that the tracker tells of itself, for programs: `/stats.json`. @module */

import { fourDecimals } from "./json_values.ts";
import type {
  Condition,
  LatencyReport,
  OdbReport,
  ReportDocument,
  RequestReport,
  StatsSnapshot,
  TableReport,
} from "./snapshot.ts";

/** Counts of requests, or a second's of them. */
export interface RequestsJson {
  udp: {
    connects: number;
    announces: number;
    scrapes: number;
    errors: number;
    /** Datagrams that found a receive buffer full; 0 where the system does not tell, and for a single worker. */
    dropped: number;
  };
  http: {
    /** 0 where Deno.serve takes them. */
    connections: number;
    announces: number;
    scrapes: number;
    /** Of the scrapes, those of all torrents, and the bytes made for them, before compression. */
    full_scrapes: number;
    full_scrape_bytes: number;
    errors: number;
  };
  /** Downloads announced as completed. */
  completions: number;
}

/** What comes with the counts of one protocol where they are the sums over all workers. */
export interface ProtocolJson {
  /** The errors, by short names of what was wrong. */
  errors_by_cause: Record<string, number>;
  /**
   * How long requests took to handle, since the start: `counts[i]` of them at most `bounds_us[i]` microseconds and more than
   * the bound before; the last count is of all that took longer.
   */
  latency: { bounds_us: readonly number[]; counts: readonly number[]; sum_us: number };
}

/** The document. Times ending in `_unix` are seconds since 1970, in `_unix_ms` milliseconds. */
export interface StatsJson {
  version: string;
  /** When this was so. */
  time_unix_ms: number;
  started_unix_ms: number;
  uptime_s: number;
  /** Since when requests are counted, over restarts too. */
  counting_since_unix: number;
  condition: Condition;
  /** What is wrong, as a sentence; null when nothing is. */
  problem: string | null;
  torrents: number;
  peers: number;
  seeders: number;
  leechers: number;
  /** Completed downloads of the torrents stored now. */
  completed: number;
  udp: RequestsJson["udp"] & ProtocolJson;
  http: RequestsJson["http"] & ProtocolJson;
  completions: number;
  /** Averages over the last minute and the last five, or since the start where that is less. */
  rates: { minute: RequestsJson; five_minutes: RequestsJson };
  /** Each worker's counts since the start. */
  workers: ({ name: string } & RequestsJson)[];
  /** Announces of peers known already, since the start, by the whole minutes since the last one; all from 45 on in the last. */
  renewals_by_min: readonly number[];
  odb: {
    is_saved: boolean;
    saves: number;
    save_failures: number;
    /** Since when every save has failed, and why the last one did; 0 and "" when it went well. */
    failing_since_unix: number;
    last_error: string;
    /** 0 = not since the start, and so are the two that follow. */
    last_save_unix: number;
    last_save_ms: number;
    last_save_bytes: number;
    restored_torrents: number;
    restored_peers: number;
    /** Peers in the file that were not restored: a torrent had more of their address than --max-peers-per-address. */
    left_out_peers: number;
  };
  table: {
    bytes_used: number;
    bytes_reserved: number;
    /** Announces that were answered but not stored because the table was full. */
    rejected_full: number;
    max_torrents: number;
    max_peers: number;
  };
  process: {
    /** Memory in use (resident set). */
    resident_bytes: number;
    /** Processor time used. */
    cpu_s: number;
  };
}

/** The document at `/stats.json`. */
export const STATS_JSON: ReportDocument = {
  target: "/stats.json",
  contentType: "application/json",
  headers: "",
  needsTop: false,
  render: ({ snapshot }) => JSON.stringify(statsJson(snapshot)),
};

/** The snapshot as the document has it. */
function statsJson(snapshot: StatsSnapshot): StatsJson {
  const { table, requests } = snapshot;
  const { udp, http, completions } = requestsJson(requests);
  return {
    version: snapshot.version,
    time_unix_ms: snapshot.timeUnixMs,
    started_unix_ms: snapshot.startedUnixMs,
    uptime_s: snapshot.uptimeSec,
    counting_since_unix: snapshot.countingSinceUnix,
    condition: snapshot.condition,
    problem: snapshot.problem,
    torrents: table.torrents,
    peers: table.peers,
    seeders: table.seeders,
    leechers: table.leechers,
    completed: table.completed,
    udp: { ...udp, ...protocolJson(snapshot.udpErrorCauses, snapshot.udpLatency) },
    http: { ...http, ...protocolJson(snapshot.httpErrorCauses, snapshot.httpLatency) },
    completions,
    rates: {
      minute: requestsJson(snapshot.ratesMinute, fourDecimals),
      five_minutes: requestsJson(snapshot.ratesFiveMinutes, fourDecimals),
    },
    workers: snapshot.workers.map(({ name, requests }) => ({ name, ...requestsJson(requests) })),
    renewals_by_min: snapshot.renewals,
    odb: odbJson(snapshot.odb),
    table: tableJson(table),
    process: { resident_bytes: snapshot.residentBytes, cpu_s: snapshot.cpuSec },
  };
}

function requestsJson(report: RequestReport, show = (count: number) => count): RequestsJson {
  return {
    udp: {
      connects: show(report.udpConnects),
      announces: show(report.udpAnnounces),
      scrapes: show(report.udpScrapes),
      errors: show(report.udpErrors),
      dropped: show(report.udpDropped),
    },
    http: {
      connections: show(report.httpConnections),
      announces: show(report.httpAnnounces),
      scrapes: show(report.httpScrapes),
      full_scrapes: show(report.httpFullScrapes),
      full_scrape_bytes: show(report.httpFullScrapeBytes),
      errors: show(report.httpErrors),
    },
    completions: show(report.completed),
  };
}

function protocolJson(causes: Record<string, number>, latency: LatencyReport): ProtocolJson {
  const { boundsUs, counts, sumUs } = latency;
  return { errors_by_cause: causes, latency: { bounds_us: boundsUs, counts, sum_us: sumUs } };
}

function odbJson(odb: OdbReport): StatsJson["odb"] {
  return {
    is_saved: odb.isSaved,
    saves: odb.saves,
    save_failures: odb.saveFailures,
    failing_since_unix: odb.failingSinceUnix,
    last_error: odb.lastError,
    last_save_unix: odb.lastSaveUnix,
    last_save_ms: odb.lastSaveMs,
    last_save_bytes: odb.lastSaveBytes,
    restored_torrents: odb.restoredTorrents,
    restored_peers: odb.restoredPeers,
    left_out_peers: odb.leftOutPeers,
  };
}

function tableJson(table: TableReport): StatsJson["table"] {
  return {
    bytes_used: table.bytesUsed,
    bytes_reserved: table.bytesReserved,
    rejected_full: table.rejectedFull,
    max_torrents: table.maxTorrents,
    max_peers: table.maxPeers,
  };
}
