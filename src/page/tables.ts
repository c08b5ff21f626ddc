/** The tables of what the tracker counts. @module */

import type { LatencyReport, ReportSource, RequestReport, StatsSnapshot } from "../stats/mod.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMicroseconds,
  formatPercent,
  formatQuantity,
  formatTime,
  NONE,
} from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { renderTable } from "./table.ts";

/** How many of the top torrents are shown. */
const TOP_ROWS = 20;

const REQUEST_NAMES: readonly [keyof RequestReport, string][] = [
  ["udpAnnounces", "UDP announces"],
  ["udpConnects", "UDP connects"],
  ["udpScrapes", "UDP scrapes"],
  ["udpErrors", "UDP errors"],
  ["udpDropped", "UDP drops"],
  ["httpAnnounces", "HTTP announces"],
  ["httpConnections", "HTTP connections"],
  ["httpScrapes", "HTTP scrapes"],
  ["httpFullScrapes", "HTTP full scrapes"],
  ["httpErrors", "HTTP errors"],
  ["completed", "Completed"],
];

/** What was asked, by protocol and kind. */
export function renderRequests(
  { requests, ratesMinute, ratesFiveMinutes, countingSinceUnix }: StatsSnapshot,
): Markup {
  return renderTable({
    id: "requests",
    caption: `Requests since ${formatTime(countingSinceUnix)}`,
    columns: ["Kind", "Total", "/s,\u00a01\u00a0min", "/s,\u00a05\u00a0min"],
    rows: REQUEST_NAMES.map(([key, name]) => [
      name,
      formatCount(requests[key]),
      formatQuantity(ratesMinute[key]),
      formatQuantity(ratesFiveMinutes[key]),
    ]),
  });
}

/** What is stored, and how much more may be. */
export function renderStored({ table, residentBytes }: StatsSnapshot): Markup {
  const { torrents, maxTorrents, peers, maxPeers, bytesUsed, bytesReserved } = table;
  return renderTable({
    id: "stored",
    caption: "Swarms and memory",
    columns: ["What", "Now", "At most", "Filled"],
    rows: [
      ["Torrents", formatCount(torrents), formatCount(maxTorrents), formatPercent(torrents / maxTorrents)],
      ["Peers", formatCount(peers), formatCount(maxPeers), formatPercent(peers / maxPeers)],
      ["Seeders", formatCount(table.seeders), "", ""],
      ["Leechers", formatCount(table.leechers), "", ""],
      ["Completed", formatCount(table.completed), "", ""],
      ["Not stored, full", formatCount(table.rejectedFull), "", ""],
      [
        "Table memory",
        formatBytes(bytesUsed),
        formatBytes(bytesReserved),
        formatPercent(bytesUsed / bytesReserved),
      ],
      ["Whole memory", formatBytes(residentBytes), "", ""],
    ],
  });
}

/** How the state's file is. */
export function renderOdb({ odb, timeUnixMs }: StatsSnapshot): Markup {
  // The date may have been set back since.
  const ageSec = Math.max(timeUnixMs / 1000 - odb.lastSaveUnix, 0);
  const age = odb.lastSaveUnix === 0 ? "none yet" : `${formatDuration(ageSec)} ago`;
  const saves: [string, string][] = [
    ["Last save", age],
    ["It took", odb.lastSaveUnix === 0 ? NONE : formatMicroseconds(odb.lastSaveMs * 1000)],
    ["Its size", odb.lastSaveUnix === 0 ? NONE : formatBytes(odb.lastSaveBytes)],
    ["Saves", formatCount(odb.saves)],
    ["Saves that failed", formatCount(odb.saveFailures)],
    ["Failing since", odb.failingSinceUnix === 0 ? NONE : formatTime(odb.failingSinceUnix)],
    ["Because", odb.lastError || NONE],
  ];
  return renderTable({
    id: "odb",
    caption: odb.isSaved ? "Saved state" : "Saved state: none, nothing outlives a restart",
    columns: ["What", "Value"],
    rows: [
      ...(odb.isSaved ? saves : []),
      ["Restored torrents", formatCount(odb.restoredTorrents)],
      ["Restored peers", formatCount(odb.restoredPeers)],
    ],
  });
}

/** Why requests were refused, the most frequent causes first. */
export function renderErrors({ udpErrorCauses, httpErrorCauses }: StatsSnapshot): Markup {
  const named = (protocol: string, causes: Record<string, number>) =>
    Object.entries(causes).map(([cause, count]) => ({
      name: `${protocol} ${cause.replaceAll("_", " ")}`,
      count,
    }));
  const causes = [...named("UDP", udpErrorCauses), ...named("HTTP", httpErrorCauses)]
    .filter(({ count }) => count > 0).sort((one, other) => other.count - one.count);
  return renderTable({
    id: "causes",
    caption: causes.length > 0 ? "Errors by cause" : "Errors by cause: none so far",
    columns: ["Cause", "Count"],
    rows: causes.map(({ name, count }) => [name, formatCount(count)]),
  });
}

/** How long requests took. */
export function renderHandling({ udpLatency, httpLatency }: StatsSnapshot): Markup {
  const row = (name: string, latency: LatencyReport) => [
    name,
    meanText(latency),
    ...[0.5, 0.99, 0.999].map((part) => quantileText(latency, part)),
  ];
  return renderTable({
    id: "handling",
    caption: "Time to handle a request",
    columns: ["Protocol", "Mean", "50\u00a0%", "99\u00a0%", "99.9\u00a0%"],
    rows: [row("UDP", udpLatency), row("HTTP", httpLatency)],
  });
}

function meanText({ counts, sumUs }: LatencyReport): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? NONE : formatMicroseconds(sumUs / total);
}

/** Within which bound `part` of the requests were handled. */
function quantileText({ boundsUs, counts }: LatencyReport, part: number): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return NONE;
  let rest = total * part;
  const bucket = counts.findIndex((count) => (rest -= count) <= 0);
  return bucket < boundsUs.length
    ? `\u2264 ${formatMicroseconds(boundsUs[bucket])}`
    : `> ${formatMicroseconds(boundsUs[boundsUs.length - 1])}`;
}

/** What each thread answered. */
export function renderWorkers({ workers }: StatsSnapshot): Markup {
  return renderTable({
    id: "workers",
    caption: "Workers since the start",
    columns: ["Name", "Announces", "Scrapes", "Errors"],
    rows: workers.map(({ name, requests }) => [
      name,
      formatCount(requests.udpAnnounces + requests.httpAnnounces),
      formatCount(requests.udpScrapes + requests.httpScrapes),
      formatCount(requests.udpErrors + requests.httpErrors),
    ]),
  });
}

/** The torrents with the most peers, without their hashes unless these may be shown. */
export function renderTop({ top, showsHashes }: ReportSource): Markup {
  const shown = top.slice(0, TOP_ROWS);
  return renderTable({
    id: "top",
    caption: shown.length > 0 ? "By peers" : "By peers: none yet",
    columns: [showsHashes ? "Info hash" : "Place", "Peers", "Seeders", "Leechers", "Completed"],
    rows: shown.map(({ infoHash, seeders, leechers, completed }, i) => [
      showsHashes ? markup`<code>${infoHash}</code>` : i + 1,
      formatCount(seeders + leechers),
      formatCount(seeders),
      formatCount(leechers),
      formatCount(completed),
    ]),
  });
}
