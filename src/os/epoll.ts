/**
 * Waiting for many sockets: `epoll`, level-triggered, so that what a reader leaves for its next turn is told again. Its
 * `struct epoll_event` is packed on x86-64 and aligned elsewhere:
 *
 * | offset on x86-64 | on arm64 | field       |                                            |
 * |------------------|----------|-------------|--------------------------------------------|
 * | 0                | 0        | u32 events  | what to wait for, or what happened         |
 * | 4                | 8        | u64 data    | given back as it was set; the low word here |
 * | 12               | 16       |             |                                            |
 *
 * @module
 */

import { DoubtfulError } from "./doubtful_error.ts";
import { EINTR, ENOMEM, ENOSPC, errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";

/** There is something to read, or a connection to accept, or the other side has closed. */
export const EPOLLIN = 0x001;
/** There is room to write. */
export const EPOLLOUT = 0x004;
/** Of several epolls that wait for one socket, wakes not all. Such an entry cannot be modified. */
export const EPOLLEXCLUSIVE = 1 << 28;

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;

const IS_PACKED = Deno.build.arch === "x86_64";
const EVENT_WORDS = IS_PACKED ? 3 : 4;
const DATA_WORD = IS_PACKED ? 1 : 2;

/** A set of sockets, each with a number of the caller's choice (0 to 2^31 - 1). Belongs to one thread. */
export class Epoll {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #change = new Int32Array(EVENT_WORDS);
  readonly #changeBytes = this.#change.buffer;
  readonly #events: Int32Array<ArrayBuffer>;
  readonly #eventsBytes: ArrayBuffer;
  readonly #eventsMax: number;
  readonly #waitError: DoubtfulError;

  /** `eventsMax` sockets at most are told of by one wait. Throws when the system has no room for it. */
  constructor(libc: Libc, eventsMax: number) {
    this.#libc = libc;
    this.#waitError = new DoubtfulError(libc, "Cannot wait for connections: epoll_wait", [EINTR]);
    this.#eventsMax = eventsMax;
    this.#events = new Int32Array(eventsMax * EVENT_WORDS);
    this.#eventsBytes = this.#events.buffer;
    this.#fd = libc.calls.epoll_create1(EPOLL_CLOEXEC);
    if (this.#fd < 0) throw this.#error("epoll_create1");
  }

  /** Begins to wait for `events` of a socket, one of EPOLL* or several. False when the system has no room for it. */
  add(fd: number, events: number, number: number): boolean {
    if (this.#control(EPOLL_CTL_ADD, fd, events, number)) return true;
    const errno = this.#libc.errno;
    if (errno === ENOMEM || errno === ENOSPC) return false;
    throw this.#error("epoll_ctl");
  }

  /** Waits for other events of a socket that was added. */
  modify(fd: number, events: number, number: number): void {
    if (!this.#control(EPOLL_CTL_MOD, fd, events, number)) throw this.#error("epoll_ctl");
  }

  /** Waits for the socket no longer. Not needed before it is closed. */
  remove(fd: number): void {
    if (!this.#control(EPOLL_CTL_DEL, fd, 0, 0)) throw this.#error("epoll_ctl");
  }

  /** Waits until something happens, `timeoutMs` at most. Returns of how many sockets; 0 after the timeout or a signal. */
  wait(timeoutMs: number): number {
    const { calls } = this.#libc;
    return this.#waitError.count(calls.epoll_wait(this.#fd, this.#eventsBytes, this.#eventsMax, timeoutMs));
  }

  /** The number of the socket of that index, after a wait. */
  numberAt(index: number): number {
    return this.#events[index * EVENT_WORDS + DATA_WORD];
  }

  /** To be called once, at the end. The sockets stay open. */
  close(): void {
    this.#libc.calls.close(this.#fd);
  }

  #control(operation: number, fd: number, events: number, number: number): boolean {
    this.#change[0] = events;
    this.#change[DATA_WORD] = number;
    return this.#libc.calls.epoll_ctl(this.#fd, operation, fd, this.#changeBytes) === 0;
  }

  #error(call: string): Error {
    return new Error(`Cannot wait for connections: ${call} failed with ${errnoName(this.#libc.errno)}`);
  }
}
