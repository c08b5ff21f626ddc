/**
 * Answers on their way out, head and body, as the bytes of HTTP/1.1 (RFC 9112 4 and 6).
 *
 * ```
 * HTTP/1.1 200 OK
 * Content-Type: text/plain       and further fields of the reply
 * Date: ...
 * Connection: ...                "close", or "keep-alive" for HTTP/1.0, or none
 * Content-Length: ...            none with 204, nor where the body ends with the connection
 *
 * body
 * ```
 *
 * @module
 */

import { CR, DIGIT_ZERO, LF } from "./octets.ts";
import { ascii } from "./query.ts";
import { GZIP_ENCODING, type HttpReply, isBodiless } from "./reply.ts";

/** What a head says of the connection. */
export const CONNECTION_CLOSE = 0;
export const CONNECTION_OPEN = 1;
/** As above, to a client of HTTP/1.0, which must be told. */
export const CONNECTION_OPEN_HTTP10 = 2;
export type ConnectionFate =
  | typeof CONNECTION_CLOSE
  | typeof CONNECTION_OPEN
  | typeof CONNECTION_OPEN_HTTP10;

const CAPACITY_START = 64 * 1024;
/** More than what a head has beside the lines that the reply brings: date, connection and length. */
const HEAD_ROOM = 256;

const REASONS: Record<number, string> = {
  200: "OK",
  204: "No Content",
  302: "Found",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  414: "URI Too Long",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

const FATES = [ascii("Connection: close\r\n"), ascii(""), ascii("Connection: keep-alive\r\n")];
const CONTENT_LENGTH = ascii("Content-Length: ");
const DATE_REFRESH_MS = 1000;

/** The first lines of a head, which many answers have in common. */
interface HeadStart {
  status: number;
  contentType: string;
  headers: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Replies have few kinds of heads. Should they ever have many, the others are made anew each time. */
const HEAD_STARTS_MAX = 64;
/** These tell another time each, and would fill up the room for those of announces. */
const TOO_MANY_REQUESTS = 429;

/** The answers of one thread, some at a time. */
export class AnswerBuffer {
  /** Holds the answers; another one when these are more than it can take. */
  buffer: ArrayBuffer = new ArrayBuffer(CAPACITY_START);
  /** How many bytes of answers there are. */
  length = 0;

  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(this.buffer);
  readonly #starts: HeadStart[] = [];
  #date: Uint8Array<ArrayBuffer> = dateLine();
  #dateMs: number | null = null;

  /** Forgets all answers. */
  clear(): void {
    this.length = 0;
  }

  /** Lets heads have the date of now. `nowMs` is 32 bits of some clock; when that has gone on, the date is looked up. */
  setTime(nowMs: number): void {
    if (this.#dateMs !== null && nowMs - this.#dateMs >>> 0 < DATE_REFRESH_MS) return;
    this.#dateMs = nowMs;
    this.#date = dateLine();
  }

  /** Appends an answer; with `headOnly` its head alone, which is the same. It has no stream. */
  append(reply: HttpReply, fate: ConnectionFate, headOnly: boolean): void {
    const { body } = reply;
    this.#appendStart(reply, fate, body.length);
    if (!isBodiless(reply.status)) {
      this.#write(CONTENT_LENGTH);
      this.#writeDigits(body.length);
      this.#writeLineEnd();
    }
    this.#writeLineEnd();
    if (!headOnly) this.#write(body);
  }

  /** The head of an answer that is a stream: its body ends with the connection. What is in the buffer stays as it is. */
  streamHead(reply: HttpReply): string {
    const start = this.length;
    this.#appendStart(reply, CONNECTION_CLOSE, 0);
    const head = new TextDecoder().decode(this.#bytes.subarray(start, this.length));
    this.length = start;
    return `${head}${reply.stream?.gzip === true ? GZIP_ENCODING : ""}\r\n`;
  }

  /** Appends bytes that are an answer, or the rest of one. */
  appendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#reserve(bytes.length);
    this.#write(bytes);
  }

  /** A copy of what is there from `start` on. */
  rest(start: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(start, this.length);
  }

  #appendStart(reply: HttpReply, fate: ConnectionFate, bodyBytes: number): void {
    const start = this.#startOf(reply);
    this.#reserve(start.length + HEAD_ROOM + bodyBytes);
    this.#write(start);
    this.#write(this.#date);
    this.#write(FATES[fate]);
  }

  #startOf({ status, contentType, headers }: HttpReply): Uint8Array<ArrayBuffer> {
    const starts = this.#starts;
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i];
      if (start.status === status && start.contentType === contentType && start.headers === headers) {
        return start.bytes;
      }
    }
    const type = contentType === "" ? "" : `Content-Type: ${contentType}\r\n`;
    const bytes = ascii(`HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n${type}${headers}`);
    if (starts.length < HEAD_STARTS_MAX && status !== TOO_MANY_REQUESTS) {
      starts.push({ status, contentType, headers, bytes });
    }
    return bytes;
  }

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #writeDigits(value: number): void {
    let count = 1;
    for (let bound = 10; bound <= value; bound *= 10) count++;
    let rest = value;
    for (let i = this.length + count - 1; i >= this.length; i--) {
      this.#bytes[i] = DIGIT_ZERO + rest % 10;
      rest = Math.floor(rest / 10);
    }
    this.length += count;
  }

  #writeLineEnd(): void {
    this.#bytes[this.length++] = CR;
    this.#bytes[this.length++] = LF;
  }

  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.buffer = grown.buffer;
    this.#bytes = grown;
  }
}

function dateLine(): Uint8Array<ArrayBuffer> {
  return ascii(`Date: ${new Date(Date.now()).toUTCString()}\r\n`);
}
