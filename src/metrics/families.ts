/**
 * What is told to Prometheus: every metric but the histogram. Names and units are after its conventions
 * (https://prometheus.io/docs/practices/naming/): base units, and `_total` behind what only grows. All counts are of this
 * run, so that one that falls was begun anew.
 *
 * @module
 */

import type { Condition, StatsSnapshot } from "../stats/mod.ts";

/** The labels of one series, which tell it from others of its metric, and its value. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric, and where its values come from. */
export interface Family {
  readonly type: "counter" | "gauge";
  readonly name: string;
  /** What it is, as a sentence. */
  readonly help: string;
  /** Empty for a metric of one series. */
  readonly labelNames: readonly string[];
  samples(snapshot: StatsSnapshot): Sample[];
}

const CONDITIONS: readonly Condition[] = ["starting", "well", "full", "degraded"];

const REQUESTS: readonly Family[] = [
  counter(
    "tracker_connects_total",
    "Connection ids given over UDP.",
    ({ sinceStart: { requests } }) => requests.udpConnects,
  ),
  {
    type: "counter",
    name: "tracker_announces_total",
    help: "Announces answered.",
    labelNames: ["protocol"],
    samples: ({ sinceStart: { requests } }) => byProtocol(requests.udpAnnounces, requests.httpAnnounces),
  },
  {
    type: "counter",
    name: "tracker_scrapes_total",
    help: "Scrapes answered, those of all torrents too.",
    labelNames: ["protocol"],
    samples: ({ sinceStart: { requests } }) => byProtocol(requests.udpScrapes, requests.httpScrapes),
  },
  counter(
    "tracker_full_scrapes_total",
    "Scrapes of all torrents, over HTTP.",
    ({ sinceStart: { requests } }) => requests.httpFullScrapes,
  ),
  counter(
    "tracker_full_scrape_bytes_total",
    "Bytes made for scrapes of all torrents, before compression.",
    ({ sinceStart: { requests } }) => requests.httpFullScrapeBytes,
  ),
  {
    type: "counter",
    name: "tracker_errors_total",
    help: "Requests that were refused or not understood.",
    labelNames: ["protocol", "cause"],
    samples: ({ sinceStart: { udpErrorCauses, httpErrorCauses } }) => [
      ...byCause("udp", udpErrorCauses),
      ...byCause("http", httpErrorCauses),
    ],
  },
  counter(
    "tracker_dropped_total",
    "Datagrams that found a receive buffer full; 0 where the system does not tell.",
    ({ sinceStart: { requests } }) => requests.udpDropped,
  ),
  counter(
    "tracker_http_connections_total",
    "Connections taken for HTTP; 0 where the server of Deno takes them.",
    ({ sinceStart: { requests } }) => requests.httpConnections,
  ),
  counter(
    "tracker_completed_total",
    "Downloads that peers told to be completed.",
    ({ sinceStart: { requests } }) => requests.completed,
  ),
  {
    type: "counter",
    name: "tracker_worker_requests_total",
    help: "Connects, announces and scrapes that each thread answered.",
    labelNames: ["worker"],
    samples: ({ workers }) =>
      workers.map(({ name, requests }) => [
        { worker: name },
        requests.udpConnects + requests.udpAnnounces + requests.udpScrapes +
        requests.httpAnnounces + requests.httpScrapes,
      ]),
  },
];

const TABLE: readonly Family[] = [
  gauge("tracker_torrents", "Torrents stored.", ({ table }) => table.torrents),
  gauge("tracker_seeders", "Peers stored that have the whole torrent.", ({ table }) => table.seeders),
  gauge("tracker_leechers", "Peers stored that do not have it yet.", ({ table }) => table.leechers),
  gauge(
    "tracker_downloads",
    "Completed downloads of the torrents that are stored now.",
    ({ table }) => table.completed,
  ),
  counter(
    "tracker_rejected_total",
    "Announces that were answered but not stored, since the table was full.",
    ({ table }) => table.rejectedFull,
  ),
  {
    type: "gauge",
    name: "tracker_table_bytes",
    help: "Memory of the table: in use, and what it may come to use.",
    labelNames: ["kind"],
    samples: ({ table }) => [
      [{ kind: "used" }, table.bytesUsed],
      [{ kind: "reserved" }, table.bytesReserved],
    ],
  },
  {
    type: "gauge",
    name: "tracker_table_fill_ratio",
    help: "What is stored, of what may be: 1 is full.",
    labelNames: ["kind"],
    samples: ({ table }) => [
      [{ kind: "peers" }, table.peers / table.maxPeers],
      [{ kind: "torrents" }, table.torrents / table.maxTorrents],
    ],
  },
];

const STATE: readonly Family[] = [
  counter("tracker_odb_saves_total", "Saves of the state that went well.", ({ odb }) => odb.saves),
  counter(
    "tracker_odb_save_failures_total",
    "Saves of the state that failed.",
    ({ odb }) => odb.saveFailures,
  ),
  gauge(
    "tracker_odb_failing_since_timestamp_seconds",
    "Since when every save has failed; 0 = the last one went well.",
    ({ odb }) => odb.failingSinceUnix,
  ),
  gauge(
    "tracker_odb_last_save_timestamp_seconds",
    "When the state was last saved; 0 = not since the start.",
    ({ odb }) => odb.lastSaveUnix,
  ),
  gauge(
    "tracker_odb_last_save_duration_seconds",
    "How long the last save took.",
    ({ odb }) => odb.lastSaveMs / 1000,
  ),
  gauge("tracker_odb_last_save_bytes", "Size of what was saved last.", ({ odb }) => odb.lastSaveBytes),
  gauge(
    "tracker_odb_restored_torrents",
    "Torrents restored at the start.",
    ({ odb }) => odb.restoredTorrents,
  ),
  gauge("tracker_odb_restored_peers", "Peers restored at the start.", ({ odb }) => odb.restoredPeers),
  gauge(
    "tracker_odb_left_out_peers",
    "Peers not restored at the start because there were too many of their address.",
    ({ odb }) => odb.leftOutPeers,
  ),
];

const PROCESS: readonly Family[] = [
  {
    type: "gauge",
    name: "tracker_condition",
    help: "1 for the condition that the tracker is in, 0 for the others.",
    labelNames: ["condition"],
    samples: (snapshot) =>
      CONDITIONS.map((condition) => [{ condition }, Number(condition === snapshot.condition)]),
  },
  {
    type: "gauge",
    name: "tracker_build_info",
    help: "1, with the versions of the tracker and of Deno.",
    labelNames: ["version", "deno"],
    samples: ({ version }) => [[{ version, deno: Deno.version.deno }, 1]],
  },
  counter("process_cpu_seconds_total", "Processor time that the process has used.", (all) => all.cpuSec),
  gauge("process_start_time_seconds", "When the process started.", (all) => all.startedUnixMs / 1000),
  gauge("process_resident_memory_bytes", "Memory that the process has in use.", (all) => all.residentBytes),
];

/** All of them, in the order in which they are told. */
export const FAMILIES: readonly Family[] = [...REQUESTS, ...TABLE, ...STATE, ...PROCESS];

function counter(name: string, help: string, value: (snapshot: StatsSnapshot) => number): Family {
  return { type: "counter", name, help, labelNames: [], samples: (snapshot) => [[{}, value(snapshot)]] };
}

function gauge(name: string, help: string, value: (snapshot: StatsSnapshot) => number): Family {
  return { ...counter(name, help, value), type: "gauge" };
}

function byProtocol(udp: number, http: number): Sample[] {
  return [[{ protocol: "udp" }, udp], [{ protocol: "http" }, http]];
}

function byCause(protocol: string, causes: Record<string, number>): Sample[] {
  return Object.entries(causes).map(([cause, count]) => [{ protocol, cause }, count]);
}
