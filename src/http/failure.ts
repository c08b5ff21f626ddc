/**
 * Why a request fails, in the words its client gets as `failure reason`. No other text ever goes out as one.
 *
 * @module
 */

/** Torrents that one scrape may name. */
export const SCRAPE_HASHES_MAX = 100;

export const FAILURE = {
  infoHashMissing: "info_hash is missing",
  infoHashInvalid: "info_hash must be 20 bytes, percent-encoded",
  infoHashRepeated: "info_hash is given more than once",
  peerIdInvalid: "peer_id must be 20 bytes, percent-encoded",
  portInvalid: "port must be a number from 1 to 65535",
  leftInvalid: "left must be a number of bytes",
  numwantInvalid: "numwant must be a number",
  escapeInvalid: "a value is not percent-encoded rightly",
  fullScrape: "a scrape must name an info_hash, this tracker gives no full scrape",
  tooManyHashes: `a scrape may name at most ${SCRAPE_HASHES_MAX} torrents`,
} as const;

export type Failure = typeof FAILURE[keyof typeof FAILURE];
