/**
 * The tracker's statistics as a document (`/stats.json`).
 *
 * @module
 */

import { COUNTER } from "./counters.ts";
import { failureText } from "./health.ts";

/** What the peer table says of itself. */
export interface TableReport {
  torrents: number;
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
}

/**
 * The statistics as JSON text.
 *
 * `counters` are sums over all rows, indexed by COUNTER. `uptimeSec` is rounded down to whole seconds.
 */
export function statsJson(counters: Float64Array, table: TableReport, uptimeSec: number): string {
  return JSON.stringify({
    torrents: table.torrents,
    peers: table.peers,
    seeders: table.seeders,
    leechers: table.leechers,
    completed: table.completed,
    uptime_s: Math.floor(uptimeSec),
    // Of the counters under udp and http.
    counting_since_unix: counters[COUNTER.countingSinceUnix],
    udp: {
      connects: counters[COUNTER.udpConnects],
      announces: counters[COUNTER.udpAnnounces],
      scrapes: counters[COUNTER.udpScrapes],
      errors: counters[COUNTER.udpErrors],
      // Datagrams that found a receive buffer full; 0 where the system does not tell.
      dropped: counters[COUNTER.udpDropped],
    },
    http: {
      announces: counters[COUNTER.httpAnnounces],
      scrapes: counters[COUNTER.httpScrapes],
      errors: counters[COUNTER.httpErrors],
    },
    odb: {
      saves: counters[COUNTER.odbSaves],
      save_failures: counters[COUNTER.odbSaveFailures],
      // 0 and "" when the last save went well.
      failing_since_unix: counters[COUNTER.odbFailingSinceUnix],
      last_error: failureText(counters[COUNTER.odbFailure]),
      last_save_unix: counters[COUNTER.odbLastSaveUnix],
      last_save_ms: counters[COUNTER.odbLastSaveMs],
      last_save_bytes: counters[COUNTER.odbLastSaveBytes],
      restored_torrents: counters[COUNTER.odbRestoredTorrents],
      restored_peers: counters[COUNTER.odbRestoredPeers],
    },
    table: {
      bytes_used: table.bytesUsed,
      bytes_reserved: table.bytesReserved,
      rejected_full: table.rejectedFull,
    },
  });
}
