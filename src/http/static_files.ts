/** Files that never change while the program runs. @module */

import { GZIP_ENCODING, type HttpReply, VARY_ENCODING } from "./reply.ts";

/** One of them. Plain data, so that a message carries it. */
export interface StaticFile {
  /** The last segment of its path. */
  name: string;
  contentType: string;
  /** Its strong entity tag, with the quotes; that of the compressed file is another. */
  etag: string;
  body: Uint8Array<ArrayBuffer>;
  /** The same compressed by gzip. */
  gzipped: Uint8Array<ArrayBuffer>;
}

/** Whoever refers to it changes the query when the file changes. */
const LIFETIME = "Cache-Control: public, max-age=31536000, immutable\r\n";
const EMPTY_BODY = new Uint8Array();

/** Answers a request for `file`: by the file, or to one who has it already, by `ifNoneMatch`, that it is the same still. */
export function answerFile(file: StaticFile, acceptsGzip: boolean, ifNoneMatch: string): HttpReply {
  const etag = acceptsGzip ? file.etag.replace(/"$/, '-gzip"') : file.etag;
  const encoding = acceptsGzip ? GZIP_ENCODING : "";
  const headers = `ETag: ${etag}\r\n${LIFETIME}${VARY_ENCODING}X-Content-Type-Options: nosniff\r\n`;
  if (ifNoneMatch.split(",").some((tag) => matches(tag.trim(), etag))) {
    return { status: 304, contentType: "", body: EMPTY_BODY, headers, stream: null };
  }
  const body = acceptsGzip ? file.gzipped : file.body;
  return { status: 200, contentType: file.contentType, body, headers: headers + encoding, stream: null };
}

/** By the weak comparison of RFC 9110 13.1.2: proxies that compress make strong tags weak. */
function matches(tag: string, etag: string): boolean {
  return tag === "*" || tag.replace(/^W\//, "") === etag;
}
