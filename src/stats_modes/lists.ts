/** The modes that are lists of lines. @module */

import type { ReportSource, StatsSnapshot, TopTorrent } from "../stats/mod.ts";

/** Lines that `renew` always has: as many as opentracker keeps a peer for minutes. */
const RENEWAL_LINES = 45;

/**
 * `renew`: announces of peers that were known, by the whole minutes since the peer's last one, `MM COUNT` a line. Where
 * peers may stay away for longer than opentracker lets them, a last line has all that did.
 */
export function renewText({ renewals }: StatsSnapshot): string {
  return renewalLines(renewals).map(([minute, count]) => `${minute} ${count}\n`).join("");
}

/** The lines of `renew`: minutes of two digits, and the count. */
export function renewalLines(renewals: readonly number[]): [minute: string, count: number][] {
  return renewals
    .map((count, minute): [string, number] => [String(minute).padStart(2, "0"), count])
    .filter(([, count], minute) => minute < RENEWAL_LINES || count > 0);
}

/** `version`. */
export function versionText({ version }: StatsSnapshot): string {
  return `tracker ${version}\n`;
}

/**
 * `top10`, `top100`: the torrents with the most peers, then those with the most seeders, the number and the hash in
 * capitals a line. Null where hashes may not be shown.
 */
export function topText(source: ReportSource, count: number): string | null {
  if (!source.showsHashes) return null;
  const peers = ({ seeders, leechers }: TopTorrent) => seeders + leechers;
  return `Top ${count} torrents by peers:\n${topLines(source.top, count, peers)}` +
    `Top ${count} torrents by seeds:\n${topLines(source.topBySeeders, count, ({ seeders }) => seeders)}`;
}

function topLines(
  torrents: readonly TopTorrent[],
  count: number,
  numberOf: (torrent: TopTorrent) => number,
): string {
  return torrents.slice(0, count)
    .map((torrent) => `\t${numberOf(torrent)}\t${torrent.infoHash.toUpperCase()}\n`)
    .join("");
}
