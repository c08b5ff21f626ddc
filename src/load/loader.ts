import {
  BATCH_SIZE,
  DatagramBatch,
  type Libc,
  MonotonicClock,
  RealtimeClock,
  SLOT_BYTES,
  SocketPoll,
} from "../os/mod.ts";
import {
  ACTION_ANNOUNCE,
  ACTION_CONNECT,
  ACTION_ERROR,
  ACTION_SCRAPE,
  ANNOUNCE_REPLY_PEERS,
  REPLY_ACTION,
  REPLY_HEAD_BYTES,
  REPLY_TRANSACTION_ID,
} from "../udp/mod.ts";
import { AwakeClock } from "./awake_clock.ts";
import { Connections } from "./connections.ts";
import { Histogram } from "./histogram.ts";
import type { LoadOptions } from "./options.ts";
import { Origin } from "./origin.ts";
import { Outstanding } from "./outstanding.ts";
import { type Pace, RatePace, WindowPace } from "./pace.ts";
import { Population } from "./population.ts";
import { mix32, Random } from "../random/mod.ts";
import { EVENT_STARTED, RequestWriter } from "./request_writer.ts";
import { emptyTally, type Tally } from "./tally.ts";
import { formatTarget } from "./target.ts";
import type { LoadStartMessage } from "./worker_messages.ts";

/** Compact peers of IPv4 and IPv6. */
const PEER_BYTES = { ipv4: 6, ipv6: 18 };

/** Bytes that every answer but an error has: to an announce without peers, and to a scrape of one torrent. */
const ANSWER_BYTES_MIN = ANNOUNCE_REPLY_PEERS;

/** How long a wait for answers lasts at most, so that what is late is noticed. */
const WAIT_MS = 100;
/** How long a server that is filled may leave every announce without an answer before it counts as gone. */
const SILENCE_US = 10_000_000;
/** How long the loader looks for further answers without sleeping. */
const SPIN_US = 500;
/** How often connection ids are looked after. */
const TICK_US = 100_000;

/** What a thread has done so far in this phase, in memory that others may read: indexes of its row. */
export const PROGRESS = { sent: 0, answered: 1, lost: 2 } as const;
export const PROGRESS_VALUES = 8;

/**
 * One thread of load: sends requests and takes answers, without allocating anything for them, and blocks its thread
 * meanwhile.
 */
export class Loader {
  readonly #options: LoadOptions;
  readonly #thread: number;
  /** The load goes out at a fixed rate, and what the server took is told too; the fill never is such. */
  readonly #isAtRate: boolean;
  readonly #connections: Connections;
  readonly #batch: DatagramBatch;
  readonly #view: DataView;
  readonly #origin: Origin;
  readonly #poll: SocketPoll;
  readonly #clock: MonotonicClock;
  /** The kernel's clock for arrivals. */
  readonly #realtime: RealtimeClock;
  readonly #outstanding = new Outstanding();
  readonly #writer: RequestWriter;
  readonly #progress: Float64Array;
  readonly #peerBytes: number;
  #tally = emptyTally();
  #latencies = new Histogram(this.#tally.latencies);
  #delays = new Histogram(this.#tally.delays);
  #serverLatencies = new Histogram(this.#tally.serverLatencies);
  #nowUs = 0;
  /** For how long requests have waited. */
  readonly #awake: AwakeClock;
  /** When one was last answered, by that clock. */
  #answeredUs = 0;
  #nextTickUs = 0;
  /** The socket whose turn it is to send. */
  #turn = 0;
  /** Connect requests that are in a tally already. */
  #connectsTold = 0;
  /** The next peer of the fill. */
  #peer = 0;

  constructor(libc: Libc, { options, thread, torrentOf, progress }: LoadStartMessage) {
    const { target, population } = options;
    this.#options = options;
    this.#thread = thread;
    this.#connections = new Connections(
      libc,
      target,
      options.choosesSource,
      options.sockets,
      population.addresses,
    );
    this.#isAtRate = options.ratePerSec !== null;
    this.#batch = new DatagramBatch(libc, this.#isAtRate ? "arrivalTime" : "none");
    this.#view = new DataView(this.#batch.received);
    this.#origin = new Origin(this.#batch.senders, target);
    this.#poll = new SocketPoll(libc, this.#connections.sockets.map(({ fd }) => fd));
    this.#clock = new MonotonicClock(libc);
    this.#awake = new AwakeClock(this.#clock.microseconds());
    this.#realtime = new RealtimeClock(libc);
    this.#writer = new RequestWriter(
      this.#connections.sender.datagrams,
      new Population(population, torrentOf),
      options,
      new Random(mix32(population.seed) + thread),
    );
    this.#progress = progress;
    this.#peerBytes = target.hostname.includes(":") ? PEER_BYTES.ipv6 : PEER_BYTES.ipv4;
  }

  /** Gets the connection ids. Throws when the target does not answer. */
  connect(): void {
    this.#connections.connect(this.#options.target, () => this.#receive(WAIT_MS));
  }

  /**
   * Announces this thread's part of the peers to fill, each once, as fast as the window allows. Throws when the target does
   * not answer any more.
   */
  fill(): Tally {
    const { fill, threads } = this.#options;
    this.#peer = this.#thread;
    const count = Math.max(Math.ceil((fill - this.#thread) / threads), 0);
    return this.#run(new WindowPace(this.#window, Infinity, count), true);
  }

  /** Sends the mix of requests for so long. Only at a rate it learns what the server took. */
  load(seconds: number): Tally {
    const { ratePerSec, threads } = this.#options;
    const lengthUs = seconds * 1e6;
    if (ratePerSec === null) return this.#run(new WindowPace(this.#window, lengthUs, Infinity), false);
    // Not sooner, and never in a window: it takes processor time of whoever sends, which is the server too.
    this.#connections.receiveArrivalTimes();
    return this.#run(new RatePace(ratePerSec, lengthUs, this.#thread, threads), false);
  }

  close(): void {
    this.#connections.close();
  }

  get #window(): number {
    return Math.floor(this.#options.window / this.#options.threads);
  }

  #run(pace: Pace, isFill: boolean): Tally {
    const tally = this.#tally = emptyTally();
    const outstanding = this.#outstanding;
    const lostBefore = outstanding.lost;
    this.#latencies = new Histogram(tally.latencies);
    this.#delays = new Histogram(tally.delays);
    this.#serverLatencies = new Histogram(tally.serverLatencies);
    const droppedBefore = this.#connections.countDropped();
    this.#look();
    const startUs = this.#nowUs;
    this.#answeredUs = this.#awake.nowUs;
    pace.start(startUs);
    let endUs = startUs;
    let isOver = false;
    while (true) {
      const due = pace.due(this.#nowUs, outstanding.count);
      if (due > 0) this.#send(pace, Math.min(due, BATCH_SIZE), isFill);
      // Nothing is sent after the first turn in which the run is over.
      if (!isOver) endUs = this.#nowUs;
      isOver = pace.isOver(this.#nowUs);
      if (isOver && outstanding.count === 0) break;
      const waitMs = isOver ? WAIT_MS : pace.waitMs(this.#nowUs, outstanding.count);
      const silentUs = this.#awake.nowUs - this.#answeredUs;
      if (isFill && silentUs > SILENCE_US) this.#giveUp();
      // A thread that sleeps must be woken, at the server's expense; so the loader sleeps only when nothing happens.
      this.#receive(silentUs < SPIN_US ? 0 : waitMs);
      outstanding.expire(this.#awake.nowUs);
      tally.lost = outstanding.lost - lostBefore;
      this.#publish(tally);
      if (this.#nowUs >= this.#nextTickUs) {
        this.#nextTickUs = this.#nowUs + TICK_US;
        this.#connections.renew(this.#nowUs);
      }
    }
    tally.elapsedUs = endUs - startUs;
    tally.dropped = this.#connections.countDropped() - droppedBefore;
    tally.connects = this.#connections.sent - this.#connectsTold;
    this.#connectsTold += tally.connects;
    return tally;
  }

  #send(pace: Pace, count: number, isFill: boolean): void {
    const connections = this.#connections;
    const { sender, sockets } = connections;
    const writer = this.#writer;
    const { fd, ids } = sockets[this.#turn];
    this.#turn = this.#turn + 1 === sockets.length ? 0 : this.#turn + 1;
    for (let index = 0; index < count; index++) {
      const dueUs = pace.next(this.#nowUs);
      this.#delays.add(Math.max(this.#nowUs - dueUs, 0) >>> 0);
      const id = this.#outstanding.begin(dueUs, this.#awake.nowUs);
      const at = sender.nextAt;
      const length = isFill ? this.#writeFill(at, ids, id) : writer.writeAny(at, ids, id);
      connections.queue(length, writer.address);
    }
    if (this.#isAtRate) this.#outstanding.hand(count, this.#realtime.nowMicroseconds());
    sender.send(fd);
    this.#tally.sent += count;
  }

  #writeFill(at: number, ids: Uint32Array, id: number): number {
    const peer = this.#peer;
    this.#peer = peer + this.#options.threads;
    return this.#writer.writeAnnounce(at, ids, id, peer, EVENT_STARTED);
  }

  /** Takes the answers that are there, up to a batch of each socket, or waits for the first. Returns how many. */
  #receive(waitMs: number): number {
    const { sockets } = this.#connections;
    if (waitMs > 0) this.#poll.wait(waitMs);
    let count = 0;
    for (let index = 0; index < sockets.length; index++) {
      count += this.#settle(this.#batch.receiveReady(sockets[index].fd));
    }
    return count;
  }

  #settle(count: number): number {
    this.#look();
    for (let index = 0; index < count; index++) {
      const length = this.#batch.receivedLength(index);
      if (length >= REPLY_HEAD_BYTES && this.#origin.hasSent(index)) this.#take(index, length);
    }
    return count;
  }

  #take(index: number, length: number): void {
    const at = index * SLOT_BYTES;
    const view = this.#view;
    const tally = this.#tally;
    const action = view.getUint32(at + REPLY_ACTION);
    const transactionId = view.getUint32(at + REPLY_TRANSACTION_ID);
    if (action === ACTION_CONNECT) {
      this.#connections.take(view, at, length, transactionId);
      return;
    }
    if (action !== ACTION_ERROR && length < ANSWER_BYTES_MIN) return;
    const latencyUs = this.#outstanding.settle(transactionId, this.#nowUs);
    // Too late, and counted as lost; or none of ours.
    if (latencyUs < 0) return;
    this.#answeredUs = this.#awake.nowUs;
    if (action === ACTION_ANNOUNCE) {
      tally.announces++;
      tally.peers += (length - ANNOUNCE_REPLY_PEERS) / this.#peerBytes;
    } else if (action === ACTION_SCRAPE) {
      tally.scrapes++;
    } else {
      tally.errors++;
      return;
    }
    this.#latencies.add(latencyUs);
    const arrivedUs = this.#batch.arrivedMicroseconds(index);
    if (arrivedUs < 0) return;
    this.#serverLatencies.add(this.#outstanding.serverLatencyUs(transactionId, arrivedUs, latencyUs));
  }

  /** At the clocks. */
  #look(): void {
    this.#nowUs = this.#clock.microseconds();
    this.#awake.advance(this.#nowUs);
  }

  #giveUp(): never {
    throw new Error(`No answer any more from ${formatTarget(this.#options.target)}`);
  }

  #publish({ sent, announces, scrapes, lost }: Tally): void {
    const progress = this.#progress;
    progress[PROGRESS.sent] = sent;
    progress[PROGRESS.answered] = announces + scrapes;
    progress[PROGRESS.lost] = lost;
  }
}
