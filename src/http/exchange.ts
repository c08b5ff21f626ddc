/**
 * Requests in, answers out: what goes on over a connection, whatever carries the bytes.
 *
 * @module
 */

import type { Serves } from "../addresses/mod.ts";
import {
  AnswerBuffer,
  CONNECTION_CLOSE,
  CONNECTION_OPEN,
  CONNECTION_OPEN_HTTP10,
  type ConnectionFate,
} from "./answer_buffer.ts";
import type { ClientAddress } from "./client_address.ts";
import type { Connections } from "./connections.ts";
import { HEAD_COMPLETE, HEAD_INCOMPLETE, HeadParser } from "./head.ts";
import { ascii } from "./query.ts";
import { refuse } from "./refusal.ts";
import type { HttpReply, ListOrder } from "./reply.ts";
import { HttpRequest, METHOD_HEAD } from "./request.ts";
import type { HttpService } from "./service.ts";

/** What is to be done once the answers have left: wait for more bytes; ... */
export const THEN_WAIT = 0;
/** ... go on with the requests that are there already; ... */
export const THEN_GO_ON = 1;
/** ... close the connection; ... */
export const THEN_CLOSE = 2;
/** ... close it when the client has had time to read, for it may be sending still; ... */
export const THEN_LINGER = 3;
/** ... give it to whoever sends `stream`. */
export const THEN_STREAM = 4;

/** Answers of this many bytes are sent before others are made, so that no more wait for a client that reads slowly. */
const ANSWERS_BYTES = 8 * 1024;

/** What a listener says of the connections that come through it. */
export interface ListenerRule {
  client: ClientAddress;
  /** Lower-case name of the field that `client` wants; null = none. */
  field: Uint8Array | null;
  isUnix: boolean;
  serves: Serves;
}

/** The rule of a listener whose clients are told apart by `client`. */
export function listenerRule(client: ClientAddress, isUnix: boolean, serves: Serves): ListenerRule {
  return { client, field: client.header === null ? null : ascii(client.header), isUnix, serves };
}

/** The exchanges of one thread, one at a time. */
export class Exchange {
  /** What is to be sent. */
  readonly answers = new AnswerBuffer();
  /** Where the first byte is that no answer has been made to. */
  position = 0;
  /** How many requests the last run answered. */
  answered = 0;
  /** With THEN_STREAM: the answer that is to be made elsewhere. */
  stream: ListOrder & { head: string } = { head: "", format: "scrape", gzip: false, client: "", turn: null };
  /** Every answer is the last one of its connection. */
  isEnding = false;

  readonly #service: HttpService;
  readonly #parser = new HeadParser();
  readonly #request = new HttpRequest();

  constructor(service: HttpService) {
    this.#service = service;
    this.#request.fields = this.#parser.fields;
  }

  /**
   * Answers the requests in `bytes` from `start` to before `end`, which came over the connection in `slot` through the
   * listener of `rule`, until no whole one is left or there are answers enough. Returns one of THEN_*.
   */
  run(
    bytes: Uint8Array,
    start: number,
    end: number,
    connections: Connections,
    slot: number,
    rule: ListenerRule,
  ): number {
    const { answers } = this;
    const parser = this.#parser;
    parser.fields.collect(rule.field);
    this.answered = 0;
    this.position = start;
    while (answers.length < ANSWERS_BYTES) {
      const status = parser.parse(bytes, this.position, end);
      if (status === HEAD_INCOMPLETE) return THEN_WAIT;
      this.answered++;
      if (status !== HEAD_COMPLETE) {
        answers.append(refuse(status, this.#service.counters), CONNECTION_CLOSE, false);
        return THEN_LINGER;
      }
      this.position = parser.end;
      const reply = this.#handle(bytes, connections, slot, rule);
      if (reply.stream !== null) return this.#beginStream(reply, reply.stream);
      const fate = this.#fate();
      answers.append(reply, fate, parser.method === METHOD_HEAD);
      if (fate === CONNECTION_CLOSE) return this.position < end ? THEN_LINGER : THEN_CLOSE;
    }
    return THEN_GO_ON;
  }

  #handle(bytes: Uint8Array, connections: Connections, slot: number, rule: ListenerRule): HttpReply {
    const parser = this.#parser;
    const { fields } = parser;
    const request = this.#request;
    request.method = parser.method;
    request.bytes = bytes;
    request.targetStart = parser.targetStart;
    request.targetEnd = parser.targetEnd;
    request.acceptsGzip = fields.acceptsGzip;
    request.serves = rule.serves;
    if (!rule.isUnix) request.takeAddress(connections.getAddress(slot, request.address));
    rule.client.apply(request, rule.isUnix, fields.values, 0, fields.valuesEnd);
    return this.#service.handler.handle(request);
  }

  #fate(): ConnectionFate {
    if (this.isEnding || !this.#parser.keepAlive) return CONNECTION_CLOSE;
    return this.#parser.isHttp10 ? CONNECTION_OPEN_HTTP10 : CONNECTION_OPEN;
  }

  #beginStream(reply: HttpReply, { format, gzip, client, turn }: ListOrder): number {
    const head = this.answers.streamHead(reply);
    if (this.#parser.method === METHOD_HEAD) {
      this.answers.appendBytes(ascii(head));
      return THEN_LINGER;
    }
    this.stream = { head, format, gzip, client, turn };
    return THEN_STREAM;
  }
}
