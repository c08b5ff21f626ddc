/**
 * Requests that a transport refuses before the handler sees them, by the status of the answer (RFC 9110 15.5, 15.6).
 *
 * @module
 */

import { type HttpError, httpErrorCounter } from "../stats/mod.ts";
import { ascii } from "./query.ts";
import type { HttpReply } from "./reply.ts";

export const BAD_REQUEST = 400;
export const METHOD_NOT_ALLOWED = 405;
export const TARGET_TOO_LONG = 414;
export const HEAD_TOO_LARGE = 431;
export const VERSION_NOT_SUPPORTED = 505;
const SERVICE_UNAVAILABLE = 503;

/** What refuses a request, and the counter in a worker's row that counts it. */
interface Refusal {
  reply: HttpReply;
  counter: number;
}

const REFUSALS: readonly Refusal[] = [
  refusal(BAD_REQUEST, "bad_request", "the request is not understood"),
  refusal(METHOD_NOT_ALLOWED, "bad_method", "only GET and HEAD are served", "Allow: GET, HEAD\r\n"),
  refusal(TARGET_TOO_LONG, "target_too_long", "the request target is too long"),
  refusal(HEAD_TOO_LARGE, "head_too_large", "the head of the request is too long"),
  refusal(VERSION_NOT_SUPPORTED, "bad_version", "only HTTP/1.0 and HTTP/1.1 are served"),
];

/** For what takes long, when too many such answers are under way. */
export const BUSY: HttpReply = replyOf(
  SERVICE_UNAVAILABLE,
  "too much is asked at the same time",
  "Retry-After: 60\r\n",
);

/** The answer that refuses a request by `status`, one of the above. Counts it. */
export function refuse(status: number, counters: Float64Array): HttpReply {
  for (let i = 0; i < REFUSALS.length; i++) {
    const { reply, counter } = REFUSALS[i];
    if (reply.status !== status) continue;
    counters[counter]++;
    return reply;
  }
  throw new RangeError(`Cannot refuse by the status ${status}`);
}

function refusal(status: number, cause: HttpError, reason: string, headers = ""): Refusal {
  return { reply: replyOf(status, reason, headers), counter: httpErrorCounter(cause) };
}

function replyOf(status: number, reason: string, headers = ""): HttpReply {
  return { status, contentType: "text/plain", body: ascii(reason), headers, stream: null };
}
