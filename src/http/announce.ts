/**
 * An HTTP announce: its query in, the bencoded answer out (BEP 3, 7, 21, 23, 24).
 *
 * ```
 * d 8:complete i<seeders>e 10:downloaded i<completed>e
 *   11:downloaders i<leechers that are not paused>e               only when some are paused (BEP 21)
 *   11:external ip <4 or 16 bytes>                                the address that the client is entered with
 *   10:incomplete i<leechers>e 8:interval i<s>e 12:min interval i<s>e
 *   5:peers <string of 6 bytes a peer, or list of dictionaries>
 *   6:peers6 <string of 18 bytes a peer>                          compact form only, and only when there are any
 *   10:tracker id <string>                                        the operator's; else the client's own, if it sent one
 *   15:warning message <string>                                   if the operator has one
 * e
 * ```
 *
 * @module
 */

import type { Access } from "../access/mod.ts";
import { formatIpInto, IP_TEXT_BYTES_MAX, IPV4_BYTES, IPV6_BYTES } from "../os/mod.ts";
import {
  announce,
  AnnounceAnswer,
  COMPACT_BYTES,
  type Family,
  HASH_BYTES,
  HASH_WORDS,
  IPV4,
  IPV6,
  NUMWANT_MAX,
  type PeerTable,
} from "../peers/mod.ts";
import { type BencodeWriter, encodeText } from "./bencode.ts";
import { FAILURE, type Failure } from "./failure.ts";
import { AnnounceParameters, TRACKER_ID_LENGTH_MAX } from "./parameters.ts";
import type { QueryReader } from "./query.ts";
import type { HttpRequest } from "./request.ts";
import type { HttpSettings } from "./settings.ts";

/** The part by which an interval is at most shortened or lengthened. */
const INTERVAL_SPREAD = 0.1;

const ADDRESS_BYTES = [IPV4_BYTES, IPV6_BYTES] as const;

/** Peers of one family that the answer must have room for: one more than can be wanted. */
const ROOM_PEERS = NUMWANT_MAX + 1;
const WORD_BYTES = 4;
const AT_IPV6 = roundUpToWord(ROOM_PEERS * COMPACT_BYTES[IPV4]);
/** Bytes that a responder needs for the compact peers of an answer. */
export const ANNOUNCE_PEERS_BYTES: number = roundUpToWord(AT_IPV6 + ROOM_PEERS * COMPACT_BYTES[IPV6]);

const KEY_COMPLETE = encodeText("complete");
const KEY_DOWNLOADED = encodeText("downloaded");
const KEY_DOWNLOADERS = encodeText("downloaders");
const KEY_EXTERNAL_IP = encodeText("external ip");
const KEY_INCOMPLETE = encodeText("incomplete");
const KEY_INTERVAL = encodeText("interval");
const KEY_MIN_INTERVAL = encodeText("min interval");
const KEY_PEERS = encodeText("peers");
const KEY_PEERS6 = encodeText("peers6");
const KEY_TRACKER_ID = encodeText("tracker id");
const KEY_WARNING_MESSAGE = encodeText("warning message");

const KEY_IP = encodeText("ip");
const KEY_PEER_ID = encodeText("peer id");
const KEY_PORT = encodeText("port");

/** Bytes of the longest peer dictionary: `d`, `<2>:<address>`, `20:<id>`, `i<5>e`, `e` and the keys. */
const PEER_DICTIONARY_BYTES_MAX = 1 + 3 + IP_TEXT_BYTES_MAX + 3 + HASH_BYTES + 7 + 1 +
  KEY_IP.length + KEY_PEER_ID.length + KEY_PORT.length;
/** Bytes of the longest answer but for the operator's texts. The keys and numbers around the peers need fewer than 512. */
export const ANNOUNCE_BYTES_MAX = NUMWANT_MAX * PEER_DICTIONARY_BYTES_MAX + TRACKER_ID_LENGTH_MAX + 512;

/** Answers announces out of one table. One a thread. */
export class AnnounceResponder {
  readonly #table: PeerTable;
  readonly #settings: HttpSettings;
  readonly #access: Access | null;
  readonly #parameters = new AnnounceParameters();
  /** What the table said to the last announce that went well. */
  readonly answer: AnnounceAnswer;
  /** Ids of the peers in the answer, by family. */
  readonly #ids = [
    new Uint32Array(ROOM_PEERS * HASH_WORDS),
    new Uint32Array(ROOM_PEERS * HASH_WORDS),
  ] as const;
  readonly #idBytes = this.#ids.map((ids) => new Uint8Array(ids.buffer));
  readonly #ipText = new Uint8Array(IP_TEXT_BYTES_MAX);
  /** The operator's tracker id and warning message, the latter with its key; empty where there is none. */
  readonly #trackerId: Uint8Array;
  readonly #warning: Uint8Array;

  /** The writer's `memory` has ANNOUNCE_PEERS_BYTES from `peersAt` on, a multiple of 4, that are the responder's. */
  constructor(
    table: PeerTable,
    settings: HttpSettings,
    access: Access | null,
    memory: ArrayBuffer,
    peersAt: number,
  ) {
    this.#table = table;
    this.#settings = settings;
    this.#access = access;
    this.answer = new AnnounceAnswer(memory);
    this.answer.at4 = peersAt;
    this.answer.at6 = peersAt + AT_IPV6;
    const { trackerId, warningMessage } = settings;
    this.#trackerId = trackerId === null ? new Uint8Array() : encodeText(trackerId);
    this.#warning = warningMessage === null
      ? new Uint8Array()
      : Uint8Array.of(...KEY_WARNING_MESSAGE, ...encodeText(warningMessage));
  }

  /**
   * Enters the announce in `query` into the table and writes its answer. The client is who `request` says.
   *
   * Returns null when all went well, else why not: then nothing was stored and nothing written.
   */
  respond(query: QueryReader, request: HttpRequest, writer: BencodeWriter): Failure | null {
    // Whoever was entered by a proxy's address would send peers there.
    if (!request.hasAddress) return FAILURE.addressUnknown;
    const parameters = this.#parameters;
    const failure = parameters.read(query);
    if (failure !== null) return failure;
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;

    const { family } = request;
    const { peer, port } = parameters;
    const portAt = ADDRESS_BYTES[family];
    parameters.request.family = family;
    for (let i = 0; i < portAt; i++) peer[i] = request.address[i];
    peer[portAt] = port >> 8;
    peer[portAt + 1] = port & 0xff;

    const answer = this.answer;
    const withIds = !parameters.compact && !parameters.noPeerId && this.#table.peerIds;
    answer.ids4 = withIds ? this.#ids[IPV4] : null;
    answer.ids6 = withIds ? this.#ids[IPV6] : null;
    announce(this.#table, parameters.request, answer);
    if (!answer.stored && answer.seeders + answer.leechers === 0) return FAILURE.full;

    this.#write(request, writer);
    return null;
  }

  #refusal(): Failure | null {
    const access = this.#access;
    if (access === null) return null;
    const { peerId, peerIdAt, hash, hashAt } = this.#parameters.request;
    if (access.refusesClient(peerId, peerIdAt)) return FAILURE.clientRefused;
    return access.refusesTorrent(hash, hashAt) ? FAILURE.torrentRefused : null;
  }

  #write({ family, address }: HttpRequest, writer: BencodeWriter): void {
    const { seeders, completed, leechers, downloaders } = this.answer;
    const intervalSec = this.#intervalSec();
    writer.beginDictionary();
    writer.encoded(KEY_COMPLETE);
    writer.integer(seeders);
    writer.encoded(KEY_DOWNLOADED);
    writer.integer(completed);
    if (downloaders < leechers) {
      writer.encoded(KEY_DOWNLOADERS);
      writer.integer(downloaders);
    }
    writer.encoded(KEY_EXTERNAL_IP);
    writer.bytes(address, 0, ADDRESS_BYTES[family]);
    writer.encoded(KEY_INCOMPLETE);
    writer.integer(leechers);
    writer.encoded(KEY_INTERVAL);
    writer.integer(intervalSec);
    writer.encoded(KEY_MIN_INTERVAL);
    writer.integer(Math.min(this.#settings.minIntervalSec, intervalSec));
    writer.encoded(KEY_PEERS);
    if (this.#parameters.compact) this.#writeCompact(writer);
    else this.#writeList(writer);
    this.#writeTrackerId(writer);
    writer.encoded(this.#warning);
    writer.end();
  }

  #writeCompact(writer: BencodeWriter): void {
    const { at4, at6, count4, count6 } = this.answer;
    writer.ownBytes(at4, at4 + count4 * COMPACT_BYTES[IPV4]);
    if (count6 === 0) return;
    writer.encoded(KEY_PEERS6);
    writer.ownBytes(at6, at6 + count6 * COMPACT_BYTES[IPV6]);
  }

  /** BEP 7: the list has the peers of both families, there is no dictionary form of `peers6`. */
  #writeList(writer: BencodeWriter): void {
    const { count4, count6 } = this.answer;
    writer.beginList();
    for (let i = 0; i < count4; i++) this.#writePeer(IPV4, i, writer);
    for (let i = 0; i < count6; i++) this.#writePeer(IPV6, i, writer);
    writer.end();
  }

  #writePeer(family: Family, index: number, writer: BencodeWriter): void {
    const { bytes, at4, at6, ids4 } = this.answer;
    const at = (family === IPV4 ? at4 : at6) + index * COMPACT_BYTES[family];
    const portAt = at + ADDRESS_BYTES[family];
    writer.beginDictionary();
    writer.encoded(KEY_IP);
    writer.bytes(this.#ipText, 0, formatIpInto(bytes, at, ADDRESS_BYTES[family], this.#ipText, 0));
    if (ids4 !== null && this.#isIdKnown(family, index)) {
      writer.encoded(KEY_PEER_ID);
      writer.bytes(this.#idBytes[family], index * HASH_BYTES, (index + 1) * HASH_BYTES);
    }
    writer.encoded(KEY_PORT);
    writer.integer(bytes[portAt] << 8 | bytes[portAt + 1]);
    writer.end();
  }

  /** A peer that did not tell its id, over HTTP or to an earlier run of the tracker, has one of zeros. */
  #isIdKnown(family: Family, index: number): boolean {
    for (let i = index * HASH_WORDS; i < (index + 1) * HASH_WORDS; i++) {
      if (this.#ids[family][i] !== 0) return true;
    }
    return false;
  }

  /** A client keeps the id that it was given last and sends it back; one that it has from elsewhere stays as it is. */
  #writeTrackerId(writer: BencodeWriter): void {
    const { trackerId, trackerIdLength } = this.#parameters;
    if (this.#trackerId.length > 0) {
      writer.encoded(KEY_TRACKER_ID);
      writer.encoded(this.#trackerId);
    } else if (trackerIdLength > 0) {
      writer.encoded(KEY_TRACKER_ID);
      writer.bytes(trackerId, 0, trackerIdLength);
    }
  }

  #intervalSec(): number {
    const factor = 1 + INTERVAL_SPREAD * (2 * Math.random() - 1);
    return Math.round(this.#settings.intervalSec * factor);
  }
}

/** The next multiple of a word's bytes. */
export function roundUpToWord(bytes: number): number {
  return Math.ceil(bytes / WORD_BYTES) * WORD_BYTES;
}
