/**
 * The connections of the libc transport: reading what comes, sending the answers, and closing in time.
 *
 * A connection that brings its request along costs accept, recv, send and close, and one that stays open a recv and a
 * send for each request: it is given to epoll only when there is something to wait for, and then once.
 *
 * One costs a slot in memory; 16 KiB while a part of a head waits for the rest; the rest of some answers while the client
 * does not take them, for all clients within bounds; and what the kernel holds, which tcp_listener.ts bounds.
 *
 * @module
 */

import { EAGAIN, EINTR, type Epoll, EPOLLIN, EPOLLOUT, type StreamSockets } from "../os/mod.ts";
import {
  Connections,
  NONE,
  PHASE_HEAD,
  PHASE_IDLE,
  PHASE_LINGERING,
  PHASE_SENDING,
  PHASES,
} from "./connections.ts";
import {
  Exchange,
  type ListenerRule,
  THEN_CLOSE,
  THEN_GO_ON,
  THEN_LINGER,
  THEN_STREAM,
  THEN_WAIT,
} from "./exchange.ts";
import { giveBackTurn } from "./full_scrape_limit.ts";
import { HEAD_BYTES_MAX } from "./head.ts";
import { HeadStore } from "./head_store.ts";
import type { HttpService } from "./service.ts";
import type { HttpLimits, HttpStreamMessage } from "./worker_messages.ts";

/** What is read at once: no more than a head, so that what is left of it while an answer waits can be kept as one. */
const RECEIVE_BYTES = HEAD_BYTES_MAX;
/** Where it is read to: behind room for the part of a head that came before. */
const RECEIVE_AT = HEAD_BYTES_MAX;

/** How long a client that may be sending still is let to read the last answer, and how much of it is read meanwhile. */
const LINGER_MS = 2000;
const LINGER_BYTES_MAX = 256 * 1024;

/** The connections of one thread. */
export class LibcConnections {
  /** Requests answered since somebody last made this 0. */
  answered = 0;
  readonly #sockets: StreamSockets;
  readonly #epoll: Epoll;
  readonly #rules: readonly ListenerRule[];
  readonly #exchange: Exchange;
  readonly #report: (message: HttpStreamMessage) => void;
  readonly #max: number;
  readonly #maxUnsentBytes: number;
  /** By phase. */
  readonly #limitsMs: readonly number[];
  readonly #table: Connections;
  readonly #heads: HeadStore;
  /** By slot: what is left of answers that the client does not take. */
  readonly #unsent = new Map<number, Uint8Array<ArrayBuffer>>();
  /** The sum of their lengths. */
  #unsentBytes = 0;
  readonly #bytes = new Uint8Array(RECEIVE_AT + RECEIVE_BYTES);
  readonly #receiveView = this.#bytes.subarray(RECEIVE_AT);
  #nowMs = 0;

  /** `epoll` gets to know sockets by their slots, 0 to `limits.maxConnections`. `rules` are the listeners'. */
  constructor(
    sockets: StreamSockets,
    epoll: Epoll,
    rules: readonly ListenerRule[],
    service: HttpService,
    limits: HttpLimits,
    report: (message: HttpStreamMessage) => void,
  ) {
    this.#sockets = sockets;
    this.#epoll = epoll;
    this.#rules = rules;
    this.#exchange = new Exchange(service);
    this.#report = report;
    this.#max = limits.maxConnections;
    this.#maxUnsentBytes = limits.maxUnsentBytes;
    const limitsMs: number[] = [];
    limitsMs[PHASE_LINGERING] = LINGER_MS;
    limitsMs[PHASE_IDLE] = limits.keepAliveTimeoutSec * 1000;
    limitsMs[PHASE_HEAD] = limits.headerTimeoutSec * 1000;
    limitsMs[PHASE_SENDING] = limits.headerTimeoutSec * 1000;
    this.#limitsMs = limitsMs;
    // One more than there may be: a new connection is served before another has to go for it.
    this.#table = new Connections(limits.maxConnections + 1);
    this.#heads = new HeadStore(limits.maxConnections + 1);
  }

  /** Whether requests or answers are under way. */
  get isBusy(): boolean {
    return PHASES.some((phase) => phase !== PHASE_IDLE && this.#table.oldest(phase) !== NONE);
  }

  /** Sets the time, in milliseconds of the clock. */
  setTime(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#exchange.answers.setTime(nowMs);
  }

  /**
   * Takes the connection that the sockets have just accepted from `listener`, and serves it if its request is there.
   * Where too many are open then, the one that has been idle for longest has to go.
   */
  open(fd: number, listener: number): void {
    const slot = this.#table.open(fd, listener, this.#nowMs);
    if (!this.#rules[listener].isUnix) this.#table.setPeer(slot, this.#sockets.peer);
    this.#read(slot);
    if (this.#table.count > this.#max) this.evict();
  }

  /** Goes on with a connection that epoll has something to tell of. */
  proceed(slot: number): void {
    const phase = this.#table.phase(slot);
    if (phase === PHASE_SENDING) this.#resume(slot);
    else if (phase === PHASE_LINGERING) this.#drain(slot);
    else this.#read(slot);
  }

  /** Closes the connection that has been idle for longest, or else at one thing for longest. False when none is open. */
  evict(): boolean {
    for (let i = 0; i < PHASES.length; i++) {
      const slot = this.#table.oldest(PHASES[i]);
      if (slot === NONE) continue;
      this.#close(slot);
      return true;
    }
    return false;
  }

  /**
   * Closes the connections whose time is over and, where too much waits for clients, those for which it has waited for
   * longest. To be called when all is done that epoll has told of: it may be of those.
   */
  expire(): void {
    while (this.#unsentBytes > this.#maxUnsentBytes) this.#close(this.#table.oldest(PHASE_SENDING));

    for (let i = 0; i < PHASES.length; i++) {
      const limitMs = this.#limitsMs[PHASES[i]];
      let slot = this.#table.oldest(PHASES[i]);
      while (slot !== NONE && this.#table.ageMs(slot, this.#nowMs) >= limitMs) {
        this.#close(slot);
        slot = this.#table.oldest(PHASES[i]);
      }
    }
  }

  /** Makes the answers that are given from now on the last of their connections. */
  beginEnd(): void {
    this.#exchange.isEnding = true;
  }

  /** Closes the connections over which nothing is under way; with `all` the others too. */
  closeIdle(all: boolean): void {
    for (const phase of all ? PHASES : [PHASE_IDLE] as const) {
      for (let slot = this.#table.oldest(phase); slot !== NONE; slot = this.#table.oldest(phase)) {
        this.#close(slot);
      }
    }
  }

  #read(slot: number): void {
    const count = this.#sockets.receive(this.#table.fd[slot], this.#receiveView);
    if (count > 0) {
      const kept = this.#heads.length(slot);
      if (kept > 0) this.#heads.copyBefore(slot, this.#bytes, RECEIVE_AT);
      this.#converse(slot, RECEIVE_AT - kept, RECEIVE_AT + count);
    } else if (count === -EAGAIN || count === -EINTR) {
      this.#watch(slot, EPOLLIN);
    } else {
      this.#close(slot);
    }
  }

  /** Answers what is in `#bytes` from `start` to before `end`. */
  #converse(slot: number, start: number, end: number): void {
    const exchange = this.#exchange;
    const rule = this.#rules[this.#table.listener[slot]];
    let then = THEN_GO_ON;
    const answeredBefore = this.answered;
    for (let at = start; then === THEN_GO_ON; at = exchange.position) {
      then = exchange.run(this.#bytes, at, end, this.#table, slot, rule);
      this.answered += exchange.answered;
      if (exchange.answers.length > 0 && !this.#send(slot, then, end)) return;
    }
    if (then === THEN_WAIT) this.#await(slot, end, this.answered > answeredBefore);
    else this.#finish(slot, then);
  }

  /** Waits for more, and keeps what has come of it. */
  #await(slot: number, end: number, isNew: boolean): void {
    const { position } = this.#exchange;
    this.#heads.keep(slot, this.#bytes, position, end);
    // The time of a head that comes in pieces runs from the first of them.
    const phase = position < end ? PHASE_HEAD : PHASE_IDLE;
    if (isNew || this.#table.phase(slot) !== phase) this.#table.enter(slot, phase, this.#nowMs);
    this.#watch(slot, EPOLLIN);
  }

  #finish(slot: number, then: number): void {
    if (then === THEN_CLOSE) this.#close(slot);
    else if (then === THEN_LINGER) this.#linger(slot);
    else this.#handOver(slot);
  }

  /**
   * Sends the answers. False when they have not all left: then the rest waits, and the bytes up to `end` that are yet to
   * be answered too; or the connection was closed.
   */
  #send(slot: number, then: number, end: number): boolean {
    const { answers, position } = this.#exchange;
    const fd = this.#table.fd[slot];
    const sent = then === THEN_CLOSE || then === THEN_LINGER
      ? this.#sockets.sendLast(fd, answers.buffer, answers.length)
      : this.#sockets.send(fd, answers.buffer, answers.length);
    if (sent === answers.length) {
      answers.clear();
      return true;
    }
    // A stream goes to another thread, which knows nothing of answers before it.
    if (sent < 0 && sent !== -EAGAIN && sent !== -EINTR || then === THEN_STREAM) {
      if (then === THEN_STREAM) giveBackTurn(this.#exchange.stream.turn);
      answers.clear();
      this.#close(slot);
      return false;
    }
    this.#keepUnsent(slot, answers.rest(Math.max(sent, 0)));
    answers.clear();
    this.#heads.keep(slot, this.#bytes, position, then === THEN_LINGER ? position : end);
    this.#table.note[slot] = then;
    this.#table.enter(slot, PHASE_SENDING, this.#nowMs);
    this.#watch(slot, EPOLLOUT);
    return false;
  }

  /** Sends what is left of the answers, and goes on when that is all. */
  #resume(slot: number): void {
    const unsent = this.#unsent.get(slot);
    if (unsent === undefined) throw new Error("A connection waits to send nothing");
    const sent = this.#sockets.send(this.#table.fd[slot], unsent.buffer, unsent.length);
    if (sent < 0 && sent !== -EAGAIN && sent !== -EINTR) return this.#close(slot);
    if (sent < unsent.length) {
      if (sent > 0) this.#keepUnsent(slot, unsent.slice(sent));
      return;
    }
    this.#dropUnsent(slot);
    const then = this.#table.note[slot];
    if (then !== THEN_WAIT && then !== THEN_GO_ON) return this.#finish(slot, then);
    const kept = this.#heads.length(slot);
    if (kept > 0) this.#heads.copyBefore(slot, this.#bytes, RECEIVE_AT);
    this.#converse(slot, RECEIVE_AT - kept, RECEIVE_AT);
  }

  #keepUnsent(slot: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#dropUnsent(slot);
    this.#unsent.set(slot, bytes);
    this.#unsentBytes += bytes.length;
  }

  /** Whether there was anything. */
  #dropUnsent(slot: number): boolean {
    this.#unsentBytes -= this.#unsent.get(slot)?.length ?? 0;
    return this.#unsent.delete(slot);
  }

  /** Closes after the client has had time to read: to close on bytes that nobody reads would destroy the answer. */
  #linger(slot: number): void {
    this.#heads.drop(slot);
    this.#sockets.endSending(this.#table.fd[slot]);
    this.#table.note[slot] = LINGER_BYTES_MAX;
    this.#table.enter(slot, PHASE_LINGERING, this.#nowMs);
    this.#watch(slot, EPOLLIN);
  }

  #drain(slot: number): void {
    const count = this.#sockets.receive(this.#table.fd[slot], this.#receiveView);
    if (count === -EAGAIN || count === -EINTR) return;
    this.#table.note[slot] -= count;
    if (count <= 0 || this.#table.note[slot] <= 0) this.#close(slot);
  }

  #handOver(slot: number): void {
    const fd = this.#table.fd[slot];
    if (this.#table.events[slot] !== 0) this.#epoll.remove(fd);
    this.#release(slot);
    this.#report({ kind: "stream", fd, ...this.#exchange.stream });
  }

  #watch(slot: number, events: number): void {
    const table = this.#table;
    if (table.events[slot] === events) return;
    if (table.events[slot] !== 0) this.#epoll.modify(table.fd[slot], events, slot);
    else if (!this.#epoll.add(table.fd[slot], events, slot)) return this.#close(slot);
    table.events[slot] = events;
  }

  #close(slot: number): void {
    const fd = this.#table.fd[slot];
    // Nobody takes what is left, so the system shall not keep it for minutes.
    if (this.#dropUnsent(slot)) this.#sockets.abort(fd);
    else this.#sockets.close(fd);
    this.#release(slot);
  }

  #release(slot: number): void {
    this.#heads.drop(slot);
    this.#table.release(slot);
  }
}
