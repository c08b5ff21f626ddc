/** The torrents that have the most peers, for programs: `/top.json`. @module */

import type { ReportDocument, TopTorrent } from "./snapshot.ts";

/** One torrent. */
export interface TopTorrentJson {
  /** 40 hexadecimal digits, lower case; null where the operator does not let hashes be shown. */
  info_hash: string | null;
  seeders: number;
  leechers: number;
  /** Completed downloads. */
  completed: number;
}

/** The document: a hundred torrents each, the first ones first; torrents without peers are left out. */
export interface TopJson {
  by_peers: TopTorrentJson[];
  by_seeders: TopTorrentJson[];
}

/** The document at `/top.json`. */
export const TOP_JSON: ReportDocument = {
  target: "/top.json",
  contentType: "application/json",
  headers: "",
  needsTop: true,
  render({ top, topBySeeders, showsHashes }) {
    const torrentsJson = (torrents: readonly TopTorrent[]) =>
      torrents.map(({ infoHash, seeders, leechers, completed }): TopTorrentJson => (
        { info_hash: showsHashes ? infoHash : null, seeders, leechers, completed }
      ));
    const document: TopJson = { by_peers: torrentsJson(top), by_seeders: torrentsJson(topBySeeders) };
    return JSON.stringify(document);
  },
};
