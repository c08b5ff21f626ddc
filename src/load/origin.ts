import { encodeSocketAddress, SENDER_BYTES, type SocketAddress } from "../os/mod.ts";

const SENDER_WORDS = SENDER_BYTES / Uint32Array.BYTES_PER_ELEMENT;

/** Whether datagrams came from one address and port: clients take no answer that came from elsewhere. */
export class Origin {
  readonly #senders: Uint32Array;
  readonly #address: Uint32Array;

  /** `senders` are those of a batch. Throws a TypeError when `address` has no IP literal. */
  constructor(senders: ArrayBuffer, address: SocketAddress) {
    this.#senders = new Uint32Array(senders);
    this.#address = new Uint32Array(encodeSocketAddress(address).buffer);
  }

  /** Whether received datagram `index` came from there. */
  hasSent(index: number): boolean {
    const at = index * SENDER_WORDS;
    for (let word = 0; word < this.#address.length; word++) {
      if (this.#senders[at + word] !== this.#address[word]) return false;
    }
    return true;
  }
}
