/** The places to listen at, checked against each other. @module */

import { type Endpoint, formatEndpoint } from "../addresses/mod.ts";
import { ConfigError } from "./error.ts";
import type { Sourced } from "./sources.ts";

const ANY_IPV4 = "0.0.0.0";
const ANY_IPV6 = "::";

/** ::ffff:0:0/96 in the form of RFC 5952, with the IPv4 address as two groups of hexadecimal digits. */
const MAPPED_IPV4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;
/** fe80::/10 in the form of RFC 5952. */
const LINK_LOCAL = /^fe[89ab][0-9a-f]:/;

/**
 * Throws a ConfigError for an address that no socket of `protocol` can listen on, and for two of which one takes what
 * is sent to the other.
 */
export function checkAddresses(protocol: string, named: Sourced<Endpoint>[]): void {
  for (const [i, { value, source }] of named.entries()) {
    const problem = problemOf(value);
    if (problem !== null) throw new ConfigError(source, problem);
    for (const other of named.slice(0, i)) {
      const conflict = conflictOf(protocol, other.value, value);
      if (conflict !== null) throw new ConfigError(`${other.source} and ${source}`, conflict);
    }
  }
}

/** Throws a ConfigError for two Unix-domain sockets of one path. */
export function checkPaths(named: Sourced<string>[]): void {
  const sources = new Map<string, string>();
  for (const { value: path, source } of named) {
    const other = sources.get(path);
    if (other !== undefined) throw new ConfigError(`${other} and ${source}`, "name the same socket twice");
    sources.set(path, source);
  }
}

/** Why nobody can listen there, or null. */
function problemOf({ hostname, port }: Endpoint): string | null {
  if (LINK_LOCAL.test(hostname)) return "a link-local address needs a zone, which is not supported";
  const [, high, low] = MAPPED_IPV4.exec(hostname) ?? [];
  if (low === undefined) return null;
  const bytes = [high, low].map((group) => parseInt(group, 16)).flatMap((word) => [word >> 8, word & 0xff]);
  return `an IPv4 address written as IPv6; write ${formatEndpoint({ hostname: bytes.join("."), port })}`;
}

/** Why the two cannot both be listened on, or null. Port 0 is a free one each time. */
function conflictOf(protocol: string, one: Endpoint, other: Endpoint): string | null {
  if (one.port !== other.port || one.port === 0) return null;
  if (one.hostname === other.hostname) return `name the same ${protocol} address twice`;
  const hostnames = [one.hostname, other.hostname];
  if (hostnames.includes(ANY_IPV6)) {
    return `[::] takes ${hostnames.some(isIPv4) ? "IPv4 too" : "every IPv6 address"}; name one of them`;
  }
  if (hostnames.includes(ANY_IPV4) && hostnames.every(isIPv4)) {
    return "0.0.0.0 takes every IPv4 address; name one of them";
  }
  return null;
}

function isIPv4(hostname: string): boolean {
  return !hostname.includes(":");
}
