import { microsecondsBetween } from "../os/mod.ts";

/** Requests without an answer for so long after they were sent are lost. */
export const LOST_AFTER_US = 2_000_000;

/** Requests that can be told apart at once: those of two seconds at a million a second. */
const CAPACITY = 1 << 21;
const SLOT_MASK = CAPACITY - 1;

/** Transaction ids are below this; the bit is left for other uses. */
export const TRANSACTION_IDS = 2 ** 31;
const ID_MASK = TRANSACTION_IDS - 1;

/** The slot holds no request. */
const NONE = 0;

/**
 * The requests that wait for their answers. Transaction ids are consecutive, so that a ring by their low bits finds
 * the times of each, and the oldest are found without a search. Times are microseconds of any clock, modulo 2^32; but the
 * times of the kernel, when it was handed a request and when the answer arrived, are of a RealtimeClock, modulo 2^30.
 */
export class Outstanding {
  /** Requests that wait. */
  count = 0;
  /** Requests that were given up. */
  lost = 0;
  readonly #dueUs = new Uint32Array(CAPACITY);
  readonly #sentUs = new Uint32Array(CAPACITY);
  readonly #handedUs = new Uint32Array(CAPACITY);
  #nextId = 0;
  #oldestId = 0;

  /**
   * A new request's transaction id. When it was due is of the clock that `settle` is told, and when it was sent of that of
   * `expire`: that the loader is late makes it no sooner lost.
   */
  begin(dueUs: number, sentUs: number): number {
    const id = this.#nextId;
    const slot = id & SLOT_MASK;
    if (this.#sentUs[slot] !== NONE) this.#lose(slot);
    this.#dueUs[slot] = dueUs;
    this.#sentUs[slot] = sentUs;
    // One microsecond in 71 minutes would look like an empty slot.
    if (this.#sentUs[slot] === NONE) this.#sentUs[slot] = 1;
    this.#nextId = id + 1 & ID_MASK;
    this.count++;
    return id;
  }

  /** Notes that the last `count` requests that began are now handed to the kernel. */
  hand(count: number, handedUs: number): void {
    for (let id = this.#nextId - count; id < this.#nextId; id++) this.#handedUs[id & SLOT_MASK] = handedUs;
  }

  /** The microseconds from when the request was due until its answer came, or -1 when no request with that id waits. */
  settle(id: number, nowUs: number): number {
    if (id >= TRANSACTION_IDS) return -1;
    const slot = id & SLOT_MASK;
    const ageIds = this.#nextId - id & ID_MASK;
    if (ageIds === 0 || ageIds > CAPACITY || this.#sentUs[slot] === NONE) return -1;
    const latencyUs = nowUs - this.#dueUs[slot] >>> 0;
    this.#sentUs[slot] = NONE;
    this.count--;
    return latencyUs;
  }

  /**
   * The microseconds that the server took for a request just settled: from when the kernel was handed it until the answer
   * arrived. Never more than `latencyUs`, which is what `settle` said, even where the clock was set meanwhile.
   */
  serverLatencyUs(id: number, arrivedUs: number, latencyUs: number): number {
    return Math.min(microsecondsBetween(this.#handedUs[id & SLOT_MASK], arrivedUs), latencyUs);
  }

  /** Gives up the requests that are too old. To be called often; it goes only over what has settled or is lost. */
  expire(nowUs: number): void {
    while (this.#oldestId !== this.#nextId) {
      const slot = this.#oldestId & SLOT_MASK;
      const sentUs = this.#sentUs[slot];
      if (sentUs !== NONE) {
        if ((nowUs - sentUs >>> 0) < LOST_AFTER_US) return;
        this.#lose(slot);
      }
      this.#oldestId = this.#oldestId + 1 & ID_MASK;
    }
  }

  #lose(slot: number): void {
    this.#sentUs[slot] = NONE;
    this.count--;
    this.lost++;
  }
}
