/**
 * What the tracker can tell of itself at one moment: the one source of every statistic that is shown, as JSON, as text
 * or as a page.
 *
 * @module
 */

/** What the peer table says of itself. */
export interface TableReport {
  torrents: number;
  /** Of both families, as seeders and leechers are. */
  peers: number;
  seeders: number;
  leechers: number;
  /** Completed downloads of the torrents stored now. */
  completed: number;
  bytesUsed: number;
  /** Bytes that the table may come to use; most systems give memory only when it is touched. */
  bytesReserved: number;
  /** Announces that were answered but not stored because the table was full. */
  rejectedFull: number;
  maxTorrents: number;
  maxPeers: number;
}

/** Counts of one worker, or their sums. All since `countingSinceUnix` but those of single workers: since the start. */
export interface RequestReport {
  udpConnects: number;
  udpAnnounces: number;
  udpScrapes: number;
  udpErrors: number;
  /** Datagrams that found a receive buffer full. Of the sums only: 0 for a worker. */
  udpDropped: number;
  /** Connections taken over TCP and Unix-domain sockets; none where Deno.serve takes them, which does not tell. */
  httpConnections: number;
  httpAnnounces: number;
  /** Full ones too. */
  httpScrapes: number;
  httpFullScrapes: number;
  /** Bytes made for full scrapes, before compression. */
  httpFullScrapeBytes: number;
  httpErrors: number;
  /** Downloads announced as completed, once for each peer as long as the tracker knows it. */
  completed: number;
}

/** One thread that answers requests. */
export interface WorkerReport {
  /** As the log names it: `udp-1`. */
  name: string;
  requests: RequestReport;
}

/** Requests a second, averaged over a time. Each is the difference of the count of that name. */
export type RateReport = RequestReport;

/**
 * How long requests took to handle, from their arrival in the program to their answer's departure, as a histogram.
 * `counts[i]` requests took more than `boundsUs[i - 1]` and at most `boundsUs[i]` microseconds; the last count, one more
 * than there are bounds, is of all that took longer.
 */
export interface LatencyReport {
  boundsUs: readonly number[];
  counts: readonly number[];
  /** Of all of them. */
  sumUs: number;
}

/** The state's file. */
export interface OdbReport {
  /** Whether there is a file that is saved to. */
  isSaved: boolean;
  saves: number;
  saveFailures: number;
  /** Since when every save has failed; 0 = the last one went well. */
  failingSinceUnix: number;
  /** Why the last save failed, in words; "" = it went well. */
  lastError: string;
  /** 0 = none yet. */
  lastSaveUnix: number;
  lastSaveMs: number;
  lastSaveBytes: number;
  restoredTorrents: number;
  restoredPeers: number;
  /** Peers in the file that were not restored: a torrent had more of their address than it may have. */
  leftOutPeers: number;
}

/** How the tracker is. */
export type Condition = "starting" | "well" | "full" | "degraded";

/** What was counted of requests over a time. */
export interface CountReport {
  requests: RequestReport;
  /** Of `udpErrors` and `httpErrors`, by cause: short names in snake case. Causes that never occurred are there, as 0. */
  udpErrorCauses: Record<string, number>;
  httpErrorCauses: Record<string, number>;
}

/** All of it. Its own counts are those since `countingSinceUnix`. */
export interface StatsSnapshot extends CountReport {
  /** The program's, as `--version` has it. */
  version: string;
  timeUnixMs: number;
  startedUnixMs: number;
  /** Whole seconds since the start. */
  uptimeSec: number;
  /** Since when requests are counted; a tracker that is started again goes on where it was. */
  countingSinceUnix: number;
  condition: Condition;
  /** What is wrong, as a sentence; null when the condition is "starting" or "well". */
  problem: string | null;
  table: TableReport;
  /**
   * What was counted since the start. A tracker that was killed goes on below where it had come to; to whoever takes a count
   * that falls for one that began at 0 again, as Prometheus does, this one is to be told.
   */
  sinceStart: CountReport;
  /** The requests of the last minute and of the last five, or since the start where that is less. */
  ratesMinute: RateReport;
  ratesFiveMinutes: RateReport;
  workers: WorkerReport[];
  /** Since the start, as the renewals are. */
  udpLatency: LatencyReport;
  httpLatency: LatencyReport;
  /** Announces of peers known already, by the whole minutes since the peer's last one: index 0 to 44, and all above at 45. */
  renewals: readonly number[];
  odb: OdbReport;
  /** Bytes of memory that the process has in use (resident set). */
  residentBytes: number;
  /** Seconds of processor time that the process has used, in the program and in the system for it. */
  cpuSec: number;
}

/** What is drawn over time: one row every HISTORY_STEP_SEC, the last hour of them, oldest first, in columns. */
export interface HistoryReport {
  stepSec: number;
  /** Of each row, by its name; all of one length. */
  columns: { readonly [Name in HistoryColumn]: readonly HistoryRow[Name][] };
}

/** What a row of the history has. The first ones are a second's, averaged over the step; the others as they were. */
export const HISTORY_COLUMNS = [
  /** When the row was taken. */
  "timeUnix",
  "udpConnects",
  "udpAnnounces",
  "udpScrapes",
  "httpAnnounces",
  "httpScrapes",
  "errors",
  "dropped",
  "completed",
  "torrents",
  "seeders",
  "leechers",
  "residentBytes",
  /** Peers stored, of those that may be: 0 to 1. */
  "tableFill",
  /** Seconds since the last save that went well; null where nothing was saved since the start. */
  "saveAgeSec",
] as const;

/** The name of a column. */
export type HistoryColumn = typeof HISTORY_COLUMNS[number];

/** One row of the history. */
export type HistoryRow = Record<Exclude<HistoryColumn, "saveAgeSec">, number> & { saveAgeSec: number | null };

/** Seconds between two rows, and how many rows are kept: an hour. */
export const HISTORY_STEP_SEC = 5;
export const HISTORY_ROWS = 720;

/** One of the torrents that have the most peers, or the most seeders. */
export interface TopTorrent {
  /** 40 hexadecimal digits, lower case. */
  infoHash: string;
  seeders: number;
  leechers: number;
  completed: number;
}

/** What a document is rendered from. */
export interface ReportSource {
  snapshot: StatsSnapshot;
  history: HistoryReport;
  /** The 100 torrents with the most peers, most first; as of the last walk of the table, some seconds ago. */
  top: readonly TopTorrent[];
  /** The 100 torrents with the most seeders likewise; one without seeders is not there, as one without peers is not above. */
  topBySeeders: readonly TopTorrent[];
  /** Whether hashes of torrents may be shown (`--stats-hashes`). */
  showsHashes: boolean;
}

/** A document that main renders and publishes on the board, and that every worker then serves. */
export interface ReportDocument {
  /**
   * The target that it is served at, path and query, with "stats" for what the operator chose as --stats-path:
   * `/stats?mode=peer`, `/stats.json`, `/metrics`, `/`.
   */
  target: string;
  /** The value of Content-Type. */
  contentType: string;
  /** Further lines of the head, each ended by CRLF; mostly "". */
  headers: string;
  /** Whether it is rendered from `top`: then the table is walked for it while somebody asks for it. */
  needsTop: boolean;
  /** Makes the body; null when it is not to be had under this configuration, then 403 is answered. */
  render(source: ReportSource): string | null | Promise<string | null>;
}
