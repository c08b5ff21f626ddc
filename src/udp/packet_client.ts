/**
 * The client's side of BEP 15: requests written and replies read, for tests and load generators. Layouts: packet.ts.
 *
 * @module
 */

import {
  ACTION_ANNOUNCE,
  ACTION_CONNECT,
  ACTION_SCRAPE,
  ANNOUNCE_BYTES,
  ANNOUNCE_DOWNLOADED,
  ANNOUNCE_EVENT,
  ANNOUNCE_INFO_HASH,
  ANNOUNCE_IP,
  ANNOUNCE_KEY,
  ANNOUNCE_LEFT,
  ANNOUNCE_PEER_ID,
  ANNOUNCE_PORT,
  ANNOUNCE_REPLY_INTERVAL,
  ANNOUNCE_REPLY_LEECHERS,
  ANNOUNCE_REPLY_PEERS,
  ANNOUNCE_REPLY_SEEDERS,
  ANNOUNCE_UPLOADED,
  ANNOUNCE_WANTED,
  CONNECT_REPLY_ID,
  ERROR_REPLY_MESSAGE,
  PROTOCOL_ID_HIGH,
  PROTOCOL_ID_LOW,
  REPLY_ACTION,
  REPLY_TRANSACTION_ID,
  REQUEST_ACTION,
  REQUEST_CONNECTION_ID,
  REQUEST_HEAD_BYTES,
  REQUEST_TRANSACTION_ID,
  SCRAPE_ENTRY_BYTES,
  SCRAPE_ENTRY_COMPLETED,
  SCRAPE_ENTRY_LEECHERS,
  SCRAPE_ENTRY_SEEDERS,
  SCRAPE_HASH_BYTES,
  SCRAPE_HASHES,
  SCRAPE_REPLY_ENTRIES,
} from "./packet.ts";

const PROTOCOL_ID = BigInt(PROTOCOL_ID_HIGH) << 32n | BigInt(PROTOCOL_ID_LOW);

/** The fields of an announce; those left out are 0, but a default number of peers is wanted. */
export interface AnnounceFields {
  /** 20 bytes. */
  infoHash: Uint8Array;
  /** 20 bytes. */
  peerId?: Uint8Array;
  downloaded?: bigint;
  left?: bigint;
  uploaded?: bigint;
  /** As BEP 15 numbers them: 0 none, 1 completed, 2 started, 3 stopped; 4 paused (BEP 21). */
  event?: number;
  ip?: number;
  key?: number;
  /** Signed; -1 = as many as the tracker likes. */
  wanted?: number;
  port: number;
}

/** Writes a connect request at `at` and returns its length. */
export function writeConnect(view: DataView, at: number, transactionId: number): number {
  return writeRequestHead(view, at, PROTOCOL_ID, ACTION_CONNECT, transactionId);
}

/** Writes an announce request without options at `at` and returns its length. */
export function writeAnnounce(
  view: DataView,
  at: number,
  connectionId: bigint,
  transactionId: number,
  fields: AnnounceFields,
): number {
  writeRequestHead(view, at, connectionId, ACTION_ANNOUNCE, transactionId);
  writeBytes(view, at + ANNOUNCE_INFO_HASH, fields.infoHash);
  writeBytes(view, at + ANNOUNCE_PEER_ID, fields.peerId ?? new Uint8Array(SCRAPE_HASH_BYTES));
  view.setBigUint64(at + ANNOUNCE_DOWNLOADED, fields.downloaded ?? 0n);
  view.setBigUint64(at + ANNOUNCE_LEFT, fields.left ?? 0n);
  view.setBigUint64(at + ANNOUNCE_UPLOADED, fields.uploaded ?? 0n);
  view.setUint32(at + ANNOUNCE_EVENT, fields.event ?? 0);
  view.setUint32(at + ANNOUNCE_IP, fields.ip ?? 0);
  view.setUint32(at + ANNOUNCE_KEY, fields.key ?? 0);
  view.setInt32(at + ANNOUNCE_WANTED, fields.wanted ?? -1);
  view.setUint16(at + ANNOUNCE_PORT, fields.port);
  return ANNOUNCE_BYTES;
}

/** Writes a scrape request for hashes of 20 bytes each at `at` and returns its length. */
export function writeScrape(
  view: DataView,
  at: number,
  connectionId: bigint,
  transactionId: number,
  infoHashes: readonly Uint8Array[],
): number {
  writeRequestHead(view, at, connectionId, ACTION_SCRAPE, transactionId);
  infoHashes.forEach((hash, index) => writeBytes(view, at + SCRAPE_HASHES + index * SCRAPE_HASH_BYTES, hash));
  return SCRAPE_HASHES + infoHashes.length * SCRAPE_HASH_BYTES;
}

function writeRequestHead(
  view: DataView,
  at: number,
  connectionId: bigint,
  action: number,
  transactionId: number,
): number {
  view.setBigUint64(at + REQUEST_CONNECTION_ID, connectionId);
  view.setUint32(at + REQUEST_ACTION, action);
  view.setUint32(at + REQUEST_TRANSACTION_ID, transactionId);
  return REQUEST_HEAD_BYTES;
}

function writeBytes(view: DataView, at: number, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) view.setUint8(at + i, bytes[i]);
}

export interface AnnounceReply {
  intervalSec: number;
  leechers: number;
  seeders: number;
  /** Compact peers of the family of the socket: a view of the reply. */
  peers: Uint8Array;
}

export interface ScrapeEntry {
  seeders: number;
  completed: number;
  leechers: number;
}

/** The action of a reply of 8 bytes or more. */
export function readReplyAction(reply: Uint8Array): number {
  return viewOf(reply).getUint32(REPLY_ACTION);
}

/** The transaction id of a reply of 8 bytes or more. */
export function readReplyTransactionId(reply: Uint8Array): number {
  return viewOf(reply).getUint32(REPLY_TRANSACTION_ID);
}

/** The connection id in a connect reply. */
export function readConnectReply(reply: Uint8Array): bigint {
  return viewOf(reply).getBigUint64(CONNECT_REPLY_ID);
}

export function readAnnounceReply(reply: Uint8Array): AnnounceReply {
  const view = viewOf(reply);
  return {
    intervalSec: view.getUint32(ANNOUNCE_REPLY_INTERVAL),
    leechers: view.getUint32(ANNOUNCE_REPLY_LEECHERS),
    seeders: view.getUint32(ANNOUNCE_REPLY_SEEDERS),
    peers: reply.subarray(ANNOUNCE_REPLY_PEERS),
  };
}

/** The entries of a scrape reply, in the order of the hashes asked for. */
export function readScrapeReply(reply: Uint8Array): ScrapeEntry[] {
  const view = viewOf(reply);
  const count = Math.floor((reply.length - SCRAPE_REPLY_ENTRIES) / SCRAPE_ENTRY_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const at = SCRAPE_REPLY_ENTRIES + index * SCRAPE_ENTRY_BYTES;
    return {
      seeders: view.getUint32(at + SCRAPE_ENTRY_SEEDERS),
      completed: view.getUint32(at + SCRAPE_ENTRY_COMPLETED),
      leechers: view.getUint32(at + SCRAPE_ENTRY_LEECHERS),
    };
  });
}

/** The message of an error reply, a closing NUL included. */
export function readErrorReply(reply: Uint8Array): string {
  return new TextDecoder().decode(reply.subarray(ERROR_REPLY_MESSAGE));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
