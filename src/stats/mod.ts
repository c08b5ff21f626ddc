/** What the tracker counts, in memory that all its threads share. @module */
export { COUNTER, counterRow, createCounters, sumCounters } from "./counters.ts";
export { statsJson, type TableReport } from "./report.ts";
export { createHeartbeat, Heartbeat } from "./heartbeat.ts";
