/** Whether a machine suits the tracker, and what to set where it does not. Changes nothing. @module */
export { examine } from "./examine.ts";
export { type Finding, gravest, type Verdict } from "./finding.ts";
export { type Machine, thisMachine } from "./machine.ts";
export { findingsJson, formatFindings } from "./report.ts";
