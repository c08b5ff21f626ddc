/** Datagrams that found a receive buffer full. @module */

import { readUdpDrops } from "./os/mod.ts";
import { COUNTER } from "./stats/mod.ts";

/** The addresses of sockets, as `readUdpDrops` takes them. */
type Addresses = Parameters<typeof readUdpDrops>[0];

/** Takes what the kernel counts of the sockets' drops over to the counters, whenever it is told to. */
export class UdpDrops {
  readonly #addresses: Addresses;
  /** The supervisor's row. */
  readonly #row: Float64Array;
  /** What earlier runs have counted, less what sockets that were passed to the tracker had dropped by its start. */
  readonly #before: number;

  /** `row` is the supervisor's, with what earlier runs have counted. */
  constructor(addresses: Addresses, row: Float64Array) {
    this.#addresses = addresses;
    this.#row = row;
    this.#before = row[COUNTER.udpDropped] - this.#ofSockets();
  }

  /** Counts anew. A reading that misses a socket does not make the count fall. */
  count(): void {
    const row = this.#row;
    row[COUNTER.udpDropped] = Math.max(row[COUNTER.udpDropped], this.#before + this.#ofSockets());
  }

  #ofSockets(): number {
    return readUdpDrops(this.#addresses) ?? 0;
  }
}
