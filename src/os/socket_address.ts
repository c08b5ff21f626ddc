/**
 * Socket addresses as Linux lays them out. The family is in the machine's byte order, the port in network order.
 *
 * | offset | `sockaddr_in` (16 bytes) | `sockaddr_in6` (28 bytes) |
 * |--------|--------------------------|---------------------------|
 * | 0      | u16 family               | u16 family                |
 * | 2      | u16 port                 | u16 port                  |
 * | 4      | address[4]               | u32 flow information      |
 * | 8      | zero[8]                  | address[16]               |
 * | 24     |                          | u32 scope                 |
 *
 * @module
 */

import { IPV4_BYTES, IPV6_BYTES, parseIp } from "./ip.ts";
import { formatIp } from "./ip_text.ts";

export const AF_INET = 2;
export const AF_INET6 = 10;

export const SOCKADDR_FAMILY = 0;
export const SOCKADDR_PORT = 2;
export const SOCKADDR_IN_ADDRESS = 4;
export const SOCKADDR_IN_BYTES = 16;
export const SOCKADDR_IN6_ADDRESS = 8;
export const SOCKADDR_IN6_BYTES = 28;

/** An IP literal without brackets, and a port (0 = any free one). */
export interface SocketAddress {
  hostname: string;
  port: number;
}

/** `1.2.3.4:5` or `[::1]:5`. */
export function formatSocketAddress({ hostname, port }: SocketAddress): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** The address as the kernel takes it, in its own buffer. Throws a TypeError when the hostname is no IP literal. */
export function encodeSocketAddress({ hostname, port }: SocketAddress): Uint8Array<ArrayBuffer> {
  const ip = parseIp(hostname);
  if (ip === null) throw new TypeError(`Cannot use as an IP address: ${hostname}`);
  const isIpv4 = ip.length === IPV4_BYTES;
  const bytes = new Uint8Array(isIpv4 ? SOCKADDR_IN_BYTES : SOCKADDR_IN6_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(SOCKADDR_FAMILY, isIpv4 ? AF_INET : AF_INET6, true);
  view.setUint16(SOCKADDR_PORT, port);
  bytes.set(ip, isIpv4 ? SOCKADDR_IN_ADDRESS : SOCKADDR_IN6_ADDRESS);
  return bytes;
}

/** The address that the kernel wrote at the start of `bytes`. */
export function decodeSocketAddress(bytes: Uint8Array): SocketAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isIpv4 = view.getUint16(SOCKADDR_FAMILY, true) === AF_INET;
  const hostname = isIpv4
    ? formatIp(bytes, SOCKADDR_IN_ADDRESS, IPV4_BYTES)
    : formatIp(bytes, SOCKADDR_IN6_ADDRESS, IPV6_BYTES);
  return { hostname, port: view.getUint16(SOCKADDR_PORT) };
}
