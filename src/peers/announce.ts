/**
 * One announce: the peer's torrent is found or made, the peer added, refreshed or dropped, and others chosen for it, all
 * under the lock of the torrent's shard. Nothing is allocated.
 *
 * @module
 */

import { EVENT_COMPLETED, EVENT_PAUSED, EVENT_STARTED, EVENT_STOPPED, NOT_RENEWED } from "./announce_io.ts";
import type { AnnounceAnswer, AnnounceRequest } from "./announce_io.ts";
import { isCrowded } from "./address_peers.ts";
import { ageOf, makeMark } from "./block.ts";
import {
  CONTROL_MINUTE,
  FLAG_COMPLETED,
  FLAG_HAS_ID,
  FLAG_PAUSED,
  FLAG_SEEDING,
  IPV4,
  IPV6,
  SHARD_FROZEN,
  SHARD_REJECTED_F64,
  TORRENT_COMPLETED,
  TORRENT_LEECHERS,
  TORRENT_PAUSED,
  TORRENT_SEEDERS,
  TORRENT_TOUCHED,
} from "./layout.ts";
import { serveWalk } from "./frozen.ts";
import { selectPeers } from "./select.ts";
import { addCompleted, addPeer, findPeer, markOf, removePeer, setPeerId, updatePeer } from "./swarm.ts";
import { shrinkRun, shrinkSwarm } from "./swarm_size.ts";
import type { PeerTable } from "./table.ts";
import { findTorrent, insertTorrent, lockShard, removeTorrent, shardOf, unlockShard } from "./torrents.ts";

/** Buckets of each role that one `stopped` may join: more than it can make due, so that torrents shrink. */
const JOINS_MAX = 2;

/**
 * Carries out `request` and fills `answer`, by DESIGN decisions 1 to 7 and 15: a stopped peer goes and is given no
 * peers, an unknown one that stops creates nothing; a download counts as completed once as long as its peer lives;
 * when the table is full, or the torrent has enough peers of its address, a new peer is answered but not stored.
 */
export function announce(table: PeerTable, request: AnnounceRequest, answer: AnnounceAnswer): void {
  answer.count4 = answer.count6 = 0;
  answer.seeders =
    answer.leechers =
    answer.completed =
    answer.downloaders =
      0;
  answer.stored = true;
  answer.renewedAfterMin = NOT_RENEWED;
  answer.completes = false;
  const shard = shardOf(request.hash[request.hashAt]);
  lockShard(table, shard);
  try {
    if (table.control[shard + SHARD_FROZEN] !== 0) serveWalk(table, shard);
    if (request.event === EVENT_STOPPED) stop(table, shard, request, answer);
    else refresh(table, shard, request, answer);
  } finally {
    unlockShard(table, shard);
  }
}

function stop(table: PeerTable, shard: number, request: AnnounceRequest, answer: AnnounceAnswer): void {
  const line = findTorrent(table, shard, request.hash, request.hashAt);
  if (line === 0) return;
  const { family, peer, peerAt } = request;
  if (findPeer(table, line, family, peer, peerAt, request.seeding)) {
    removePeer(table, shard, line, family);
    shrinkRun(table, line, family, table.place.seeding, table.place.bucket);
    shrinkSwarm(table, line, family, JOINS_MAX);
    table.torrents[line + TORRENT_TOUCHED] = table.control[CONTROL_MINUTE];
  }
  count(table, line, answer);
}

function refresh(table: PeerTable, shard: number, request: AnnounceRequest, answer: AnnounceAnswer): void {
  let line = findTorrent(table, shard, request.hash, request.hashAt);
  const isNewTorrent = line === 0;
  if (isNewTorrent) line = insertTorrent(table, shard, request.hash, request.hashAt);
  if (line === 0) {
    reject(table, shard, answer);
    return;
  }
  const { family, peer, peerAt } = request;
  const seeding = request.seeding && request.event !== EVENT_PAUSED;
  if (findPeer(table, line, family, peer, peerAt, seeding)) {
    update(table, shard, line, request, seeding, answer);
  } else if (isCrowded(table, line, family, peer, peerAt)) {
    answer.stored = false;
  } else if (!enter(table, shard, line, request, seeding, answer)) {
    reject(table, shard, answer);
    if (isNewTorrent) {
      removeTorrent(table, shard, line);
      return;
    }
  }
  if (answer.stored) table.torrents[line + TORRENT_TOUCHED] = table.control[CONTROL_MINUTE];
  count(table, line, answer);
  const { wanted4, wanted6 } = request;
  const most = Math.max(wanted4, wanted6);
  const self = answer.stored ? table.place : null;
  if (family === IPV4) {
    answer.count4 = selectPeers(table, line, IPV4, self, seeding, wanted4, answer);
    const left = Math.min(wanted6, most - answer.count4);
    answer.count6 = selectPeers(table, line, IPV6, null, seeding, left, answer);
  } else {
    answer.count6 = selectPeers(table, line, IPV6, self, seeding, wanted6, answer);
    const left = Math.min(wanted4, most - answer.count6);
    answer.count4 = selectPeers(table, line, IPV4, null, seeding, left, answer);
  }
}

/** Adds the peer; false when the table is full. */
function enter(
  table: PeerTable,
  shard: number,
  line: number,
  request: AnnounceRequest,
  seeding: boolean,
  answer: AnnounceAnswer,
): boolean {
  const completes = seeding && request.event === EVENT_COMPLETED;
  const mark = newMark(table, request, seeding) | (completes ? FLAG_COMPLETED : 0) |
    (tellsId(table, request) ? FLAG_HAS_ID : 0);
  const { family, peer, peerAt, peerId, peerIdAt } = request;
  const isStored = addPeer(table, shard, line, family, peer, peerAt, mark, peerId, peerIdAt);
  if (isStored && completes) complete(table, shard, line, answer);
  return isStored;
}

/** Refreshes the peer at `table.place`. */
function update(
  table: PeerTable,
  shard: number,
  line: number,
  request: AnnounceRequest,
  seeding: boolean,
  answer: AnnounceAnswer,
): void {
  const { family } = request;
  const before = markOf(table, family);
  answer.renewedAfterMin = ageOf(before, table.control[CONTROL_MINUTE]);
  let mark = newMark(table, request, seeding) | (before & (FLAG_COMPLETED | FLAG_HAS_ID));
  if (seeding && request.event === EVENT_COMPLETED && (before & FLAG_COMPLETED) === 0) {
    mark |= FLAG_COMPLETED;
    complete(table, shard, line, answer);
  }
  // An id is written when it is first told and when a client starts anew, so that a plain refresh leaves it cold.
  const hasId = (before & FLAG_HAS_ID) !== 0;
  if ((!hasId || request.event === EVENT_STARTED) && tellsId(table, request)) {
    setPeerId(table, request.peerId, request.peerIdAt);
    mark |= FLAG_HAS_ID;
  }
  updatePeer(table, shard, line, family, request.peer, request.peerAt, mark);
}

function complete(table: PeerTable, shard: number, line: number, answer: AnnounceAnswer): void {
  addCompleted(table, shard, line, 1);
  answer.completes = true;
}

/** The peer's role, and now for its minute. */
function newMark(table: PeerTable, request: AnnounceRequest, seeding: boolean): number {
  const flags = (seeding ? FLAG_SEEDING : 0) | (request.event === EVENT_PAUSED ? FLAG_PAUSED : 0);
  return makeMark(flags, table.control[CONTROL_MINUTE]);
}

function tellsId(table: PeerTable, request: AnnounceRequest): boolean {
  if (table.ids === null) return false;
  const { peerId, peerIdAt: at } = request;
  return (peerId[at] | peerId[at + 1] | peerId[at + 2] | peerId[at + 3] | peerId[at + 4]) !== 0;
}

function count(table: PeerTable, line: number, answer: AnnounceAnswer): void {
  const { torrents } = table;
  answer.seeders = torrents[line + TORRENT_SEEDERS] + torrents[line + TORRENT_SEEDERS + 1];
  answer.leechers = torrents[line + TORRENT_LEECHERS] + torrents[line + TORRENT_LEECHERS + 1];
  answer.completed = torrents[line + TORRENT_COMPLETED];
  answer.downloaders = answer.leechers - torrents[line + TORRENT_PAUSED];
}

function reject(table: PeerTable, shard: number, answer: AnnounceAnswer): void {
  answer.stored = false;
  table.controlF64[(shard + SHARD_REJECTED_F64) / 2]++;
}
