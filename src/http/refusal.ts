/**
 * Requests that a transport refuses before the handler sees them, by the status of the answer (RFC 9110 15.5, 15.6).
 *
 * @module
 */

import { COUNTER } from "../stats/mod.ts";
import { ascii } from "./query.ts";
import type { HttpReply } from "./reply.ts";

export const BAD_REQUEST = 400;
export const METHOD_NOT_ALLOWED = 405;
export const TARGET_TOO_LONG = 414;
export const HEAD_TOO_LARGE = 431;
export const VERSION_NOT_SUPPORTED = 505;
const SERVICE_UNAVAILABLE = 503;

const REPLIES = [
  replyOf(BAD_REQUEST, "the request is not understood"),
  replyOf(METHOD_NOT_ALLOWED, "only GET and HEAD are served", "Allow: GET, HEAD\r\n"),
  replyOf(TARGET_TOO_LONG, "the request target is too long"),
  replyOf(HEAD_TOO_LARGE, "the head of the request is too long"),
  replyOf(VERSION_NOT_SUPPORTED, "only HTTP/1.0 and HTTP/1.1 are served"),
];

/** For what takes long, when too many such answers are under way. */
export const BUSY: HttpReply = replyOf(
  SERVICE_UNAVAILABLE,
  "too much is asked at the same time",
  "Retry-After: 60\r\n",
);

/** The answer that refuses a request by `status`, one of the above. Counts it. */
export function refuse(status: number, counters: Float64Array): HttpReply {
  counters[COUNTER.httpErrors]++;
  for (let i = 0; i < REPLIES.length; i++) {
    if (REPLIES[i].status === status) return REPLIES[i];
  }
  throw new RangeError(`Cannot refuse by the status ${status}`);
}

function replyOf(status: number, reason: string, headers = ""): HttpReply {
  return { status, contentType: "text/plain", body: ascii(reason), headers, stream: null };
}
