// A UDP tracker client (BEP 15) for tests. It shares no code with the tracker, so that the two can disagree.
import { peerTexts } from "./compact_peers.ts";
import type { Endpoint } from "./harness.ts";
import { within } from "./within.ts";

const PROTOCOL_ID = 0x41727101980n;
const CONNECT = 0, ANNOUNCE = 1, SCRAPE = 2, ERROR = 3;

/** Events as BEP 15 numbers them; paused is BEP 21's. */
export const UDP_EVENT = { none: 0, completed: 1, started: 2, stopped: 3, paused: 4 };

/** A datagram can be lost even on loopback when a receive buffer is full; so each request is sent up to this often. */
const TRIES = 10;
const TRY_MS = 2_000;

export interface UdpAnnounce {
  hash: Uint8Array;
  port: number;
  left?: number;
  event?: number;
  /** Default: -1, the tracker's default. */
  numWant?: number;
}

export interface UdpAnnounceAnswer {
  intervalSec: number;
  leechers: number;
  seeders: number;
  /** Sorted texts, as `peerTexts` makes them. */
  peers: string[];
}

export interface UdpScrapeEntry {
  seeders: number;
  completed: number;
  leechers: number;
}

/** One socket with one connection id. Dispose it to close the socket. */
export class UdpClient implements Disposable {
  readonly #socket: Deno.DatagramConn;
  readonly #to: Endpoint;
  readonly #waiting = new Map<number, (answer: Uint8Array) => void>();
  #transactionId = crypto.getRandomValues(new Uint32Array(1))[0];
  #connectionId = PROTOCOL_ID;
  /** Every datagram that came, in order of arrival; for tests that count what the tracker says. */
  readonly received: Uint8Array[] = [];
  /** Datagrams sent so far, those that were sent again too. */
  sent = 0;

  private constructor(to: Endpoint) {
    this.#to = to;
    const hostname = to.hostname.includes(":") ? "::1" : "127.0.0.1";
    this.#socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
    this.#receive();
  }

  /** Opens a socket on the loopback address of the endpoint's family and gets a connection id. */
  static async connect(to: Endpoint): Promise<UdpClient> {
    const client = new UdpClient(to);
    try {
      const answer = await client.request(CONNECT, new Uint8Array(0));
      if (answer.length !== 16) throw new Error(`A connect answer has ${answer.length} bytes, not 16`);
      client.#connectionId = view(answer).getBigUint64(8);
      return client;
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }

  /** Opens a socket on the loopback address and uses the connection id that another client there was given. */
  static resume(to: Endpoint, connectionId: Uint8Array): UdpClient {
    const client = new UdpClient(to);
    client.#connectionId = view(connectionId).getBigUint64(0);
    return client;
  }

  /** The connection id as 8 bytes, for tests that write their own datagrams. */
  get connectionId(): Uint8Array {
    const bytes = new Uint8Array(8);
    view(bytes).setBigUint64(0, this.#connectionId);
    return bytes;
  }

  /** Announces; the answer must have the action of an announce and whole peers of the socket's family. */
  async announce(announce: UdpAnnounce): Promise<UdpAnnounceAnswer> {
    const body = new Uint8Array(82);
    const fields = view(body);
    body.set(announce.hash, 0);
    body.set(new TextEncoder().encode("-TT0001-"), 20);
    fields.setUint16(38, announce.port);
    fields.setBigUint64(48, BigInt(announce.left ?? 1));
    fields.setUint32(64, announce.event ?? UDP_EVENT.none);
    fields.setInt32(76, announce.numWant ?? -1);
    fields.setUint16(80, announce.port);
    const answer = await this.request(ANNOUNCE, body);
    const head = view(answer);
    return {
      intervalSec: head.getUint32(8),
      leechers: head.getUint32(12),
      seeders: head.getUint32(16),
      peers: peerTexts(answer.subarray(20), this.#to.hostname.includes(":") ? 16 : 4),
    };
  }

  /** Scrapes; one entry for each hash, in the same order. */
  async scrape(hashes: Uint8Array[]): Promise<UdpScrapeEntry[]> {
    const body = new Uint8Array(20 * hashes.length);
    hashes.forEach((hash, index) => body.set(hash, 20 * index));
    const answer = await this.request(SCRAPE, body);
    if (answer.length !== 8 + 12 * hashes.length) {
      throw new Error(`A scrape answer has ${answer.length} bytes`);
    }
    const entries = view(answer);
    return hashes.map((_, index) => ({
      seeders: entries.getUint32(8 + 12 * index),
      completed: entries.getUint32(12 + 12 * index),
      leechers: entries.getUint32(16 + 12 * index),
    }));
  }

  /** Sends connection id, action, a new transaction id and the body; returns the answer, which must have that action. */
  async request(action: number, body: Uint8Array): Promise<Uint8Array> {
    const id = this.#transactionId = (this.#transactionId + 1) >>> 0;
    const packet = new Uint8Array(16 + body.length);
    view(packet).setBigUint64(0, this.#connectionId);
    view(packet).setUint32(8, action);
    view(packet).setUint32(12, id);
    packet.set(body, 16);
    const answer = await this.#exchange(id, packet);
    const answered = view(answer).getUint32(0);
    if (answered === action) return answer;
    const text = answered === ERROR ? new TextDecoder().decode(answer.subarray(8)) : `action ${answered}`;
    throw new Error(`Action ${action} was answered with: ${text}`);
  }

  async #exchange(id: number, packet: Uint8Array): Promise<Uint8Array> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    this.#waiting.set(id, resolve);
    for (let tries = 1;; tries++) {
      await this.send(packet);
      try {
        return await within(
          TRY_MS,
          promise,
          () => `No answer to ${TRIES} datagrams of ${packet.length} bytes`,
        );
      } catch (error) {
        if (tries === TRIES) throw error;
      }
    }
  }

  /** Sends bytes as they are and waits for nothing. */
  async send(datagram: Uint8Array): Promise<void> {
    this.sent++;
    await this.#socket.send(datagram, { transport: "udp", ...this.#to });
  }

  /** Ends when the socket is closed. */
  async #receive(): Promise<void> {
    for await (const [datagram] of this.#socket) {
      this.received.push(datagram);
      if (datagram.length < 8) continue;
      const id = view(datagram).getUint32(4);
      this.#waiting.get(id)?.(datagram);
      this.#waiting.delete(id);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
