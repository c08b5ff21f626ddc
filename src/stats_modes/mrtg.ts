/**
 * The modes of four lines, as MRTG takes them from a script: two counts, the uptime, and a name. opentracker brought the
 * form into trackers, and graphs of many years are made by it; so its words stay as they are, its name too.
 *
 * @module
 */

import type { StatsSnapshot } from "../stats/mod.ts";

const SEC_PER_HOUR = 3600;

/** What makes the text of one mode. */
export type ModeText = (snapshot: StatsSnapshot) => string;

/** `peer`: peers, and the seeders among them. */
export function peerText({ table }: StatsSnapshot): string {
  return tableText(table.peers, table.seeders, table.torrents);
}

/** `torr`: torrents. */
export function torrText({ table }: StatsSnapshot): string {
  return tableText(table.torrents, 0, table.torrents);
}

/** `conn`: connections of TCP and datagrams of UDP, and how many announces and connects there were among the requests. */
export function connText(snapshot: StatsSnapshot): string {
  const { requests } = snapshot;
  const connections = requests.httpConnections + datagramsOf(snapshot);
  const answered = requests.httpAnnounces + requests.udpAnnounces + requests.udpConnects;
  return connectionsText(snapshot, "connections,", connections, answered);
}

/** `tcp4`: connections of TCP, of both families, and how many announces came over them. */
export function tcpText(snapshot: StatsSnapshot): string {
  const { httpConnections, httpAnnounces } = snapshot.requests;
  return connectionsText(snapshot, "tcp4 stats,", httpConnections, httpAnnounces);
}

/** `udp4`: datagrams, of both families, and how many of them were announces or connects. */
export function udpText(snapshot: StatsSnapshot): string {
  const { udpAnnounces, udpConnects } = snapshot.requests;
  return connectionsText(snapshot, "udp4 stats,", datagramsOf(snapshot), udpAnnounces + udpConnects);
}

/** `scrp`: scrapes over HTTP but for full ones, and over UDP. */
export function scrpText(snapshot: StatsSnapshot): string {
  const { httpScrapes, httpFullScrapes, udpScrapes } = snapshot.requests;
  const http = httpScrapes - httpFullScrapes;
  const rate = perSecond(snapshot, http + udpScrapes);
  return requestText(snapshot, http, udpScrapes, `opentracker scrape stats, ${rate} scrape/s (tcp and udp)`);
}

/** `fscr`: full scrapes, a thousandfold to be seen in one graph beside bytes, and the bytes that they have taken. */
export function fscrText(snapshot: StatsSnapshot): string {
  const { httpFullScrapes, httpFullScrapeBytes } = snapshot.requests;
  const rates = `${perSecond(snapshot, httpFullScrapes)} conns/s :: ` +
    `${perSecond(snapshot, httpFullScrapeBytes)} bytes/s.`;
  return requestText(
    snapshot,
    httpFullScrapes * 1000,
    httpFullScrapeBytes,
    `opentracker full scrape stats, ${rates}`,
  );
}

/** `completed`: completed downloads. */
export function completedText(snapshot: StatsSnapshot): string {
  const { completed } = snapshot.requests;
  const hours = Math.floor(countedSec(snapshot) / SEC_PER_HOUR);
  return requestText(snapshot, completed, 0, `opentracker, ${perUnit(completed, hours)} completed/h.`);
}

/** Datagrams that were looked at: every one is counted as a request or as an error. */
export function datagramsOf({ requests }: StatsSnapshot): number {
  return requests.udpConnects + requests.udpAnnounces + requests.udpScrapes + requests.udpErrors;
}

function tableText(first: number, second: number, torrents: number): string {
  return `${first}\n${second}\nopentracker serving ${torrents} torrents\nopentracker`;
}

function connectionsText(snapshot: StatsSnapshot, of: string, connections: number, answered: number): string {
  const rates = `${perSecond(snapshot, connections)} conns/s :: ${perSecond(snapshot, answered)} success/s.`;
  return requestText(snapshot, connections, answered, `opentracker ${of} ${rates}`);
}

function requestText({ uptimeSec }: StatsSnapshot, first: number, second: number, last: string): string {
  const hours = Math.floor(uptimeSec / SEC_PER_HOUR);
  return `${first}\n${second}\n${uptimeSec} seconds (${hours} hours)\n${last}`;
}

function perSecond(snapshot: StatsSnapshot, count: number): number {
  return perUnit(count, countedSec(snapshot));
}

/**
 * For how long requests have been counted; longer than the uptime where the counts go on over a restart. Not shorter, even
 * if the date was set back since.
 */
function countedSec({ timeUnixMs, countingSinceUnix, uptimeSec }: StatsSnapshot): number {
  return Math.max(Math.floor(timeUnixMs / 1000) - countingSinceUnix, uptimeSec);
}

/** A mean in whole numbers. The first unit counts as a whole one before it is over. */
function perUnit(count: number, units: number): number {
  return Math.floor(count / Math.max(units, 1));
}
