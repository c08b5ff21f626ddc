/**
 * An HTTP announce: its query in, the bencoded answer out (BEP 3, 7, 23).
 *
 * ```
 * d 8:complete i<seeders>e 10:downloaded i<completed>e 10:incomplete i<leechers>e
 *   8:interval i<s>e 12:min interval i<s>e
 *   5:peers <string of 6 bytes a peer, or list of dictionaries>
 *   6:peers6 <string of 18 bytes a peer>                          compact form only, and only when there are any
 * e
 * ```
 *
 * @module
 */

import { formatIp, IPV4_BYTES, IPV6_BYTES } from "../os/mod.ts";
import {
  announce,
  AnnounceAnswer,
  COMPACT_BYTES,
  type Family,
  HASH_BYTES,
  IPV4,
  IPV6,
  NUMWANT_MAX,
  type PeerTable,
} from "../peers/mod.ts";
import type { BencodeWriter } from "./bencode.ts";
import type { Failure } from "./failure.ts";
import { AnnounceParameters } from "./parameters.ts";
import type { QueryReader } from "./query.ts";

/** What clients are told about when to announce again. */
export interface HttpSettings {
  /** Seconds between two announces of a client. Each answer says up to a tenth more or less, so that they spread. */
  intervalSec: number;
  /** Seconds that a client must let pass before it announces unasked. */
  minIntervalSec: number;
}

const INTERVAL_SPREAD = 0.1;

const ADDRESS_BYTES = [IPV4_BYTES, IPV6_BYTES] as const;

/** Peers of one family that the answer must have room for: one more than can be wanted. */
const ROOM_PEERS = NUMWANT_MAX + 1;
const WORD_BYTES = 4;
const AT_IPV4 = 0;
const AT_IPV6 = roundUpToWord(AT_IPV4 + ROOM_PEERS * COMPACT_BYTES[IPV4]);
const PEERS_BUFFER_BYTES = roundUpToWord(AT_IPV6 + ROOM_PEERS * COMPACT_BYTES[IPV6]);

/** Answers announces out of one table. One a thread. */
export class AnnounceResponder {
  readonly #table: PeerTable;
  readonly #settings: HttpSettings;
  readonly #parameters = new AnnounceParameters();
  readonly #answer = new AnnounceAnswer(new ArrayBuffer(PEERS_BUFFER_BYTES));
  /** Ids of the peers in the answer, by family. */
  readonly #ids = [
    new Uint32Array(ROOM_PEERS * HASH_BYTES / WORD_BYTES),
    new Uint32Array(ROOM_PEERS * HASH_BYTES / WORD_BYTES),
  ] as const;
  readonly #idBytes = this.#ids.map((ids) => new Uint8Array(ids.buffer));

  constructor(table: PeerTable, settings: HttpSettings) {
    this.#table = table;
    this.#settings = settings;
    this.#answer.at4 = AT_IPV4;
    this.#answer.at6 = AT_IPV6;
  }

  /**
   * Enters the announce in `query` into the table and writes its answer.
   *
   * The client is at `address`, 4 or 16 bytes by `family`; an IPv4-mapped one must come as IPv4. Returns null when
   * all went well, else why not: then nothing was stored and nothing written.
   */
  respond(query: QueryReader, family: Family, address: Uint8Array, writer: BencodeWriter): Failure | null {
    const parameters = this.#parameters;
    const failure = parameters.read(query);
    if (failure !== null) return failure;

    const { request } = parameters;
    const portAt = ADDRESS_BYTES[family];
    request.family = family;
    const { peer } = parameters;
    for (let i = 0; i < portAt; i++) peer[i] = address[i];
    peer[portAt] = parameters.port >> 8;
    peer[portAt + 1] = parameters.port & 0xff;

    const withIds = !parameters.compact && !parameters.noPeerId && this.#table.peerIds;
    this.#answer.ids4 = withIds ? this.#ids[IPV4] : null;
    this.#answer.ids6 = withIds ? this.#ids[IPV6] : null;
    announce(this.#table, request, this.#answer);

    this.#write(parameters.compact, withIds, writer);
    return null;
  }

  #write(compact: boolean, withIds: boolean, writer: BencodeWriter): void {
    const answer = this.#answer;
    const intervalSec = this.#intervalSec();
    writer.beginDictionary();
    writer.text("complete");
    writer.integer(answer.seeders);
    writer.text("downloaded");
    writer.integer(answer.completed);
    writer.text("incomplete");
    writer.integer(answer.leechers);
    writer.text("interval");
    writer.integer(intervalSec);
    writer.text("min interval");
    writer.integer(Math.min(this.#settings.minIntervalSec, intervalSec));
    writer.text("peers");
    if (compact) {
      writer.bytes(answer.bytes, AT_IPV4, AT_IPV4 + answer.count4 * COMPACT_BYTES[IPV4]);
      if (answer.count6 > 0) {
        writer.text("peers6");
        writer.bytes(answer.bytes, AT_IPV6, AT_IPV6 + answer.count6 * COMPACT_BYTES[IPV6]);
      }
    } else {
      // BEP 7: the list has the peers of both families, there is no dictionary form of `peers6`.
      writer.beginList();
      for (let i = 0; i < answer.count4; i++) this.#writePeer(IPV4, i, withIds, writer);
      for (let i = 0; i < answer.count6; i++) this.#writePeer(IPV6, i, withIds, writer);
      writer.end();
    }
    writer.end();
  }

  #writePeer(family: Family, index: number, withId: boolean, writer: BencodeWriter): void {
    const { bytes } = this.#answer;
    const at = (family === IPV4 ? AT_IPV4 : AT_IPV6) + index * COMPACT_BYTES[family];
    const portAt = at + ADDRESS_BYTES[family];
    writer.beginDictionary();
    writer.text("ip");
    writer.text(formatIp(bytes, at, ADDRESS_BYTES[family]));
    if (withId && this.#isIdKnown(family, index)) {
      writer.text("peer id");
      writer.bytes(this.#idBytes[family], index * HASH_BYTES, (index + 1) * HASH_BYTES);
    }
    writer.text("port");
    writer.integer(bytes[portAt] << 8 | bytes[portAt + 1]);
    writer.end();
  }

  /** A peer that did not tell its id, over HTTP or to an earlier run of the tracker, has one of zeros. */
  #isIdKnown(family: Family, index: number): boolean {
    const words = HASH_BYTES / WORD_BYTES;
    for (let i = index * words; i < (index + 1) * words; i++) {
      if (this.#ids[family][i] !== 0) return true;
    }
    return false;
  }

  #intervalSec(): number {
    const factor = 1 + INTERVAL_SPREAD * (2 * Math.random() - 1);
    return Math.round(this.#settings.intervalSec * factor);
  }
}

function roundUpToWord(bytes: number): number {
  return Math.ceil(bytes / WORD_BYTES) * WORD_BYTES;
}
