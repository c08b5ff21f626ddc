/**
 * The open connections of one thread: a slot for each, numbered from 0, in typed arrays, so that an idle one costs some
 * forty bytes and none costs an allocation.
 *
 * Each connection is in one phase. Those of a phase form a list in the order in which they entered it; so whatever has
 * been in it for longest, and is the first to run out of time, is at the head.
 *
 * @module
 */

import {
  AF_INET,
  IPV4_BYTES,
  IPV6_BYTES,
  SOCKADDR_FAMILY,
  SOCKADDR_IN6_ADDRESS,
  SOCKADDR_IN_ADDRESS,
} from "../os/mod.ts";

/** The answer has been given and the client is let to read it before the connection is closed. */
export const PHASE_LINGERING = 0;
/** Between two requests. */
export const PHASE_IDLE = 1;
/** A request's head is awaited or has come in part. */
export const PHASE_HEAD = 2;
/** An answer waits until the client takes more. */
export const PHASE_SENDING = 3;
export type Phase =
  | typeof PHASE_LINGERING
  | typeof PHASE_IDLE
  | typeof PHASE_HEAD
  | typeof PHASE_SENDING;

/** In the order in which connections have to go when there is no room. */
export const PHASES: readonly Phase[] = [PHASE_LINGERING, PHASE_IDLE, PHASE_HEAD, PHASE_SENDING];

/** No slot. */
export const NONE = -1;

/** The connections of one thread. Times are milliseconds of some clock, of which 32 bits are kept. */
export class Connections {
  /** By slot: the socket. */
  readonly fd: Int32Array;
  /** By slot: the number of the listener that it came through. */
  readonly listener: Uint16Array;
  /** By slot: which events of the socket are waited for, of EPOLL*; 0 = the socket is not waited for. */
  readonly events: Uint32Array;
  /** By slot: what is to be done when a waiting answer has left, or how much may be read while lingering. */
  readonly note: Int32Array;
  /** How many are open. */
  count = 0;

  readonly #addressBytes: Uint8Array;
  readonly #addresses: Uint8Array;
  readonly #phase: Uint8Array;
  readonly #sinceMs: Int32Array;
  /**
   * By slot: its neighbours in the list; behind all slots, by phase, where a list begins (next) and ends (previous).
   * Free slots are chained by `next`.
   */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #slots: number;
  #free = 0;

  /** Room for `slots` connections. */
  constructor(slots: number) {
    this.#slots = slots;
    this.fd = new Int32Array(slots);
    this.listener = new Uint16Array(slots);
    this.events = new Uint32Array(slots);
    this.note = new Int32Array(slots);
    this.#addressBytes = new Uint8Array(slots);
    this.#addresses = new Uint8Array(slots * IPV6_BYTES);
    this.#phase = new Uint8Array(slots);
    this.#sinceMs = new Int32Array(slots);
    this.#next = Int32Array.from({ length: slots + PHASES.length }, (_, index) => index + 1);
    this.#previous = new Int32Array(slots + PHASES.length);
    for (const phase of PHASES) this.#next[slots + phase] = this.#previous[slots + phase] = slots + phase;
  }

  /** Gives a new connection a slot, in PHASE_HEAD. There must be a free one. */
  open(fd: number, listener: number, nowMs: number): number {
    const slot = this.#free;
    this.#free = this.#next[slot];
    this.count++;
    this.fd[slot] = fd;
    this.listener[slot] = listener;
    this.events[slot] = 0;
    this.#append(slot, PHASE_HEAD, nowMs);
    return slot;
  }

  /** Gives the slot back. */
  release(slot: number): void {
    this.#unlink(slot);
    this.#next[slot] = this.#free;
    this.#free = slot;
    this.count--;
  }

  /** Sets whom the connection is from: a socket address of an IP family. */
  setPeer(slot: number, peer: Uint8Array): void {
    const isIpv4 = peer[SOCKADDR_FAMILY] === AF_INET;
    const size = isIpv4 ? IPV4_BYTES : IPV6_BYTES;
    const at = isIpv4 ? SOCKADDR_IN_ADDRESS : SOCKADDR_IN6_ADDRESS;
    const target = slot * IPV6_BYTES;
    this.#addressBytes[slot] = size;
    for (let i = 0; i < size; i++) this.#addresses[target + i] = peer[at + i];
  }

  /** Copies the address that the connection is from to the beginning of `target`, and returns of how many bytes it is. */
  getAddress(slot: number, target: Uint8Array): number {
    const size = this.#addressBytes[slot];
    const at = slot * IPV6_BYTES;
    for (let i = 0; i < size; i++) target[i] = this.#addresses[at + i];
    return size;
  }

  phase(slot: number): Phase {
    return this.#phase[slot] as Phase;
  }

  /** Lets the connection enter a phase, or enter it anew. */
  enter(slot: number, phase: Phase, nowMs: number): void {
    this.#unlink(slot);
    this.#append(slot, phase, nowMs);
  }

  /** The one that has been in the phase for longest; NONE when there is none. */
  oldest(phase: Phase): number {
    const slot = this.#next[this.#slots + phase];
    return slot < this.#slots ? slot : NONE;
  }

  /** How long the connection has been in its phase. */
  ageMs(slot: number, nowMs: number): number {
    return nowMs - this.#sinceMs[slot] | 0;
  }

  #append(slot: number, phase: Phase, nowMs: number): void {
    const head = this.#slots + phase;
    const last = this.#previous[head];
    this.#next[last] = slot;
    this.#previous[slot] = last;
    this.#next[slot] = head;
    this.#previous[head] = slot;
    this.#phase[slot] = phase;
    this.#sinceMs[slot] = nowMs;
  }

  #unlink(slot: number): void {
    const next = this.#next[slot];
    const previous = this.#previous[slot];
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }
}
