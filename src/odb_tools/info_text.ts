/** What `tracker odb info` says to people. @module */

import { VERSIONS } from "../odb/mod.ts";
import { IPV6 } from "../peers/mod.ts";
import { CHECKSUM_WORDS } from "./input.ts";
import type { OdbInfo } from "./odb_info.ts";

const MINUTE_MS = 60_000;
/** The last minute that a Date can tell. */
const DATE_MAX_MIN = 8.64e15 / MINUTE_MS;
const LABEL_WIDTH = 12;

/** The lines about one file, ending in a newline. */
export function formatInfo(info: OdbInfo): string {
  const rows: [string, string][] = [
    ["state", stateOf(info)],
    ["version", `${info.version}, ${info.version === VERSIONS[IPV6] ? "IPv6" : "IPv4"} peers`],
    ["size", `${info.bytes} bytes`],
    ["torrents", `${info.torrents}, ${info.torrents_without_peers} of them without peers`],
    ["peers", `${info.peers}: ${info.seeders} seeders, ${info.leechers} leechers`],
    ["completed", `${info.completed} downloads, ${info.peers_completed} by peers that are there`],
  ];
  if (info.peers_stopped > 0) rows.push(["stopped", `${info.peers_stopped} peers`]);
  if (info.age_min !== null) {
    const { least, median, p90, greatest } = info.age_min;
    rows.push(["ages", `${least} to ${greatest} minutes, median ${median}, nine tenths up to ${p90}`]);
  }
  if (info.base_min !== null) {
    const { earliest, latest } = info.base_min;
    const times = earliest === latest
      ? formatMinute(latest)
      : `${formatMinute(earliest)} to ${formatMinute(latest)}`;
    rows.push(["touched", times]);
  }
  if (info.largest_torrent !== null) {
    rows.push(["largest", `${info.largest_torrent.peers} peers, ${info.largest_torrent.hash}`]);
  }
  return [info.file, ...rows.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${text}`), ""].join("\n");
}

function stateOf({ damage, checksum }: OdbInfo): string {
  if (damage !== null) return `damaged at byte ${damage.offset}: ${damage.reason}`;
  return checksum === "disagrees" ? "damaged: checksum disagrees" : `whole, ${CHECKSUM_WORDS[checksum]}`;
}

/** A minute since 1970 as date and time; those beyond any date as the number. */
function formatMinute(minute: number): string {
  if (minute > DATE_MAX_MIN) return `minute ${minute}`;
  return new Date(minute * MINUTE_MS).toISOString().replace(/:00\.000Z$/, "Z");
}
