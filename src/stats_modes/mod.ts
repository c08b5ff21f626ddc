/** The statistics in opentracker's forms: the documents at `/stats?mode=`. @module */

export { STATS_MODES } from "./modes.ts";
