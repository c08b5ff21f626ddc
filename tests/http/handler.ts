// The HTTP handler over a table of its own, without sockets.
import { assertEquals } from "@std/assert";
import bencode from "bencode";
import { HttpHandler } from "../../src/http/mod.ts";
import { parseIp } from "../../src/os/mod.ts";
import { createTable, IPV4, IPV6, type PeerTable } from "../../src/peers/mod.ts";
import { counterRow, createCounters } from "../../src/stats/mod.ts";

export interface Answer {
  status: number;
  contentType: string;
  text: string;
  bytes: Uint8Array;
}

/** What the answers to announces look like to the independent reader. */
export interface Announced {
  complete: number;
  downloaded: number;
  incomplete: number;
  interval: number;
  "min interval": number;
  peers: Uint8Array | { ip: Uint8Array; "peer id"?: Uint8Array; port: number }[];
  peers6?: Uint8Array;
}

export interface Options {
  peerIds?: boolean;
  maxPeers?: number;
  intervalSec?: number;
  minIntervalSec?: number;
}

export class TestTracker {
  readonly table: PeerTable;
  readonly counters = counterRow(createCounters(1), 0);
  readonly #handler: HttpHandler;

  constructor(
    { peerIds = true, maxPeers = 10_000, intervalSec = 1800, minIntervalSec = 900 }: Options = {},
  ) {
    this.table = createTable({ maxPeers, maxTorrents: 1000, peerIds });
    this.#handler = new HttpHandler({
      table: this.table,
      counters: this.counters,
      settings: { intervalSec, minIntervalSec },
      statsJson: () => `{"example":1}`,
    });
  }

  /** The answer to a request target given as bytes or as latin-1 text. */
  get(target: string | Uint8Array, from = "192.0.2.1"): Answer {
    const bytes = typeof target === "string" ? Uint8Array.from(target, (c) => c.charCodeAt(0)) : target;
    // The target lies amid other bytes, as it would in a request's head.
    const head = Uint8Array.of(0x2f, ...bytes, 0x20, 0x26);
    const address = parseIp(from)!;
    const family = address.length === 4 ? IPV4 : IPV6;
    const reply = this.#handler.handle(head, 1, bytes.length + 1, family, address);
    return {
      status: reply.status,
      contentType: reply.contentType,
      text: new TextDecoder("latin1").decode(reply.body),
      bytes: reply.body.slice(),
    };
  }

  /** Announces and reads the answer, which must be canonical. */
  announce(query: string, from?: string): Announced {
    const answer = this.get(`/announce?${query}`, from);
    const decoded = bencode.decode(answer.bytes);
    assertEquals(new Uint8Array(bencode.encode(decoded)), answer.bytes);
    return decoded as Announced;
  }
}

/** The answer with a failure reason. */
export function failureOf(reason: string): string {
  return `d14:failure reason${reason.length}:${reason}e`;
}
