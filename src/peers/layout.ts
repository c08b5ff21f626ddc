/**
 * Where everything lies in the shared buffers of the peer table.
 *
 * Five buffers, all little-endian 32-bit words unless said otherwise:
 *
 * ```
 * control   control words, then one line of 16 words a shard
 * torrents  one line of 16 words a torrent; slot 0 is none of the table's, so 0 means "none"
 * peers     a heap (heap.ts) of peer blocks and of the shards' indexes
 * ids       a heap of peer-id blocks; absent when peer ids are not kept
 * clients   a list of the beginnings of peer ids; likewise
 * ```
 *
 * A peer block holds peers of one torrent in one address family, dense. `capacity` counts positions.
 *
 * ```
 *  at (bytes)          size                   field
 *  0                   4                      heap header
 *  4                   4                      block in the ids heap that holds the peers' ids; 0 = ids are not kept
 *  8                   stride * capacity      compact peers: address and port, network order (BEP 23, 7)
 *  8 + stride * c      2 * capacity           marks: flags (the ODB's and two of our own) in the low byte, the minute of
 *                                             the last announce, modulo 256, in the high byte
 * ```
 *
 * A peer-id block has the heap header and then `capacity` ids (peer_ids.ts); position i is the peer at position i.
 *
 * A torrent with few peers in a family has one block for them: leechers from the front, seeders from the back, the
 * unused room between them. One with more than SMALL_MAX has two directories there, of its leechers and of its seeders,
 * each of a number of buckets that follows the number of peers. A peer's address and port decide by a keyed hash which
 * bucket it is in (linear hashing); where the peers of an address are bounded, its address alone does (IPv6: the first 8
 * bytes), so that they all are in one. Each bucket is a peer block of its own, filled from the front.
 *
 * ```
 *  directory block (words)
 *  0    heap header
 *  1    buckets
 *  2    an upper bound of the peers in any bucket | a count, from anywhere, of how often one is given peers << 16
 *  3    its frozen copy (frozen.ts); 0 = there is none
 *  4 +  two words a bucket: its peer block (0 while it is empty), its peers | its capacity << 16
 * ```
 *
 * @module
 */

/** Bytes of a cache line, the size of a shard's and of a torrent's line. */
export const LINE_WORDS = 16;

/** Shards of torrents: the top ten bits of the info hash, so that shards in order are hashes in order. */
export const SHARD_COUNT = 1024;

// Control words.
/** The table's minute, see tableMinute(). */
export const CONTROL_MINUTE = 0;
/** Peers stored now (atomic). */
export const CONTROL_PEERS = 1;
/** Torrents stored now; changed under the lock of the torrent slots. */
export const CONTROL_TORRENTS = 2;
/** Lock of the torrent slots. */
export const CONTROL_SLOT_LOCK = 4;
/** First slot never used yet. */
export const CONTROL_SLOT_HIGH = 5;
/** First slot of the list of freed ones, linked by their first word. */
export const CONTROL_SLOT_FREE = 6;
/** Clients in the list of those that peer ids tell (peer_ids.ts). */
export const CONTROL_CLIENTS = 7;
/** Random words that key the hashes. */
export const CONTROL_KEYS = 8;
/** Lock of the list of clients. */
export const CONTROL_CLIENTS_LOCK = 13;
/** Lock between walks and sweeps (walk_lock.ts). */
export const CONTROL_WALK_LOCK = 14;
/** 1 while a sweep is due that a walk has kept the keeper from, else 0. */
export const CONTROL_SWEEP_WISH = 15;
export const CONTROL_WORDS = LINE_WORDS;

// Words of a shard's line.
export const SHARD_LOCK = 0;
/** Block of the shard's torrent index in the peers heap; 0 = none yet. */
export const SHARD_INDEX = 1;
/** Slots of that index, a power of two. */
export const SHARD_INDEX_SIZE = 2;
export const SHARD_TORRENTS = 3;
export const SHARD_SEEDERS = 4;
export const SHARD_LEECHERS = 5;
/** Completed downloads of the shard's torrents, a float64 in two words. */
export const SHARD_COMPLETED_F64 = 6;
/** Announces to the shard's torrents answered but not stored because the table was full, likewise. */
export const SHARD_REJECTED_F64 = 8;
/** What a walk wants of one of the shard's torrents, see frozen.ts; 0 = nothing. */
export const SHARD_FROZEN = 10;

// Words of a torrent's line.
export const TORRENT_HASH = 0;
/** Peer blocks, or directories of leechers, IPv4 then IPv6; 0 = no peers. */
export const TORRENT_BLOCK = 5;
/** Capacities of those blocks times two, or directories of seeders | DIRECTORIES, IPv4 then IPv6. */
export const TORRENT_CAPACITY = 7;
/** Leechers, IPv4 then IPv6. */
export const TORRENT_LEECHERS = 9;
/** Seeders, IPv4 then IPv6. */
export const TORRENT_SEEDERS = 11;
export const TORRENT_COMPLETED = 13;
/** Minute of the table's clock in which the torrent was last announced. */
export const TORRENT_TOUCHED = 14;
/** Paused peers (BEP 21 partial seeds) of both families. */
export const TORRENT_PAUSED = 15;

/** The line of slot 0: that of a torrent as it was when it was frozen (frozen.ts), but for its hash, whose words are these. */
export const FROZEN_LINE = 0;
/** The first of the blocks that only the frozen torrent has any more, linked by the word that tells of ids. */
export const FROZEN_LEFT = 0;
/** 1 when it does not stay as it was. */
export const FROZEN_SPOILT = 1;

/** Words of an info hash and of a peer id. */
export const HASH_WORDS = 5;
export const HASH_BYTES = 20;

/** Words before the compact peers of a block: heap header, peer-id block. */
export const BLOCK_HEAD_WORDS = 2;

/** 16-bit words of a compact peer by family (0 = IPv4, 1 = IPv6). */
export const COMPACT_HALFWORDS = [3, 9] as const;
/** 16-bit words of what counts as one address, by family: all of IPv4, the first 64 bits of IPv6. */
export const ADDRESS_HALFWORDS = [2, 4] as const;
/** Bytes of a compact peer by family. */
export const COMPACT_BYTES = [6, 18] as const;
/** Bytes of an ODB peer record by family: the compact peer, its flags, its age in minutes. */
export const RECORD_BYTES = [COMPACT_BYTES[0] + 2, COMPACT_BYTES[1] + 2] as const;
/** Words of such a record; a position of a peer block takes as many. */
export const RECORD_WORDS = [RECORD_BYTES[0] / 4, RECORD_BYTES[1] / 4] as const;

/** Where the minute stands in a peer's mark; the flags stand below. */
export const MARK_MINUTE_SHIFT = 8;

/** Address family as an index. */
export const IPV4 = 0;
export const IPV6 = 1;
export type Family = typeof IPV4 | typeof IPV6;
export const FAMILIES = [IPV4, IPV6] as const;
/** Leechers, then seeders: whether a peer is seeding. */
export const ROLES = [false, true] as const;

// Flags of a peer. The high four are the ODB's and travel with the file.
export const FLAG_SEEDING = 0x80;
export const FLAG_COMPLETED = 0x40;
export const FLAG_STOPPED = 0x20;
export const FLAG_FROM_SYNC = 0x10;
/** The flags that an ODB file holds. */
export const FLAGS_ODB = FLAG_SEEDING | FLAG_COMPLETED | FLAG_STOPPED | FLAG_FROM_SYNC;
/** The peer's id is known. */
export const FLAG_HAS_ID = 0x02;
/** The peer announced itself paused (BEP 21). */
export const FLAG_PAUSED = 0x01;

/** Set in a torrent's capacity word when it has directories. Blocks have even addresses, so the bit is free there. */
export const DIRECTORIES = 1;
/** Peers of one family that one block holds at most, before the torrent is given directories. */
export const SMALL_MAX = 64;
/** Peers a bucket that there are on average when one is added. */
export const BUCKET_PEERS = 64;

/** Clients that the list of the beginnings of peer ids takes. */
export const CLIENTS_MAX = 4096;
/** Entries that it has room for, a power of two: half of them stay free. */
export const CLIENT_ENTRIES = CLIENTS_MAX * 2;
/** Words of an entry: the first eight bytes of an id. */
export const CLIENT_WORDS = 2;

/** Longest time in minutes for which the age of a peer in a byte is unambiguous, with room for a late sweep. */
export const PEER_AGE_MAX_MIN = 240;

/** Peers and torrents that may be asked for; what the 32-bit words and positions carry. */
export const PEERS_MAX = 2 ** 27;
export const TORRENTS_MAX = 2 ** 26;
/** With a bound on the peers of an address, all of one address are in one bucket; so many make it slow, and no more. */
export const PEERS_PER_ADDRESS_MAX = 1000;
