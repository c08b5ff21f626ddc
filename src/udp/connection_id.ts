import { type Family, IPV4 } from "../peers/mod.ts";
import { halfSipHash } from "./half_siphash.ts";

/** How long an id is good after it was issued (BEP 15: two minutes). */
export const CONNECTION_ID_AGE_MAX_SEC = 120;
/** How far one worker may run ahead of another: they read one clock, but either side of a full second. */
export const CONNECTION_ID_SKEW_SEC = 1;

const STAMP_MASK = 0xffff;
const STAMP_SHIFT = 16;

/**
 * Issues and checks connection ids (BEP 15) without remembering any.
 *
 * An id proves that its sender receives at its source address; without it, one could have large replies sent to a
 * victim, or peers listed that never asked. 64 bits, in network byte order:
 *
 * | bits  | content                                                                          |
 * |-------|----------------------------------------------------------------------------------|
 * | 63-48 | the second in which it was issued, modulo 65536                                  |
 * | 47-0  | 48 bits of HalfSipHash-2-4-64, keyed by the secret, over that full second and the address |
 *
 * - The stamp in clear only finds the second again. The hash covers all of it, so an id does not come true again
 *   when 65536 seconds have passed.
 * - Whoever cannot receive at an address needs 2^48 guesses, each a datagram, to be sure of one good id for it, and
 *   the id dies within two minutes. The secret has 64 bits. It may outlive the process, but not the clock that the
 *   seconds are of: by another clock they would come again, and the ids with them.
 * - The port is not covered: address translators change it between packets of one client.
 * - IPv4 and IPv6 cannot be confused: their hash inputs differ in length, which the hash takes in.
 *
 * All workers share secret and clock, so each accepts the others' ids. One object a thread; nothing is allocated.
 */
export class ConnectionIds {
  /** The id last issued, in two halves. */
  high = 0;
  low = 0;
  readonly #secret: Uint32Array;
  /** What was hashed last: the second, and so many words of the address. */
  readonly #message = new Uint32Array(5);
  #words = 0;
  readonly #digest = new Uint32Array(2);

  /** `secret` is two random words, made anew whenever the clock is another one. */
  constructor(secret: Uint32Array) {
    this.#secret = secret;
  }

  /** Puts into `high` and `low` an id for a canonical address, issued in second `nowSec` of the shared clock. */
  issue(nowSec: number, family: Family, address: Uint32Array): void {
    this.#hash(nowSec, family, address);
    this.high = ((nowSec << STAMP_SHIFT) | (this.#digest[1] & STAMP_MASK)) >>> 0;
    this.low = this.#digest[0];
  }

  /** Whether the id was issued to this address, at most 120 seconds ago and not in the future. */
  isGood(nowSec: number, family: Family, address: Uint32Array, high: number, low: number): boolean {
    const ageSec = (nowSec + CONNECTION_ID_SKEW_SEC - (high >>> STAMP_SHIFT)) & STAMP_MASK;
    if (ageSec > CONNECTION_ID_AGE_MAX_SEC + CONNECTION_ID_SKEW_SEC) return false;
    this.#hash(nowSec + CONNECTION_ID_SKEW_SEC - ageSec, family, address);
    // No early way out: the time must not tell how much of a guess was right.
    const difference = ((high ^ this.#digest[1]) & STAMP_MASK) | (low ^ this.#digest[0]);
    return difference === 0;
  }

  /** Hashes nothing when it is asked for the same again, as by senders behind one address. */
  #hash(issuedSec: number, family: Family, address: Uint32Array): void {
    const message = this.#message;
    const words = family === IPV4 ? 1 : 4;
    let isNew = this.#words !== words || message[0] !== issuedSec;
    message[0] = issuedSec;
    for (let i = 0; i < words; i++) {
      isNew ||= message[1 + i] !== address[i];
      message[1 + i] = address[i];
    }
    if (!isNew) return;
    this.#words = words;
    halfSipHash(this.#secret, message, 4 + 4 * words, this.#digest);
  }
}
