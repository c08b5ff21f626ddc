import type { ChecksumState } from "./checksum_check.ts";

/** Where a file stops making sense. Everything before it was read. */
export interface Damage {
  /** Bytes from the file's start. */
  offset: number;
  /** A clause for the log. */
  reason: string;
}

/** What came of one file. */
export interface FileLoad {
  path: string;
  /**
   * `empty`: a file of 0 bytes. `damaged`: the whole torrents before the damage are in the table; all that are in the
   * file when it is the checksum alone that disagrees.
   */
  state: "missing" | "empty" | "whole" | "damaged";
  /** Torrents and peers that are in the table now because of this file. */
  torrents: number;
  peers: number;
  /** Records passed over because their port is 0. */
  portless: number;
  /** Peers left out because there are too many of their address in the torrent. */
  crowded: number;
  /** Torrents and peers for which the table had no room. */
  droppedTorrents: number;
  droppedPeers: number;
  /** Bytes behind the end mark, which are passed over. */
  trailingBytes: number;
  /** What the file's checksum file says. */
  checksum: ChecksumState;
  /** Set when the state is `damaged`, but for a file that only the checksum tells of. */
  damage: Damage | null;
  /** Sentences for the log about what was passed over. */
  warnings: string[];
}

/** Of the file `path`, before anything of it was read. */
export function newFileLoad(path: string): FileLoad {
  return {
    path,
    state: "whole",
    torrents: 0,
    peers: 0,
    portless: 0,
    crowded: 0,
    droppedTorrents: 0,
    droppedPeers: 0,
    trailingBytes: 0,
    checksum: "missing",
    damage: null,
    warnings: [],
  };
}

/** Adds sentences about what is in the file and not in the table. */
export function addWarnings(load: FileLoad): void {
  const { path, portless, droppedTorrents, droppedPeers, trailingBytes, warnings } = load;
  if (trailingBytes > 0) {
    warnings.push(`${path}: ${trailingBytes} bytes behind the end mark were passed over.`);
  }
  if (portless > 0) warnings.push(`${path}: ${portless} peers with port 0 were passed over.`);
  if (droppedTorrents + droppedPeers > 0) {
    warnings.push(
      `${path}: the table had no room for ${droppedPeers} peers and ${droppedTorrents} torrents.`,
    );
  }
}
