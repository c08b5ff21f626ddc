import {
  AF_INET,
  AF_INET6,
  IPV4_BYTES,
  IPV6_BYTES,
  parseIpInto,
  SOCKADDR_FAMILY,
  SOCKADDR_IN6_ADDRESS,
  SOCKADDR_IN_ADDRESS,
  SOCKADDR_PORT,
} from "../os/mod.ts";
import { type Family, IPV4, IPV6 } from "../peers/mod.ts";

const ADDRESS_WORDS = IPV6_BYTES / 4;
/** Address, and a word of which the port takes a half. */
const PEER_WORDS = ADDRESS_WORDS + 1;
/** Halfwords of an address by family. */
const ADDRESS_HALFWORDS = [IPV4_BYTES / 2, IPV6_BYTES / 2] as const;
/** The third word of an IPv4-mapped IPv6 address, ::ffff:a.b.c.d, as it lies in memory; the two before are zero. */
const MAPPED_WORD = 0xffff0000;

/**
 * Who sent a datagram. The address is canonical: an IPv4 sender that reached an IPv6 socket, and so appears as an
 * IPv4-mapped address, is an IPv4 sender. These are reused for every datagram.
 */
export class Source {
  family: Family = IPV4;
  /** The address as it lies in memory; of an IPv4 address only the first word is meant. */
  readonly address: Uint32Array<ArrayBuffer> = new Uint32Array(PEER_WORDS);
  /** The same memory as a compact peer, with the port that `announcePort` has put behind the address. */
  readonly peer: Uint16Array<ArrayBuffer> = new Uint16Array(this.address.buffer);
  /** 0 for a sender that cannot be answered. */
  port = 0;
  readonly #bytes = new Uint8Array(this.address.buffer);

  /** Makes `peer` the peer that announces from here with a port of its own, given as it lies in memory. */
  announcePort(port: number): void {
    this.peer[ADDRESS_HALFWORDS[this.family]] = port;
  }

  /** Takes the socket address that lies in `senders` from `at` on; there must be room for an IPv6 one. */
  readSocketAddress(senders: DataView, at: number): void {
    const family = senders.getUint16(at + SOCKADDR_FAMILY, true);
    this.port = senders.getUint16(at + SOCKADDR_PORT);
    if (family === AF_INET) {
      this.family = IPV4;
      this.address[0] = senders.getUint32(at + SOCKADDR_IN_ADDRESS, true);
    } else if (family === AF_INET6) {
      for (let i = 0; i < ADDRESS_WORDS; i++) {
        this.address[i] = senders.getUint32(at + SOCKADDR_IN6_ADDRESS + 4 * i, true);
      }
      this.#canonicalise();
    } else {
      this.port = 0;
    }
  }

  /** Takes an address in text form. */
  readText(hostname: string, port: number): void {
    const size = parseIpInto(hostname, this.#bytes, 0);
    this.port = size === 0 ? 0 : port;
    if (size === IPV4_BYTES) this.family = IPV4;
    else this.#canonicalise();
  }

  #canonicalise(): void {
    const { address } = this;
    if (address[0] === 0 && address[1] === 0 && address[2] === MAPPED_WORD) {
      this.family = IPV4;
      address[0] = address[3];
    } else {
      this.family = IPV6;
    }
  }
}
