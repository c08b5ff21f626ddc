/**
 * Why requests are not served, by short names: each is a counter of its own, and their sum is the number of errors.
 *
 * @module
 */

/** Of datagrams. Those of them that must not be answered get silence. */
export const UDP_ERRORS = [
  /** Of fewer bytes than a request of its action has. */
  "too_short",
  /** Sent from port 0, which nothing can be sent to. */
  "bad_sender_port",
  "refused_address",
  "unknown_action",
  "bad_protocol_id",
  "bad_connection_id",
  "no_info_hash",
  /** Announced port 0. */
  "bad_port",
  "too_many_announces",
  "refused_client",
  "refused_torrent",
] as const;

/** One of them. */
export type UdpError = typeof UDP_ERRORS[number];

/** Of requests over HTTP: first those that clients are told as a failure reason, then those answered by a status. */
export const HTTP_ERRORS = [
  "no_info_hash",
  "bad_info_hash",
  "repeated_info_hash",
  "bad_peer_id",
  "bad_port",
  "bad_left",
  "bad_numwant",
  "bad_escape",
  /** A trusted proxy does not say who the client is. */
  "unknown_address",
  "refused_address",
  "refused_client",
  "refused_torrent",
  "too_many_announces",
  /** Nothing can be stored, and there is nobody to tell of. */
  "full",
  /** A full scrape, where none is given. */
  "no_full_scrape",
  "full_scrape_too_soon",
  "too_many_hashes",
  "bad_request",
  "unauthorized",
  "forbidden",
  "not_found",
  "bad_method",
  "target_too_long",
  "head_too_large",
  "bad_version",
  /** What was asked for is not there yet, or too much is asked at the same time. */
  "unavailable",
  /** A connection could not be taken. */
  "accept_failed",
] as const;

/** One of them. */
export type HttpError = typeof HTTP_ERRORS[number];
