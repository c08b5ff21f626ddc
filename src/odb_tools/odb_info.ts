/** What there is to know about an ODB file. @module */

import type { ChecksumState, Damage } from "../odb/mod.ts";

/** What is in one file; as JSON, under these names. */
export interface OdbInfo {
  file: string;
  version: string;
  bytes: number;
  state: "whole" | "damaged";
  damage: Damage | null;
  checksum: ChecksumState;
  torrents: number;
  torrents_without_peers: number;
  peers: number;
  seeders: number;
  leechers: number;
  /** Peers that completed their download here, and that say they have stopped. */
  peers_completed: number;
  peers_stopped: number;
  /** Completed downloads of all torrents: what the torrent says or its peers' flags tell, whichever is more. */
  completed: number;
  /** Ages of peers; null when there are none. */
  age_min: { least: number; median: number; p90: number; greatest: number } | null;
  /** When torrents were last touched, in minutes since 1970; null when there are none. */
  base_min: { earliest: number; latest: number } | null;
  largest_torrent: { hash: string; peers: number } | null;
}

/** Of the file `path`, before anything of it was read but its header. */
export function newInfo(path: string, version: string, bytes: number): OdbInfo {
  return {
    file: path,
    version,
    bytes,
    state: "whole",
    damage: null,
    checksum: "missing",
    torrents: 0,
    torrents_without_peers: 0,
    peers: 0,
    seeders: 0,
    leechers: 0,
    peers_completed: 0,
    peers_stopped: 0,
    completed: 0,
    age_min: null,
    base_min: null,
    largest_torrent: null,
  };
}

/** Adds a torrent of `peers` peers; `hash` is not kept. */
export function addTorrent(found: OdbInfo, hash: Uint8Array, baseMin: number, peers: number): void {
  found.torrents++;
  found.peers += peers;
  if (peers === 0) found.torrents_without_peers++;
  else if (peers > (found.largest_torrent?.peers ?? 0)) found.largest_torrent = { hash: hash.toHex(), peers };
  const { earliest, latest } = found.base_min ?? { earliest: baseMin, latest: baseMin };
  found.base_min = { earliest: Math.min(earliest, baseMin), latest: Math.max(latest, baseMin) };
}
