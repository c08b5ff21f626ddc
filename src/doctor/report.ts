/** What the doctor prints. @module */

import { type Finding, gravest, VERDICTS } from "./finding.ts";

const HEAD_WIDTH = "problem".length + 2;
const SYSCTL = "sysctl -w ";
const CLOSING = {
  ok: "Nothing to do.",
  advice: "Nothing keeps the tracker from running; what is advised would serve it better.",
  problem: "The tracker cannot do what it is told to until the problems are gone.",
};

/** The findings for people, the gravest last; ends in a newline. Commands stand on lines of their own. */
export function formatFindings(findings: readonly Finding[]): string {
  const ordered = VERDICTS.flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict));
  const lines = ordered.flatMap(({ check, verdict, text, commands }) => [
    `${verdict.padEnd(HEAD_WIDTH)}${check}: ${text}`,
    ...commands.map((command) => `${" ".repeat(2 * HEAD_WIDTH)}${command}`),
  ]);
  return `${[...lines, "", CLOSING[gravest(findings)], ...notes(findings)].join("\n")}\n`;
}

/** The findings for programs, in the order in which they were made. */
export function findingsJson(findings: readonly Finding[]): string {
  return JSON.stringify({ verdict: gravest(findings), findings });
}

/** What there is to know of the commands. */
function notes(findings: readonly Finding[]): string[] {
  const commands = findings.flatMap((finding) => finding.commands);
  const notes = commands.length === 0 ? [] : ["The commands need root."];
  if (commands.some((command) => command.startsWith(SYSCTL))) {
    notes.push(
      "What sysctl sets is gone when the machine starts anew; lines in /etc/sysctl.d/60-tracker.conf, as " +
        "net.core.rmem_max = 8388608, are not.",
    );
  }
  return notes;
}
