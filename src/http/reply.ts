/**
 * What the handler gives the transports to send.
 *
 * @module
 */

import type { FullScrapeTurn } from "./full_scrape_limit.ts";
import type { ListFormat } from "./list_format.ts";

/** Lines of a head: the body is compressed by gzip; and, for caches, it is so for those who accept it. */
export const GZIP_ENCODING = "Content-Encoding: gzip\r\n";
export const VARY_ENCODING = "Vary: Accept-Encoding\r\n";

/**
 * One answer. The handler reuses it, its body too: use or copy them before the next request.
 *
 * A transport answers HEAD by the head alone of what is here, and drops the stream, if there is one.
 */
export interface HttpReply {
  status: number;
  /** "" where there is nothing to have a type, see `isBodiless`. */
  contentType: string;
  /** Not there when `stream` is; empty then. */
  body: Uint8Array<ArrayBuffer>;
  /** Further lines of the head, each ended by CRLF; mostly "". */
  headers: string;
  /** Not null where the answer is too long for one body. */
  stream: BodyStream | null;
}

/** Whether an answer of that status has no body, and says nothing of one (RFC 9110 15.3.5, 15.4.5). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

/** A list of all torrents as a client is to have it. Plain data and shared memory: another thread can make it. */
export interface ListOrder {
  readonly format: ListFormat;
  /** The client takes it compressed: the transport is to do that, and to say so in the head. */
  readonly gzip: boolean;
  /** The client's address, as text. */
  readonly client: string;
  /** What the client's address took for it: whoever refuses to send the list gives it back. Null for HEAD. */
  readonly turn: FullScrapeTurn | null;
}

/** A body of any length, a piece at a time. */
export interface BodyStream extends ListOrder {
  /** The next piece, which is the caller's to keep; null at the end. It never waits. */
  next(): Uint8Array<ArrayBuffer> | null;
}
