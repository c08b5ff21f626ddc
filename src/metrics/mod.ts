/** What the tracker tells Prometheus. @module */
export { METRICS_DOCUMENTS } from "./document.ts";
