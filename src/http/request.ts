/**
 * What the transports and the handler say to each other about a request.
 *
 * @module
 */

import type { Serves } from "../addresses/mod.ts";
import { IPV4_BYTES, IPV6_BYTES, isMappedIpv4 } from "../os/mod.ts";
import { type Family, IPV4, IPV6 } from "../peers/mod.ts";

/** The methods that reach the handler. */
export const METHOD_GET = 0;
export const METHOD_HEAD = 1;
export const METHOD_OPTIONS = 2;
export type HttpMethod = typeof METHOD_GET | typeof METHOD_HEAD | typeof METHOD_OPTIONS;

/** Fields of a request's head that few answers depend on; "" where there is none. To be asked before the next request comes. */
export interface RequestFields {
  authorization(): string;
  ifNoneMatch(): string;
}

const NO_FIELDS: RequestFields = { authorization: () => "", ifNoneMatch: () => "" };

/** One request as a transport hands it to the handler. The transport owns and reuses it. */
export class HttpRequest {
  method: HttpMethod = METHOD_GET;
  /** Holds the request target, path and query as they came, percent-encoded. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where in `bytes` the target lies: from here ... */
  targetStart = 0;
  /** ... to before here. */
  targetEnd = 0;
  /** False: it came through a trusted proxy that did not say, or not readably, whose request it is. */
  hasAddress = true;
  /** Of the client's address. An IPv4-mapped one is IPv4. */
  family: Family = IPV4;
  /** The client's address: the first 4 or 16 bytes by `family`. */
  readonly address: Uint8Array<ArrayBuffer> = new Uint8Array(IPV6_BYTES);
  /** The same memory. */
  readonly addressWords: Uint32Array<ArrayBuffer> = new Uint32Array(this.address.buffer);
  /** The client takes answers compressed by gzip. */
  acceptsGzip = false;
  /** What the listener is for that it came through. */
  serves: Serves = "all";
  fields: RequestFields = NO_FIELDS;

  /** Lets the client's address be that of `size` bytes, 4 or 16, which was written to `address`, a mapped one as IPv4. */
  takeAddress(size: number): void {
    const isMapped = size === IPV6_BYTES && isMappedIpv4(this.address, 0);
    if (isMapped) this.address.copyWithin(0, IPV6_BYTES - IPV4_BYTES);
    this.family = isMapped || size === IPV4_BYTES ? IPV4 : IPV6;
  }
}
