/**
 * Why datagrams are not served. Each error is the counter in a worker's row that it raises, and of some the sender is told.
 *
 * @module
 */

import { udpErrorCounter } from "../stats/mod.ts";
import { ERROR_REPLY_MESSAGE } from "./packet.ts";

export const TOO_SHORT: number = udpErrorCounter("too_short");
export const BAD_SENDER_PORT: number = udpErrorCounter("bad_sender_port");
export const REFUSED_ADDRESS: number = udpErrorCounter("refused_address");
export const UNKNOWN_ACTION: number = udpErrorCounter("unknown_action");
export const BAD_PROTOCOL_ID: number = udpErrorCounter("bad_protocol_id");
export const BAD_CONNECTION_ID: number = udpErrorCounter("bad_connection_id");
export const NO_INFO_HASH: number = udpErrorCounter("no_info_hash");
export const BAD_PORT: number = udpErrorCounter("bad_port");
export const TOO_MANY_ANNOUNCES: number = udpErrorCounter("too_many_announces");
export const REFUSED_CLIENT: number = udpErrorCounter("refused_client");
export const REFUSED_TORRENT: number = udpErrorCounter("refused_torrent");

const encoder = new TextEncoder();
/** Misspelt and closed by NUL, as opentracker has it: a widespread client reconnects on just these bytes. */
const CONNECTION_ID_TEXT = encoder.encode("Connection ID missmatch.\0");
const INFO_HASH_TEXT = encoder.encode("No info hash given.");
const PORT_TEXT = encoder.encode("Port 0 is not allowed.");
const CLIENT_TEXT = encoder.encode("Your client is not authorized for use with this tracker.");
const TORRENT_TEXT = encoder.encode("Requested download is not authorized for use with this tracker.");

/** What the sender of a request of so many bytes is told of the error; null = nothing. */
export function errorText(error: number, requestBytes: number): Uint8Array | null {
  switch (error) {
    case BAD_CONNECTION_ID:
      // It may come from anywhere, so it must not be worth forging: no answer is longer than its request.
      return ERROR_REPLY_MESSAGE + CONNECTION_ID_TEXT.length > requestBytes ? null : CONNECTION_ID_TEXT;
    case NO_INFO_HASH:
      return INFO_HASH_TEXT;
    case BAD_PORT:
      return PORT_TEXT;
    case REFUSED_CLIENT:
      return CLIENT_TEXT;
    case REFUSED_TORRENT:
      return TORRENT_TEXT;
    default:
      return null;
  }
}
