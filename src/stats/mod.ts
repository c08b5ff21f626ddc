/** What the tracker counts, in memory that all its threads share, and what it tells of that. @module */
export {
  type BoardDocument,
  type BoardParts,
  type BoardPlace,
  BoardReader,
  BoardWriter,
  createBoard,
  DOCUMENT_BYTES_MAX,
} from "./board.ts";
export {
  countAnnounce,
  COUNTER,
  counterRow,
  createCounters,
  HTTP_LATENCY,
  httpErrorCounter,
  KEPT_COUNTERS,
  RENEWAL_COUNTS,
  sumCounters,
  SUPERVISOR_ROW,
  UDP_LATENCY,
  udpErrorCounter,
} from "./counters.ts";
export { HTTP_ERRORS, type HttpError, UDP_ERRORS, type UdpError } from "./error_causes.ts";
export { FAILURE_UNKNOWN, failureText, healthProblem } from "./health.ts";
export { createHeartbeat, Heartbeat } from "./heartbeat.ts";
export { HISTORY_JSON, type HistoryJson } from "./history_json.ts";
export { fourDecimals, snakeCase } from "./json_values.ts";
export { countLatency } from "./latency.ts";
export { type ProcessUsage, StatsReader, type StatsReaderOptions } from "./reader.ts";
export { requestsOf } from "./requests.ts";
export {
  type Condition,
  type CountReport,
  HISTORY_COLUMNS,
  HISTORY_ROWS,
  HISTORY_STEP_SEC,
  type HistoryColumn,
  type HistoryReport,
  type HistoryRow,
  type LatencyReport,
  type OdbReport,
  type RateReport,
  type ReportDocument,
  type ReportSource,
  type RequestReport,
  type StatsSnapshot,
  type TableReport,
  type TopTorrent,
  type WorkerReport,
} from "./snapshot.ts";
export { STATS_JSON, type StatsJson } from "./stats_json.ts";
export { TOP_JSON, type TopJson } from "./top_json.ts";
