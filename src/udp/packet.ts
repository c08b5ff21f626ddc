/**
 * The UDP tracker protocol, BEP 15, as bytes. All integers are in network byte order; sizes and offsets in bytes.
 * The transaction id is the client's and goes back as it came.
 *
 * | offset | connect request (16 or more)     | offset | connect reply (16)              |
 * |--------|----------------------------------|--------|---------------------------------|
 * | 0      | u64 protocol id 0x41727101980    | 0      | u32 action 0                    |
 * | 8      | u32 action 0                     | 4      | u32 transaction id              |
 * | 12     | u32 transaction id               | 8      | u64 connection id               |
 *
 * | offset | announce request (98 or more)    | offset | announce reply (20 + s * n)     |
 * |--------|----------------------------------|--------|---------------------------------|
 * | 0      | u64 connection id                | 0      | u32 action 1                    |
 * | 8      | u32 action 1                     | 4      | u32 transaction id              |
 * | 12     | u32 transaction id               | 8      | u32 interval, seconds           |
 * | 16     | info hash[20]                    | 12     | u32 leechers                    |
 * | 36     | peer id[20]                      | 16     | u32 seeders                     |
 * | 56     | u64 downloaded                   | 20     | n peers of s bytes: address,    |
 * | 64     | u64 left                         |        | u16 port; s = 6 (IPv4), 18 (IPv6) |
 * | 72     | u64 uploaded                     |        |                                 |
 * | 80     | u32 event                        |        |                                 |
 * | 84     | u32 ip                           |        |                                 |
 * | 88     | u32 key                          |        |                                 |
 * | 92     | i32 peers wanted                 |        |                                 |
 * | 96     | u16 port                         |        |                                 |
 * | 98     | options (BEP 41)                 |        |                                 |
 *
 * | offset | scrape request (16 + 20 * n)     | offset | scrape reply (8 + 12 * n)       |
 * |--------|----------------------------------|--------|---------------------------------|
 * | 0      | u64 connection id                | 0      | u32 action 2                    |
 * | 8      | u32 action 2                     | 4      | u32 transaction id              |
 * | 12     | u32 transaction id               | 8      | n entries: u32 seeders,         |
 * | 16     | n info hashes of 20              |        | u32 completed, u32 leechers     |
 *
 * | offset | error reply (8 + n)              |
 * |--------|----------------------------------|
 * | 0      | u32 action 3                     |
 * | 4      | u32 transaction id               |
 * | 8      | message[n]                       |
 *
 * An announce reply puts leechers before seeders, a scrape reply seeders first. The options carry the path of the
 * tracker's URL, which says nothing to this tracker: nothing behind the port is read, so no option can do harm.
 *
 * @module
 */

/** The protocol id that a connect request begins with, in two halves. */
export const PROTOCOL_ID_HIGH = 0x00000417;
export const PROTOCOL_ID_LOW = 0x27101980;

export const ACTION_CONNECT = 0;
export const ACTION_ANNOUNCE = 1;
export const ACTION_SCRAPE = 2;
export const ACTION_ERROR = 3;

const WORD_BYTES = 4;
const ID_BYTES = 20;

// Every request. A connection id takes two words.
export const REQUEST_CONNECTION_ID = 0;
export const REQUEST_ACTION = REQUEST_CONNECTION_ID + 2 * WORD_BYTES;
export const REQUEST_TRANSACTION_ID = REQUEST_ACTION + WORD_BYTES;
export const REQUEST_HEAD_BYTES = REQUEST_TRANSACTION_ID + WORD_BYTES;

// Announce request.
export const ANNOUNCE_INFO_HASH = REQUEST_HEAD_BYTES;
export const ANNOUNCE_PEER_ID = ANNOUNCE_INFO_HASH + ID_BYTES;
export const ANNOUNCE_DOWNLOADED = ANNOUNCE_PEER_ID + ID_BYTES;
export const ANNOUNCE_LEFT = ANNOUNCE_DOWNLOADED + 2 * WORD_BYTES;
export const ANNOUNCE_UPLOADED = ANNOUNCE_LEFT + 2 * WORD_BYTES;
export const ANNOUNCE_EVENT = ANNOUNCE_UPLOADED + 2 * WORD_BYTES;
export const ANNOUNCE_IP = ANNOUNCE_EVENT + WORD_BYTES;
export const ANNOUNCE_KEY = ANNOUNCE_IP + WORD_BYTES;
export const ANNOUNCE_WANTED = ANNOUNCE_KEY + WORD_BYTES;
export const ANNOUNCE_PORT = ANNOUNCE_WANTED + WORD_BYTES;
export const ANNOUNCE_BYTES = ANNOUNCE_PORT + 2;

// Scrape request.
export const SCRAPE_HASHES = REQUEST_HEAD_BYTES;
export const SCRAPE_HASH_BYTES = ID_BYTES;

// Every reply.
export const REPLY_ACTION = 0;
export const REPLY_TRANSACTION_ID = REPLY_ACTION + WORD_BYTES;
export const REPLY_HEAD_BYTES = REPLY_TRANSACTION_ID + WORD_BYTES;

// Connect reply.
export const CONNECT_REPLY_ID = REPLY_HEAD_BYTES;
export const CONNECT_REPLY_BYTES = CONNECT_REPLY_ID + 2 * WORD_BYTES;

// Announce reply.
export const ANNOUNCE_REPLY_INTERVAL = REPLY_HEAD_BYTES;
export const ANNOUNCE_REPLY_LEECHERS = ANNOUNCE_REPLY_INTERVAL + WORD_BYTES;
export const ANNOUNCE_REPLY_SEEDERS = ANNOUNCE_REPLY_LEECHERS + WORD_BYTES;
export const ANNOUNCE_REPLY_PEERS = ANNOUNCE_REPLY_SEEDERS + WORD_BYTES;

// Scrape reply, and an entry of it.
export const SCRAPE_REPLY_ENTRIES = REPLY_HEAD_BYTES;
export const SCRAPE_ENTRY_SEEDERS = 0;
export const SCRAPE_ENTRY_COMPLETED = SCRAPE_ENTRY_SEEDERS + WORD_BYTES;
export const SCRAPE_ENTRY_LEECHERS = SCRAPE_ENTRY_COMPLETED + WORD_BYTES;
export const SCRAPE_ENTRY_BYTES = SCRAPE_ENTRY_LEECHERS + WORD_BYTES;

// Error reply.
export const ERROR_REPLY_MESSAGE = REPLY_HEAD_BYTES;

/** Writes a connect reply at `at` and returns its length. The connection id is given in two halves. */
export function writeConnectReply(
  view: DataView,
  at: number,
  transactionId: number,
  idHigh: number,
  idLow: number,
): number {
  writeReplyHead(view, at, ACTION_CONNECT, transactionId);
  view.setUint32(at + CONNECT_REPLY_ID, idHigh);
  view.setUint32(at + CONNECT_REPLY_ID + WORD_BYTES, idLow);
  return CONNECT_REPLY_BYTES;
}

/** Writes what precedes the peers of an announce reply at `at` and returns its length. */
export function writeAnnounceReplyHead(
  view: DataView,
  at: number,
  transactionId: number,
  intervalSec: number,
  leechers: number,
  seeders: number,
): number {
  writeReplyHead(view, at, ACTION_ANNOUNCE, transactionId);
  view.setUint32(at + ANNOUNCE_REPLY_INTERVAL, intervalSec);
  view.setUint32(at + ANNOUNCE_REPLY_LEECHERS, leechers);
  view.setUint32(at + ANNOUNCE_REPLY_SEEDERS, seeders);
  return ANNOUNCE_REPLY_PEERS;
}

/** Writes what precedes the entries of a scrape reply at `at` and returns its length. */
export function writeScrapeReplyHead(view: DataView, at: number, transactionId: number): number {
  writeReplyHead(view, at, ACTION_SCRAPE, transactionId);
  return SCRAPE_REPLY_ENTRIES;
}

/** Writes one entry of a scrape reply at `at` and returns its length. */
export function writeScrapeEntry(
  view: DataView,
  at: number,
  seeders: number,
  completed: number,
  leechers: number,
): number {
  view.setUint32(at + SCRAPE_ENTRY_SEEDERS, seeders);
  view.setUint32(at + SCRAPE_ENTRY_COMPLETED, completed);
  view.setUint32(at + SCRAPE_ENTRY_LEECHERS, leechers);
  return SCRAPE_ENTRY_BYTES;
}

/** Writes an error reply at `at` and returns its length. */
export function writeErrorReply(
  view: DataView,
  at: number,
  transactionId: number,
  message: Uint8Array,
): number {
  writeReplyHead(view, at, ACTION_ERROR, transactionId);
  const messageAt = at + ERROR_REPLY_MESSAGE;
  for (let i = 0; i < message.length; i++) view.setUint8(messageAt + i, message[i]);
  return ERROR_REPLY_MESSAGE + message.length;
}

function writeReplyHead(view: DataView, at: number, action: number, transactionId: number): void {
  view.setUint32(at + REPLY_ACTION, action);
  view.setUint32(at + REPLY_TRANSACTION_ID, transactionId);
}
