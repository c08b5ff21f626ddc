import {
  BATCH_SIZE,
  type ControlMessage,
  DatagramBatch,
  type Libc,
  microsecondsBetween,
  MonotonicClock,
  RECEIVE_TIMEOUT_MS,
  receivePacketInfo,
  SENDER_BYTES,
  SLOT_BYTES,
  SocketPoll,
} from "../os/mod.ts";
import { closeBatch, openBatch, type PeerTable } from "../peers/mod.ts";
import { HANDLER_BATCH_MAX, REPLY_ROOM_BYTES, UdpHandler, type UdpService } from "./handle.ts";
import { gatherUs } from "./gathering.ts";
import type { Precedence } from "./precedence.ts";
import { countLatency, type Heartbeat, UDP_LATENCY } from "../stats/mod.ts";
import { CONTROL_STOP } from "./worker_messages.ts";

if (REPLY_ROOM_BYTES > SLOT_BYTES) throw new Error(`A reply does not fit into ${SLOT_BYTES} bytes`);

/**
 * Serves sockets through the C library until the stop flag in `control` is set, blocking the thread. Replies leave
 * from the address that was asked. Each turn is a heartbeat. `precedence` is the thread's, null when it has none. Throws when a
 * socket fails. The sockets stay open.
 */
export function serveLibc(
  libc: Libc,
  fds: readonly number[],
  service: UdpService,
  control: Int32Array,
  heartbeat: Heartbeat,
  precedence: Precedence | null,
): void {
  const wildcards = fds.filter((fd) => receivePacketInfo(libc, fd));
  const server = new LibcServer(libc, service, wildcards.length > 0 ? "packetInfo" : "none", precedence);
  const isRunning = () => Atomics.load(control, CONTROL_STOP) === 0;
  if (fds.length === 1) {
    while (isRunning()) {
      heartbeat.beat();
      server.waitAndServe(fds[0]);
      server.gather();
    }
    return;
  }
  const poll = new SocketPoll(libc, fds);
  while (isRunning()) {
    heartbeat.beat();
    if (poll.wait(RECEIVE_TIMEOUT_MS) === 0) continue;
    for (let index = 0; index < fds.length; index++) {
      if (poll.isReady(index)) server.serveReady(fds[index]);
    }
    server.gather();
  }
}

/** One batch in, its replies out. */
class LibcServer {
  readonly #batch: DatagramBatch;
  readonly #senders: DataView;
  readonly #handler: UdpHandler;
  /** The machine's clock, so that all workers agree and nobody can set it under their connection ids. */
  readonly #clock: MonotonicClock;
  readonly #table: PeerTable;
  readonly #counters: Float64Array;
  readonly #precedence: Precedence | null;
  /** When the last batch came, and when its replies had left. */
  #receivedUs: number;
  #repliedUs: number;
  /** Datagrams received since the last pause, and when that was. */
  #count = 0;
  #gatheredUs = 0;

  constructor(libc: Libc, service: UdpService, control: ControlMessage, precedence: Precedence | null) {
    this.#batch = new DatagramBatch(libc, control);
    this.#senders = new DataView(this.#batch.senders);
    this.#handler = new UdpHandler(service, this.#batch.received, this.#batch.replies);
    this.#clock = new MonotonicClock(libc);
    this.#table = service.table;
    this.#counters = service.counters;
    this.#precedence = precedence;
    this.#receivedUs = this.#repliedUs = this.#clock.nowMicroseconds();
  }

  waitAndServe(fd: number): void {
    this.#reply(fd, this.#batch.receive(fd));
  }

  /** Serves all that is there, but not more than a batch: the other sockets have their turn. */
  serveReady(fd: number): void {
    this.#reply(fd, this.#batch.receiveReady(fd));
  }

  /** Lets further datagrams gather for a while, when so few have come that this saves work. */
  gather(): void {
    const nowUs = this.#receivedUs;
    const pauseUs = gatherUs(this.#count, microsecondsBetween(this.#gatheredUs, nowUs));
    this.#count = 0;
    this.#gatheredUs = nowUs;
    if (pauseUs > 0) this.#clock.sleep(pauseUs + (this.#precedence?.missingSlackUs ?? 0));
  }

  #reply(fd: number, count: number): void {
    if (count === 0) return;
    this.#count += count;
    const batch = this.#batch;
    const clock = this.#clock;
    const nowSec = clock.seconds();
    this.#receivedUs = clock.lastMicroseconds;
    // Who finds a whole batch has not waited for it, however long it took to get it: the core may have been another's.
    const idleUs = count < BATCH_SIZE ? microsecondsBetween(this.#repliedUs, this.#receivedUs) : 0;
    this.#precedence?.look(this.#receivedUs, idleUs);
    openBatch(this.#table);
    for (let first = 0; first < count; first += HANDLER_BATCH_MAX) {
      this.#answer(first, Math.min(count - first, HANDLER_BATCH_MAX), nowSec);
    }
    closeBatch(this.#table);
    batch.sendReplies(fd);
    this.#repliedUs = clock.nowMicroseconds();
    const durationUs = microsecondsBetween(this.#receivedUs, this.#repliedUs);
    countLatency(this.#counters, UDP_LATENCY, durationUs, count);
  }

  /** Queues the answers to `count` datagrams from `first` on, as many as the handler takes at once. */
  #answer(first: number, count: number, nowSec: number): void {
    const batch = this.#batch;
    const handler = this.#handler;
    for (let i = 0, index = first; i < count; i++, index++) {
      handler.sources[i].readSocketAddress(this.#senders, index * SENDER_BYTES);
      handler.read(i, index * SLOT_BYTES, batch.receivedLength(index), nowSec);
    }
    handler.readAhead();
    for (let i = 0; i < count; i++) {
      const length = handler.answer(i, batch.replyAt, nowSec);
      if (length > 0) batch.queueReply(first + i, length);
    }
  }
}
