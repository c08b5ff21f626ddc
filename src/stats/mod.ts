/** What the tracker counts, in memory that all its threads share. @module */
export {
  COUNTER,
  counterRow,
  createCounters,
  REQUEST_COUNTERS,
  sumCounters,
  SUPERVISOR_ROW,
} from "./counters.ts";
export { FAILURE_UNKNOWN, failureText, healthProblem } from "./health.ts";
export { statsJson, type TableReport } from "./report.ts";
export { createHeartbeat, Heartbeat } from "./heartbeat.ts";
