/** What `tracker top` shows, as lines: pure, so that a terminal, a pipe and a test get the same. @module */

import type { Line, Span, Style } from "./line.ts";
import type { Requests, Stats, TopTorrents } from "./report.ts";
import type { Samples } from "./samples.ts";
import { bar, bytesText, countText, durationText, percentText, rateText, sparkline } from "./text.ts";

/** What is known of a tracker now. */
export interface View {
  /** Its name, for people. */
  name: string;
  /** What it answered last, if ever. */
  answered: { stats: Stats; top: TopTorrents; ageSec: number } | null;
  samples: Samples;
  /** Why the last question went unanswered; null when it did not. */
  problem: string | null;
  /** After how long it is asked again; null when it is not. */
  intervalSec: number | null;
}

/** The rows of rates: what each is called, what of the counts it is, and how it looks when it is not 0. */
const RATES: readonly [name: string, of: (requests: Requests) => number, style: Style][] = [
  ["UDP announces", ({ udp }) => udp.announces, "plain"],
  ["UDP connects", ({ udp }) => udp.connects, "plain"],
  ["UDP scrapes", ({ udp }) => udp.scrapes, "plain"],
  ["HTTP announces", ({ http }) => http.announces, "plain"],
  ["HTTP scrapes", ({ http }) => http.scrapes, "plain"],
  ["Errors", ({ udp, http }) => udp.errors + http.errors, "warning"],
  ["Dropped", ({ udp }) => udp.dropped, "bad"],
  ["Completed", ({ completions }) => completions, "plain"],
];
const LABEL_COLUMNS = 15;
const RATE_COLUMNS = 10;
/** Of the counts of a torrent; its hash fits beside them into 80 columns. */
const COUNT_COLUMNS = [8, 9, 10, 11];
const BAR_COLUMNS = 10;
const GAP = "  ";
/** From here on a part that is filled is worth a look. */
const NEARLY_FULL = 0.9;

/** The lines for a terminal of `columns`; the most important ones first, for one that has not rows enough. */
export function frame(view: View, columns: number): Line[] {
  const { name, answered, samples } = view;
  if (answered === null) return view.problem === null ? [[[`asking ${name}`, "plain"]]] : alarm(view);
  const { stats, top } = answered;
  return [
    ...alarm(view),
    title(name, stats, samples),
    ...stats.problem === "" ? [] : [[[stats.problem, "bad"] as const]],
    [],
    ...rates(stats, samples, columns),
    [],
    ...state(stats, columns),
    [],
    ...lists(stats, samples, columns),
    ...torrents(top),
  ];
}

function alarm({ name, problem, answered, intervalSec }: View): Line[] {
  if (problem === null) return [];
  const again = intervalSec === null ? "" : `It is asked again every ${durationText(intervalSec)}.`;
  const age = answered === null ? "" : ` What follows is ${durationText(answered.ageSec)} old.`;
  return [[[`${name} ${problem}`, "bad"]], ...again === "" ? [] : [[[again + age, "warning"] as const]]];
}

function title(name: string, stats: Stats, samples: Samples): Line {
  const style = stats.condition === "well" ? "good" : stats.condition === "degraded" ? "bad" : "warning";
  const processor = samples.steps.at(-1)?.processor;
  return [
    [`tracker ${stats.version}`, "strong"],
    [` at ${name}  `, "plain"],
    [stats.condition, style],
    [`, up ${durationText(stats.uptime_s)}`, "plain"],
    [processor === undefined ? "" : `, processor ${percentText(processor)}`, "plain"],
  ];
}

function rates({ rates }: Stats, { steps }: Samples, columns: number): Line[] {
  const sparkColumns = Math.max(columns - LABEL_COLUMNS - 3 * RATE_COLUMNS - GAP.length, 0);
  const drawn = steps.slice(Math.max(steps.length - sparkColumns, 0));
  const seconds = drawn.reduce((sum, step) => sum + step.seconds, 0);
  const heads = ["now", "1 min", "5 min"].map((head) => head.padStart(RATE_COLUMNS)).join("");
  const drawnFor = seconds === 0 ? "" : `${GAP}the last ${durationText(Math.round(seconds))}`;
  return [
    [["A second".padEnd(LABEL_COLUMNS) + heads + drawnFor, "faint"]],
    ...RATES.map(([label, of, alarm]): Line => {
      const now = steps.length === 0 ? null : of(steps[steps.length - 1].requests);
      const averages = [of(rates.minute), of(rates.five_minutes)].map(rateText);
      return [
        [label.padEnd(LABEL_COLUMNS), "plain"],
        [(now === null ? "-" : rateText(now)).padStart(RATE_COLUMNS), now ? alarm : "plain"],
        [averages.map((text) => text.padStart(RATE_COLUMNS)).join(""), "plain"],
        [GAP + sparkline(drawn.map(({ requests }) => of(requests))), "plain"],
      ];
    }),
  ];
}

function state(stats: Stats, columns: number): Line[] {
  const { table, process } = stats;
  const used = `table ${bytesText(table.bytes_used)} of ${bytesText(table.bytes_reserved)}`;
  const swarms = [
    `${countText(stats.torrents)} torrents`,
    `${countText(stats.seeders)} seeders`,
    `${countText(stats.leechers)} leechers`,
    `${countText(stats.completed)} completed`,
  ];
  return [
    ...wrapped("Swarms", swarms, columns),
    labelled("Memory", [[`${bytesText(process.resident_bytes)}; ${used}`, "plain"]]),
    labelled("Peers", fill(stats.peers, table.max_peers)),
    labelled("Torrents", fill(stats.torrents, table.max_torrents)),
    ...saves(stats),
  ];
}

function fill(count: number, max: number): Span[] {
  if (max <= 0) return [];
  const share = count / max;
  const style = share >= 1 ? "bad" : share >= NEARLY_FULL ? "warning" : "good";
  return [[bar(share, BAR_COLUMNS), style], [` ${percentText(share)} of ${countText(max)}`, "plain"]];
}

function saves({ odb, time_unix_ms }: Stats): Line[] {
  if (!odb.is_saved) return [labelled("State", [["is not saved to a file", "plain"]])];
  const ago = (unix: number) => durationText(time_unix_ms / 1000 - unix);
  const last = odb.last_save_unix === 0
    ? "not saved since the start"
    : `saved ${ago(odb.last_save_unix)} ago, ${bytesText(odb.last_save_bytes)} in ${
      countText(odb.last_save_ms)
    } ms`;
  const counts = `${last}; ${countText(odb.saves)} saves, ${countText(odb.save_failures)} failed`;
  if (odb.failing_since_unix === 0) return [labelled("State", [[counts, "plain"]])];
  const failing = `every save has failed for ${ago(odb.failing_since_unix)}: ${odb.last_error}`;
  return [labelled("State", [[failing, "bad"]]), labelled("", [[counts, "plain"]])];
}

function lists({ udp, http, workers }: Stats, { steps }: Samples, columns: number): Line[] {
  const causes = (protocol: string, counts: Record<string, number>) =>
    Object.entries(counts).map(([cause, count]) => ({ text: `${protocol} ${cause}`, count }));
  const errors = [...causes("UDP", udp.errors_by_cause), ...causes("HTTP", http.errors_by_cause)]
    .filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
    .map(({ text, count }) => `${text} ${countText(count)}`);
  const rates = steps.at(-1)?.workers ?? new Map<string, number>();
  const threads = workers.map(({ name }) => `${name} ${rateText(rates.get(name) ?? 0)}/s`);
  return [
    ...wrapped("Errors", errors.length === 0 ? ["none"] : errors, columns),
    ...wrapped("Threads", steps.length === 0 ? workers.map(({ name }) => name) : threads, columns),
  ];
}

function torrents(top: TopTorrents): Line[] {
  if (top.length === 0) return [];
  const cells = (texts: string[]) => texts.map((text, i) => text.padStart(COUNT_COLUMNS[i])).join("");
  return [
    [],
    [[`${cells(["Peers", "Seeders", "Leechers", "Completed"])}${GAP}Torrent`, "faint"]],
    ...top.map(({ info_hash, seeders, leechers, completed }): Line => [
      [cells([seeders + leechers, seeders, leechers, completed].map(countText)), "plain"],
      [GAP + (info_hash || "hashes are not told"), "plain"],
    ]),
  ];
}

function labelled(label: string, spans: Span[]): Line {
  return [[label.padEnd(LABEL_COLUMNS), "faint"], ...spans];
}

/** `items` beside a label, on as many lines as they need. */
function wrapped(label: string, items: string[], columns: number): Line[] {
  const width = columns - LABEL_COLUMNS;
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    const longer = last === undefined ? item : `${last}, ${item}`;
    // A comma may follow.
    if (last === undefined || longer.length >= width) lines.push(item);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((text, i) =>
    labelled(i === 0 ? label : "", [[i < lines.length - 1 ? `${text},` : text, "plain"]])
  );
}
