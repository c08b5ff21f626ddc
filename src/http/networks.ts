/** Networks that an operator named, and which of them clients are in. @module */

import { type Cidr, maskOf } from "../addresses/mod.ts";
import { IPV4_BYTES } from "../os/mod.ts";
import { type Family, IPV4, IPV6 } from "../peers/mod.ts";

/** One network. */
interface Network {
  family: Family;
  /** The bits that all addresses have, and which bits these are. */
  bits: Uint8Array;
  mask: Uint8Array;
}

/** Some networks, few enough to try one after the other. */
export class Networks {
  readonly #networks: Network[];

  constructor(networks: readonly Cidr[]) {
    this.#networks = networks.map(networkOf);
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#networks.length === 0;
  }

  /** Whether an address is in one of them; `address` begins with its 4 or 16 bytes. */
  has(family: Family, address: Uint8Array): boolean {
    for (let i = 0; i < this.#networks.length; i++) {
      const network = this.#networks[i];
      if (network.family === family && isIn(network, address)) return true;
    }
    return false;
  }
}

function networkOf({ network, prefixBits }: Cidr): Network {
  return {
    family: network.length === IPV4_BYTES ? IPV4 : IPV6,
    bits: Uint8Array.from(network),
    mask: Uint8Array.from(network, (_, index) => maskOf(index, prefixBits)),
  };
}

function isIn({ bits, mask }: Network, address: Uint8Array): boolean {
  for (let i = 0; i < bits.length; i++) {
    if ((address[i] & mask[i]) !== bits[i]) return false;
  }
  return true;
}
