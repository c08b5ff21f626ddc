/**
 * `everything`: an XML document with opentracker's elements. What has no meaning here is not there: its `tracker_id`,
 * `livesync` and `mutex_stall`. The codes of `http_error` are our causes.
 *
 * @module
 */

import type { StatsSnapshot } from "../stats/mod.ts";
import { renewalLines, versionText } from "./lists.ts";
import { datagramsOf } from "./mrtg.ts";

/** An element: its name, with attributes, and what is in it. */
type Element = [tag: string, content: number | Element[]];

const INDENT = "  ";

/** `everything`. */
export function everythingText(snapshot: StatsSnapshot): string {
  const elements = elementsOf(snapshot).map((element) => elementText(element, INDENT)).join("");
  const version = `${INDENT}<version>\n${versionText(snapshot)}${INDENT}</version>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<stats>\n${version}${elements}</stats>`;
}

function elementsOf(snapshot: StatsSnapshot): Element[] {
  const { uptimeSec, table, requests } = snapshot;
  return [
    ["uptime", uptimeSec],
    // opentracker counts them in two ways.
    ["torrents", [["count_mutex", table.torrents], ["count_iterator", table.torrents]]],
    ["peers", [["count", table.peers]]],
    ["seeds", [["count", table.seeders]]],
    ["completed", [["count", requests.completed]]],
    ["connections", [
      ["tcp", [
        ["accept", requests.httpConnections],
        ["announce", requests.httpAnnounces],
        ["scrape", requests.httpScrapes - requests.httpFullScrapes],
      ]],
      ["udp", [
        ["overall", datagramsOf(snapshot)],
        ["connect", requests.udpConnects],
        ["announce", requests.udpAnnounces],
        ["scrape", requests.udpScrapes],
        // sic
        ["missmatch", snapshot.udpErrorCauses.bad_connection_id],
      ]],
    ]],
    ["debug", [
      ["renew", countsBy("interval", renewalLines(snapshot.renewals))],
      ["http_error", countsBy("code", Object.entries(snapshot.httpErrorCauses))],
    ]],
  ];
}

function countsBy(attribute: string, counts: [value: string, count: number][]): Element[] {
  return counts.map(([value, count]) => [`count ${attribute}="${value}"`, count]);
}

function elementText([tag, content]: Element, indent: string): string {
  const [name] = tag.split(" ");
  if (typeof content === "number") return `${indent}<${tag}>${content}</${name}>\n`;
  const inner = content.map((element) => elementText(element, indent + INDENT)).join("");
  return `${indent}<${tag}>\n${inner}${indent}</${name}>\n`;
}
