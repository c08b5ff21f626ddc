import type { Endpoint } from "../addresses/mod.ts";
import {
  BATCH_SIZE,
  closeSockets,
  DatagramSender,
  type Libc,
  MonotonicClock,
  openUdpPort,
  readUdpDrops,
  receiveArrivalTimes,
  type SocketAddress,
} from "../os/mod.ts";
import { CONNECT_REPLY_BYTES, CONNECT_REPLY_ID, writeConnect } from "../udp/mod.ts";
import { TRANSACTION_IDS } from "./outstanding.ts";
import { type ConnectionIdTable, REQUEST_ROOM_BYTES, sourceAddress } from "./request_writer.ts";
import { formatTarget } from "./target.ts";

/** An id is good for two minutes, and clients are to use it for one (BEP 15). */
const RENEW_US = 45_000_000;
/** How often in a row nothing may come back before the target counts as absent. */
const TRIES_MAX = 30;

/** One source port. */
export interface LoadSocket {
  fd: number;
  ids: ConnectionIdTable;
}

/**
 * The sockets of one thread and their connection ids: one for each socket and source address, renewed in turn. The
 * transaction id of a connect request says which id it is for, so that nothing need be remembered.
 */
export class Connections {
  readonly sockets: LoadSocket[];
  readonly sender: DatagramSender;
  /** Where the sockets are bound. */
  readonly #bound: SocketAddress[] = [];
  readonly #libc: Libc;
  readonly #clock: MonotonicClock;
  readonly #view: DataView;
  /** Source addresses as they lie in memory. */
  readonly #addresses: Uint32Array;
  readonly #isKnown: Uint8Array;
  #unknownCount: number;
  #renewedCount = 0;
  #connectedUs = 0;
  /** Connect requests sent. */
  sent = 0;

  /** Opens `socketCount` sockets for datagrams to `target` from `addressCount` addresses, more than 1 only on loopback. */
  constructor(
    libc: Libc,
    target: Endpoint,
    choosesSource: boolean,
    socketCount: number,
    addressCount: number,
  ) {
    this.#libc = libc;
    this.#clock = new MonotonicClock(libc);
    this.sender = new DatagramSender(libc, target, REQUEST_ROOM_BYTES, choosesSource);
    this.#view = new DataView(this.sender.datagrams);
    this.#addresses = Uint32Array.from({ length: addressCount }, (_, index) => sourceAddress(index));
    const hostname = target.hostname.includes(":") ? "::" : "0.0.0.0";
    this.sockets = Array.from({ length: socketCount }, () => {
      const { fds, address } = openUdpPort(libc, { hostname, port: 0 }, 1);
      this.#bound.push(address);
      return { fd: fds[0], ids: new Uint32Array(2 * addressCount) };
    });
    this.#isKnown = new Uint8Array(socketCount * addressCount);
    this.#unknownCount = this.#isKnown.length;
  }

  /** How many datagrams have found the receive buffer of their socket full; 0 where the system does not tell. */
  countDropped(): number {
    return readUdpDrops(this.#bound) ?? 0;
  }

  /** Gets every id. `receive` waits a moment for answers, takes them and returns how many. Throws when none come. */
  connect(target: Endpoint, receive: () => number): void {
    for (let tries = 0; this.#unknownCount > 0 && tries < TRIES_MAX;) {
      const before = this.#unknownCount;
      const asked = this.#requestUnknown(BATCH_SIZE);
      while (this.#unknownCount > before - asked && receive() > 0);
      tries = this.#unknownCount < before ? 0 : tries + 1;
    }
    if (this.#unknownCount > 0) throw new Error(`No answer from ${formatTarget(target)}`);
    this.#connectedUs = this.#clock.microseconds();
  }

  /** Has the kernel tell, if it does, when each answer arrived. */
  receiveArrivalTimes(): void {
    for (const { fd } of this.sockets) receiveArrivalTimes(this.#libc, fd);
  }

  /** Asks for new ids in time, a few at each call. To be called several times a second. */
  renew(nowUs: number): void {
    const due = Math.floor((nowUs - this.#connectedUs) / RENEW_US * this.#isKnown.length);
    for (; this.#renewedCount < due; this.#renewedCount++) {
      this.#request(this.#renewedCount % this.#isKnown.length);
    }
  }

  /** Takes the connect reply of `length` bytes at `at`. */
  take(view: DataView, at: number, length: number, transactionId: number): void {
    const index = transactionId - TRANSACTION_IDS;
    if (length < CONNECT_REPLY_BYTES || index < 0 || index >= this.#isKnown.length) return;
    const { ids } = this.sockets[Math.floor(index / this.#addresses.length)];
    const address = index % this.#addresses.length;
    ids[2 * address] = view.getUint32(at + CONNECT_REPLY_ID);
    ids[2 * address + 1] = view.getUint32(at + CONNECT_REPLY_ID + 4);
    this.#unknownCount -= 1 - this.#isKnown[index];
    this.#isKnown[index] = 1;
  }

  /** Queues the request written last at the sender's `nextAt`, to be sent from source address `address`. */
  queue(length: number, address: number): void {
    this.sender.queue(length, this.#addresses[address]);
  }

  close(): void {
    closeSockets(this.#libc, this.sockets.map(({ fd }) => fd));
  }

  #requestUnknown(countMax: number): number {
    let count = 0;
    for (let index = 0; index < this.#isKnown.length && count < countMax; index++) {
      if (this.#isKnown[index] === 1) continue;
      this.#request(index);
      count++;
    }
    return count;
  }

  #request(index: number): void {
    const { sender } = this;
    this.queue(
      writeConnect(this.#view, sender.nextAt, TRANSACTION_IDS + index),
      index % this.#addresses.length,
    );
    sender.send(this.sockets[Math.floor(index / this.#addresses.length)].fd);
    this.sent++;
  }
}
