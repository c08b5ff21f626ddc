/** What a check of the machine finds. @module */

/** From the lightest: nothing to do; it could be better; the tracker cannot do what it is told to. */
export const VERDICTS = ["ok", "advice", "problem"] as const;
/** One of them. */
export type Verdict = typeof VERDICTS[number];

/** One finding. */
export interface Finding {
  /** The check, as `receive-buffer`. */
  check: string;
  verdict: Verdict;
  /** What is so, and why that matters; sentences. */
  text: string;
  /** What to type as root to change it, a shell command each; empty where there is no such command. */
  commands: string[];
}

/** A finding that needs nothing. */
export function ok(check: string, text: string): Finding {
  return { check, verdict: "ok", text, commands: [] };
}

/** A finding that would better be different. */
export function advice(check: string, text: string, commands: string[] = []): Finding {
  return { check, verdict: "advice", text, commands };
}

/** A finding that keeps the tracker from doing what it is told to. */
export function problem(check: string, text: string, commands: string[] = []): Finding {
  return { check, verdict: "problem", text, commands };
}

/** The gravest of the verdicts; `ok` of none. */
export function gravest(findings: readonly Finding[]): Verdict {
  return VERDICTS.findLast((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? "ok";
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];
const UNIT_FACTOR = 1024;

/** A number of bytes for people, as `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= UNIT_FACTOR && unit < UNITS.length - 1) {
    value /= UNIT_FACTOR;
    unit++;
  }
  return `${Number(value.toFixed(unit === 0 ? 0 : 1))} ${UNITS[unit]}`;
}
