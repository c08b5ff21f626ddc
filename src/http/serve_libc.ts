/**
 * HTTP through the C library: one thread that waits in `epoll` for listeners and connections. Bounded here, and not by
 * Deno.serve, are the connections, the time of a head, of an answer and of the pause between two requests, and the memory
 * of each.
 *
 * @module
 */

import {
  EAGAIN,
  ECONNABORTED,
  EINTR,
  EMFILE,
  ENFILE,
  ENOBUFS,
  ENOMEM,
  Epoll,
  EPOLLEXCLUSIVE,
  EPOLLIN,
  type Libc,
  microsecondsBetween,
  MonotonicClock,
  StreamSockets,
} from "../os/mod.ts";
import { COUNTER, countLatency, type Heartbeat, HTTP_LATENCY, httpErrorCounter } from "../stats/mod.ts";
import { ClientAddress } from "./client_address.ts";
import { listenerRule } from "./exchange.ts";
import { LibcConnections } from "./libc_connections.ts";
import type { HttpService } from "./service.ts";
import {
  HTTP_CONTROL_STOP,
  type HttpLimits,
  type HttpSockets,
  type HttpStreamMessage,
} from "./worker_messages.ts";

/** How long a thread waits at most, so that it sees when it shall stop and whose time is over. */
const WAIT_MS = 250;
/** Sockets that one wait tells of at most. */
const EVENTS_MAX = 256;
/** Connections taken from a listener before the others have their turn. */
const ACCEPTS_MAX = 64;
/** Why nothing can be accepted when too much is open: no file descriptor is left, or no memory. */
const NO_ROOM: readonly number[] = [EMFILE, ENFILE, ENOBUFS, ENOMEM];
const ACCEPT_FAILED = httpErrorCounter("accept_failed");
/** How long a listener is left alone that nothing can be accepted from. */
const PAUSE_MS = 100;
/** Answers under way when the thread is told to stop get this long. */
const STOP_MS_MAX = 1000;

/** Serves listening sockets. Owns them and closes them in the end. */
export class LibcServer {
  readonly #sockets: StreamSockets;
  readonly #epoll: Epoll;
  readonly #clock: MonotonicClock;
  readonly #connections: LibcConnections;
  readonly #counters: Float64Array;
  readonly #fds: readonly number[];
  /** Epoll knows connections by their slots, and behind these listeners by their index. */
  readonly #firstListener: number;
  /** Since when each listener is left alone; null while it is not. */
  readonly #pausedMs: (number | null)[];

  /** `report` is called for each answer that takes long, with its socket. */
  constructor(
    libc: Libc,
    { endpoints, fds }: HttpSockets & { backend: "libc" },
    service: HttpService,
    limits: HttpLimits,
    report: (message: HttpStreamMessage) => void,
  ) {
    const rules = endpoints.map(({ kind, proxyHeader, serves }) =>
      listenerRule(
        new ClientAddress({ header: proxyHeader, trusted: service.trustedProxies }),
        kind === "unix",
        serves,
      )
    );
    this.#sockets = new StreamSockets(libc);
    this.#epoll = new Epoll(libc, EVENTS_MAX);
    this.#clock = new MonotonicClock(libc);
    this.#connections = new LibcConnections(this.#sockets, this.#epoll, rules, service, limits, report);
    this.#counters = service.counters;
    this.#fds = fds;
    this.#firstListener = limits.maxConnections + 1;
    this.#pausedMs = fds.map(() => null);
  }

  /** Serves until the stop flag in `control` is set, blocking the thread, and a bounded time beyond. Turns are heartbeats. */
  serve(control: Int32Array, heartbeat: Heartbeat): void {
    for (let index = 0; index < this.#fds.length; index++) this.#watch(index);
    while (Atomics.load(control, HTTP_CONTROL_STOP) === 0) {
      heartbeat.beat();
      this.#turn();
    }
    this.#stop();
  }

  #turn(): void {
    const count = this.#epoll.wait(WAIT_MS);
    this.#connections.setTime(this.#clock.milliseconds());
    this.#connections.answered = 0;
    const sinceUs = this.#clock.lastMicroseconds;
    // Listeners come last: room for what they bring may cost another connection its slot, and what epoll has told of
    // that one must have been dealt with by then.
    for (let i = 0; i < count; i++) {
      const number = this.#epoll.numberAt(i);
      if (number < this.#firstListener) this.#connections.proceed(number);
    }
    for (let i = 0; i < count; i++) {
      const number = this.#epoll.numberAt(i);
      if (number >= this.#firstListener) this.#accept(number - this.#firstListener);
    }
    this.#countAnswers(sinceUs);
    this.#connections.expire();
    this.#endPauses();
  }

  /** All that were answered in one turn count as having come at its beginning and left at its end. */
  #countAnswers(sinceUs: number): void {
    const { answered } = this.#connections;
    if (answered === 0) return;
    const durationUs = microsecondsBetween(sinceUs, this.#clock.nowMicroseconds());
    countLatency(this.#counters, HTTP_LATENCY, durationUs, answered);
  }

  #accept(index: number): void {
    for (let i = 0; i < ACCEPTS_MAX; i++) {
      const fd = this.#sockets.accept(this.#fds[index]);
      if (fd >= 0) {
        this.#counters[COUNTER.httpConnections]++;
        this.#connections.open(fd, index);
      } else if (fd === -EAGAIN) {
        return;
      } else if (fd !== -EINTR && fd !== -ECONNABORTED) {
        // What waits goes on waiting, and to ask at once again would be in vain, unless it is room that is wanted.
        this.#counters[ACCEPT_FAILED]++;
        if (!NO_ROOM.includes(-fd) || !this.#connections.evict()) return this.#pause(index);
      }
    }
  }

  #watch(index: number): void {
    // Where workers share a socket, one of them is enough for a connection.
    if (!this.#epoll.add(this.#fds[index], EPOLLIN | EPOLLEXCLUSIVE, this.#firstListener + index)) {
      this.#pausedMs[index] = this.#now();
    }
  }

  #pause(index: number): void {
    if (this.#pausedMs[index] === null) this.#epoll.remove(this.#fds[index]);
    this.#pausedMs[index] = this.#now();
  }

  #endPauses(): void {
    for (let index = 0; index < this.#pausedMs.length; index++) {
      const sinceMs = this.#pausedMs[index];
      if (sinceMs === null || (this.#now() - sinceMs | 0) < PAUSE_MS) continue;
      this.#pausedMs[index] = null;
      this.#watch(index);
    }
  }

  /** Answers what has come, lets the answers leave, and closes everything. */
  #stop(): void {
    this.#connections.beginEnd();
    this.#connections.setTime(this.#now());
    for (let index = 0; index < this.#fds.length; index++) {
      this.#accept(index);
      // Other workers may have the same socket open, so that closing alone would not take it out.
      if (this.#pausedMs[index] === null) this.#epoll.remove(this.#fds[index]);
      this.#sockets.close(this.#fds[index]);
    }
    const sinceMs = this.#now();
    this.#connections.closeIdle(false);
    this.#pausedMs.fill(null);
    while (this.#connections.isBusy && (this.#now() - sinceMs | 0) < STOP_MS_MAX) this.#turn();
    this.#connections.closeIdle(true);
    this.#epoll.close();
  }

  #now(): number {
    return this.#clock.milliseconds();
  }
}
