// A handler over a small table, and its answers as bytes. No sockets, and a clock that stands still.
import { assert, assertEquals } from "@std/assert";
import type { Access } from "../../src/access/mod.ts";
import { createTable } from "../../src/peers/mod.ts";
import { udpErrorsOf } from "../../src/stats/counters.ts";
import { counterRow, createCounters, requestsOf } from "../../src/stats/mod.ts";
import { ConnectionIds } from "../../src/udp/connection_id.ts";
import { REPLY_ROOM_BYTES, UdpHandler } from "../../src/udp/handle.ts";
import { SpreadInterval } from "../../src/udp/interval.ts";
import {
  type AnnounceFields,
  type AnnounceReply,
  readAnnounceReply,
  readConnectReply,
  readReplyAction,
  readReplyTransactionId,
  readScrapeReply,
  type ScrapeEntry,
  writeAnnounce,
  writeConnect,
  writeScrape,
} from "../../src/udp/packet_client.ts";

export const NOW_SEC = 5000;
export const TRANSACTION_ID = 0xfedcba98;
export const SENDER4 = "192.0.2.1";
export const SENDER6 = "2001:db8::1";
const SENDER_PORT = 40000;

const SLOT_BYTES = 2048;
const REQUEST_AT = SLOT_BYTES;
const REPLY_AT = 2 * SLOT_BYTES;
const ROOM_BYTES = Math.ceil(REPLY_ROOM_BYTES / 4) * 4;

/** A 20-byte hash of one byte repeated. */
export function hashOf(byte: number): Uint8Array {
  return new Uint8Array(20).fill(byte);
}

export class HandlerFixture {
  readonly counters = counterRow(createCounters(1), 0);
  readonly #received = new Uint8Array(3 * SLOT_BYTES);
  readonly #replies = new Uint8Array(3 * SLOT_BYTES);
  readonly #handler: UdpHandler;
  readonly #filler: number;

  /** `filler` is the byte that lies everywhere but in the datagram; no answer may depend on it. */
  constructor(filler = 0xaa, access: Access | null = null) {
    this.#filler = filler;
    this.#handler = new UdpHandler(
      {
        table: createTable({ maxPeers: 10_000, maxTorrents: 1000, peerIds: false }),
        connectionIds: new ConnectionIds(Uint32Array.of(1, 2)),
        interval: new SpreadInterval(1800, 1),
        access,
        counters: this.counters,
      },
      this.#received.buffer,
      this.#replies.buffer,
    );
  }

  /** The answer to a datagram; empty for silence. Checks that nothing is written outside the room for a reply. */
  answer(datagram: Uint8Array, hostname = SENDER4, port = SENDER_PORT, nowSec = NOW_SEC): Uint8Array {
    this.#received.fill(this.#filler);
    this.#received.set(datagram, REQUEST_AT);
    this.#replies.fill(this.#filler);
    this.#handler.sources[0].readText(hostname, port);
    this.#handler.read(0, REQUEST_AT, datagram.length, nowSec);
    this.#handler.readAhead();
    const length = this.#handler.answer(0, REPLY_AT, nowSec);
    assert(length <= ROOM_BYTES);
    assert(
      this.#replies.subarray(0, REPLY_AT).every((byte) => byte === this.#filler),
      "written before the reply",
    );
    assert(
      this.#replies.subarray(REPLY_AT + ROOM_BYTES).every((byte) => byte === this.#filler),
      "written behind it",
    );
    return this.#replies.slice(REPLY_AT, REPLY_AT + length);
  }

  /** A good connection id for a sender. */
  connect(hostname = SENDER4): bigint {
    const answer = this.answer(packet((view) => writeConnect(view, 0, TRANSACTION_ID)), hostname);
    assertEquals(readReplyAction(answer), 0);
    return readConnectReply(answer);
  }

  /** Announces with a good connection id; the answer must be an announce's. */
  announce(fields: AnnounceFields, hostname = SENDER4): AnnounceReply {
    return readAnnounceReply(this.#exchange(1, announceRequest(this.connect(hostname), fields), hostname));
  }

  /** Scrapes with a good connection id; the answer must be a scrape's. */
  scrape(hashes: Uint8Array[], hostname = SENDER4): ScrapeEntry[] {
    return readScrapeReply(this.#exchange(2, scrapeRequest(this.connect(hostname), hashes), hostname));
  }

  #exchange(action: number, request: Uint8Array, hostname: string): Uint8Array {
    const answer = this.answer(request, hostname);
    assertEquals(readReplyAction(answer), action);
    assertEquals(readReplyTransactionId(answer), TRANSACTION_ID);
    return answer;
  }

  /** Connects, announces, scrapes and errors counted so far. */
  get counts(): [number, number, number, number] {
    const { udpConnects, udpAnnounces, udpScrapes, udpErrors } = requestsOf(this.counters);
    return [udpConnects, udpAnnounces, udpScrapes, udpErrors];
  }

  /** The errors counted so far, by causes that occurred. */
  get errors(): Record<string, number> {
    return Object.fromEntries(Object.entries(udpErrorsOf(this.counters)).filter(([, count]) => count > 0));
  }
}

export function announceRequest(connectionId: bigint, fields: AnnounceFields): Uint8Array {
  return packet((view) => writeAnnounce(view, 0, connectionId, TRANSACTION_ID, fields));
}

export function scrapeRequest(connectionId: bigint, hashes: Uint8Array[]): Uint8Array {
  return packet((view) => writeScrape(view, 0, connectionId, TRANSACTION_ID, hashes));
}

/** The bytes that `write` writes, whose length it returns. */
export function packet(write: (view: DataView) => number): Uint8Array {
  const bytes = new Uint8Array(SLOT_BYTES);
  return bytes.subarray(0, write(new DataView(bytes.buffer)));
}

/** `length` bytes that begin with a connection id and an action. */
export function rawRequest(connectionId: bigint, action: number, length: number, fill = 0): Uint8Array {
  const bytes = new Uint8Array(Math.max(length, 16)).fill(fill);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, connectionId);
  view.setUint32(8, action);
  return bytes.subarray(0, length);
}
