/**
 * Why a request fails, in the words its client gets as `failure reason`. No other text ever goes out as one.
 *
 * ```
 * d 14:failure reason <text> [ 8:retry in <string of decimal minutes> ] e
 * ```
 *
 * `retry in` (BEP 31) comes with failures that pass by themselves. The proposal calls its value an integer or the word
 * "never"; its examples, the only bytes it has, write both as strings, and so does this.
 *
 * @module
 */

import { httpErrorCounter } from "../stats/mod.ts";
import { type BencodeWriter, encodeText } from "./bencode.ts";

/** Torrents that one scrape may name. */
export const SCRAPE_HASHES_MAX = 100;

/** The texts, each by what is wrong. */
export const FAILURE = {
  infoHashMissing: "info_hash is missing",
  infoHashInvalid: "info_hash must be 20 bytes, percent-encoded",
  infoHashRepeated: "info_hash is given more than once",
  peerIdInvalid: "peer_id must be 20 bytes, percent-encoded",
  portInvalid: "port must be a number from 1 to 65535",
  leftInvalid: "left must be a number of bytes",
  numwantInvalid: "numwant must be a number",
  escapeInvalid: "a value is not percent-encoded rightly",
  addressUnknown: "the proxy in front of this tracker does not say where you are",
  addressRefused: "this tracker does not serve your address",
  clientRefused: "Your client is not authorized for use with this tracker.",
  torrentRefused: "Requested download is not authorized for use with this tracker.",
  tooManyAnnounces: "your address announces too often",
  full: "this tracker is full and knows nobody else in this torrent",
  fullScrape: "a scrape must name an info_hash, this tracker gives no full scrape",
  fullScrapeTooSoon: "you were given a full scrape a short time ago",
  tooManyHashes: `a scrape may name at most ${SCRAPE_HASHES_MAX} torrents`,
} as const;

/** One of the texts. */
export type Failure = typeof FAILURE[keyof typeof FAILURE];

/** The counter in a worker's row that each raises. */
const COUNTERS = new Map<Failure, number>([
  [FAILURE.infoHashMissing, httpErrorCounter("no_info_hash")],
  [FAILURE.infoHashInvalid, httpErrorCounter("bad_info_hash")],
  [FAILURE.infoHashRepeated, httpErrorCounter("repeated_info_hash")],
  [FAILURE.peerIdInvalid, httpErrorCounter("bad_peer_id")],
  [FAILURE.portInvalid, httpErrorCounter("bad_port")],
  [FAILURE.leftInvalid, httpErrorCounter("bad_left")],
  [FAILURE.numwantInvalid, httpErrorCounter("bad_numwant")],
  [FAILURE.escapeInvalid, httpErrorCounter("bad_escape")],
  [FAILURE.addressUnknown, httpErrorCounter("unknown_address")],
  [FAILURE.addressRefused, httpErrorCounter("refused_address")],
  [FAILURE.clientRefused, httpErrorCounter("refused_client")],
  [FAILURE.torrentRefused, httpErrorCounter("refused_torrent")],
  [FAILURE.tooManyAnnounces, httpErrorCounter("too_many_announces")],
  [FAILURE.full, httpErrorCounter("full")],
  [FAILURE.fullScrape, httpErrorCounter("no_full_scrape")],
  [FAILURE.fullScrapeTooSoon, httpErrorCounter("full_scrape_too_soon")],
  [FAILURE.tooManyHashes, httpErrorCounter("too_many_hashes")],
]);

const KEY_FAILURE_REASON = encodeText("failure reason");
const KEY_RETRY_IN = encodeText("retry in");

const ENCODED = new Map(Object.values(FAILURE).map((failure) => [failure, encodeText(failure)]));

/** The counter in a worker's row that counts `failure`. */
export function failureCounter(failure: Failure): number {
  return COUNTERS.get(failure)!;
}

/** Writes `failure` as the whole answer. `retryMin` are the minutes after which to try again; 0 = nothing is said. */
export function writeFailure(failure: Failure, retryMin: number, writer: BencodeWriter): void {
  writer.beginDictionary();
  writer.encoded(KEY_FAILURE_REASON);
  writer.encoded(ENCODED.get(failure)!);
  if (retryMin > 0) {
    writer.encoded(KEY_RETRY_IN);
    writer.encoded(encodeText(String(retryMin)));
  }
  writer.end();
}
