/** What the tracker counts, in memory that all its threads share. @module */
export { COUNTER, type Counter, counterRow, createCounters, sumCounters } from "./counters.ts";
export { statsJson, type TableReport } from "./report.ts";
