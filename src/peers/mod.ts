/**
 * The peer table: torrents and their peers in memory that all threads share. It knows bytes, flags and minutes, and
 * nothing of sockets or files.
 *
 * The main thread makes one with {@linkcode createTable}, restores into it, and sends `table.buffers` to the workers,
 * which {@linkcode attachTable}. Every worker may then announce and scrape any torrent; one keeper sweeps, and one saver
 * walks, in turns.
 *
 * @module
 */

export { announce } from "./announce.ts";
export {
  AnnounceAnswer,
  AnnounceRequest,
  EVENT_COMPLETED,
  EVENT_NONE,
  EVENT_PAUSED,
  EVENT_STARTED,
  EVENT_STOPPED,
  NOT_RENEWED,
  NUMWANT_DEFAULT,
  NUMWANT_MAX,
} from "./announce_io.ts";
export { closeBatch, openBatch } from "./batch.ts";
export { hashAddress, hashWords, KEY_WORDS } from "./keyed_hash.ts";
export {
  COMPACT_BYTES,
  type Family,
  FLAG_COMPLETED,
  FLAG_FROM_SYNC,
  FLAG_SEEDING,
  FLAG_STOPPED,
  FLAGS_ODB,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  PEER_AGE_MAX_MIN,
  PEERS_MAX,
  RECORD_BYTES,
  RECORD_WORDS,
  TORRENTS_MAX,
} from "./layout.ts";
export { byteSwap } from "./hash_order.ts";
export { reserveRestored, restorePeers, restoreTorrent } from "./restore.ts";
export { WholeRestore } from "./restore_whole.ts";
export { scrape, ScrapeAnswer } from "./scrape.ts";
export { ScrapeWalk } from "./scrape_walk.ts";
export { dropRefused, type IsRefused, type Rest, sweep, type SweepLimits } from "./sweep.ts";
export {
  attachTable,
  createTable,
  type PeerTable,
  setTableMinute,
  type TableBuffers,
  type TableLimits,
  tableMinute,
  type TableStats,
  tableStats,
} from "./table.ts";
export { type TopTorrents, topTorrents, type TorrentStanding } from "./top.ts";
export { TOUCH_MAX, touchAnnounces } from "./touch.ts";
export { TableWalk, TorrentSnapshot } from "./walk.ts";
export { betweenSweeps, betweenWalks } from "./walk_lock.ts";
