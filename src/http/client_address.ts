/**
 * Whom a request is from: the address that its connection comes from, or the one that a trusted proxy tells.
 *
 * @module
 */

import type { Cidr, ProxyHeader } from "../addresses/mod.ts";
import { ForwardedList, readNode } from "./forwarded.ts";
import { Networks } from "./networks.ts";
import type { HttpRequest } from "./request.ts";

/** What an operator said of the proxies before a listener. Plain data. */
export interface ProxyRule {
  /** The header in which they tell the client's address; null when clients come directly. */
  header: ProxyHeader | null;
  /** Where they are. */
  trusted: Cidr[];
}

/** Tells whom requests are from, by the rule of one listener. One a listener and thread. */
export class ClientAddress {
  /** The lower-case name of the header whose values `apply` wants; null when none is believed from anybody. */
  readonly header: string | null;
  readonly #isList: boolean;
  readonly #isForwarded: boolean;
  readonly #trusted: Networks;
  readonly #list = new ForwardedList();

  constructor(rule: ProxyRule) {
    this.header = rule.header?.toLowerCase() ?? null;
    this.#isForwarded = rule.header === "Forwarded";
    this.#isList = this.#isForwarded || rule.header === "X-Forwarded-For";
    this.#trusted = new Networks(rule.trusted);
  }

  /**
   * Sets whom the request is from. `request` has the address of the connection, an IPv4-mapped one as IPv4, unless the
   * connection came through a Unix-domain socket. All lines of the header, joined by ", ", are in `values` from `start`
   * to before `end`; an absent header is empty.
   *
   * The header counts only when the connection is from a trusted proxy, as one through a Unix-domain socket always is.
   * Then the connection's address does not count, and `hasAddress` says whether the header told one. A list is read
   * from the right, because a client can begin it with what it likes: the first address that is no trusted proxy is
   * the client, and what cannot be read on the way there leaves the request without one. The other headers must have
   * exactly one address.
   */
  apply(request: HttpRequest, isUnix: boolean, values: Uint8Array, start: number, end: number): void {
    if (this.header === null || !isUnix && !this.#isTrusted(request)) {
      request.hasAddress = !isUnix;
    } else {
      this.#list.open(values, start, end);
      request.hasAddress = this.#isList ? this.#readList(request, values) : this.#readOnly(request, values);
    }
  }

  #readOnly(request: HttpRequest, values: Uint8Array): boolean {
    const list = this.#list;
    return list.previous() && readAddress(request, values, list.elementStart, list.elementEnd) &&
      !list.previous();
  }

  #readList(request: HttpRequest, values: Uint8Array): boolean {
    const list = this.#list;
    while (list.previous()) {
      if (this.#isForwarded && !list.findFor()) return false;
      if (!readAddress(request, values, list.elementStart, list.elementEnd)) return false;
      if (!this.#isTrusted(request)) return true;
    }
    return false;
  }

  #isTrusted({ family, address }: HttpRequest): boolean {
    return this.#trusted.has(family, address);
  }
}

/** Reads one address into the request. False when it is none; the request's is then scratch. */
function readAddress(request: HttpRequest, values: Uint8Array, start: number, end: number): boolean {
  const size = readNode(values, start, end, request.address);
  request.takeAddress(size);
  return size !== 0;
}
