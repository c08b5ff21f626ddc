/** Where HTTP is served: a TCP address or a Unix-domain socket, and who is believed there. @module */

import { type Endpoint, ENDPOINT_FORM, formatEndpoint, parseEndpoint } from "./address.ts";

/**
 * The headers in which a proxy can say whose request it forwards, as they are written in settings. `Forwarded` is
 * that of RFC 7239.
 */
export const PROXY_HEADERS = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"] as const;

/** One of PROXY_HEADERS. */
export type ProxyHeader = typeof PROXY_HEADERS[number];

/** The word for no header. */
export const NO_HEADER = "none";

/** What an operator can say of a listener's header. */
export type ProxyHeaderChoice = ProxyHeader | typeof NO_HEADER;

/**
 * What is served at an endpoint. `/health` is everywhere; announces and scrapes are for clients; the statistics are where
 * the clients are served, or else at endpoints of their own.
 */
export type Serves = "all" | "clients" | "statistics";

/** What endpoints of all kinds have. */
interface Served {
  /** Set once the settings are checked, as `proxyHeader` is. */
  serves: Serves;
}

/** A TCP address. */
export interface TcpHttpEndpoint extends Endpoint, Served {
  kind: "tcp";
  /** The header that trusted proxies tell the client's address in; null when no request comes through a proxy. */
  proxyHeader: ProxyHeader | null;
}

/** A Unix-domain socket. */
export interface UnixHttpEndpoint extends Served {
  kind: "unix";
  /** The absolute path of the socket's file. */
  path: string;
  /** The header that tells the client's address. Once the settings are checked it is not null. */
  proxyHeader: ProxyHeader | null;
}

/** Where HTTP is served. Plain data, so that it can be posted to a worker. */
export type HttpEndpoint = TcpHttpEndpoint | UnixHttpEndpoint;

/** An endpoint as it was named. */
export interface NamedHttpEndpoint<Kind extends HttpEndpoint = HttpEndpoint> {
  /** Its `proxyHeader` and `serves` are yet to be set. */
  endpoint: Kind;
  /** The header of its own; null when that for all listeners holds. */
  header: ProxyHeaderChoice | null;
}

const UNIX = "unix:";
/** `sun_path` of Linux less its closing zero byte. */
const SOCKET_PATH_BYTES_MAX = 107;
const HEADER_FORM = `, with or without @ and ${PROXY_HEADERS.join(", ")} or ${NO_HEADER} behind it`;

/** What `parseTcpHttpEndpoint` accepts, for messages. */
export const TCP_HTTP_ENDPOINT_FORM = ENDPOINT_FORM + HEADER_FORM;
/** What `parseHttpEndpoint` accepts, for messages. */
export const HTTP_ENDPOINT_FORM = `${ENDPOINT_FORM}, or unix: and the absolute path of a socket, at most ` +
  `${SOCKET_PATH_BYTES_MAX} bytes${HEADER_FORM}`;

/** `X-Forwarded-For` in any case, or `none`; null for anything else. */
export function parseProxyHeader(text: string): ProxyHeaderChoice | null {
  const word = text.toLowerCase();
  if (word === NO_HEADER) return NO_HEADER;
  return PROXY_HEADERS.find((header) => header.toLowerCase() === word) ?? null;
}

/**
 * `ADDR:PORT` or `unix:/path`, and `@HEADER` behind it where it has a header of its own; null for anything else. A
 * path with an `@` needs its header said, so that a misspelt header is no part of a path.
 */
export function parseHttpEndpoint(text: string): NamedHttpEndpoint | null {
  if (!text.startsWith(UNIX)) return parseTcpHttpEndpoint(text);
  const split = splitHeader(text);
  const path = split?.place.slice(UNIX.length) ?? "";
  if (split === null || !isSocketPath(path)) return null;
  return { endpoint: { kind: "unix", path, proxyHeader: null, serves: "all" }, header: split.header };
}

/** `ADDR:PORT`, and `@HEADER` behind it where it has a header of its own; null for anything else. */
export function parseTcpHttpEndpoint(text: string): NamedHttpEndpoint<TcpHttpEndpoint> | null {
  const split = splitHeader(text);
  const address = split === null ? null : parseEndpoint(split.place);
  if (split === null || address === null) return null;
  return { endpoint: { kind: "tcp", ...address, proxyHeader: null, serves: "all" }, header: split.header };
}

/** The address as `parseHttpEndpoint` takes it, without the header. */
export function formatHttpEndpoint(endpoint: HttpEndpoint): string {
  return endpoint.kind === "tcp" ? formatEndpoint(endpoint) : UNIX + endpoint.path;
}

function splitHeader(text: string): { place: string; header: ProxyHeaderChoice | null } | null {
  const at = text.lastIndexOf("@");
  if (at < 0) return { place: text, header: null };
  const header = parseProxyHeader(text.slice(at + 1));
  return header === null ? null : { place: text.slice(0, at), header };
}

function isSocketPath(path: string): boolean {
  return /^\/[^\0]*[^/\0]$/.test(path) && new TextEncoder().encode(path).length <= SOCKET_PATH_BYTES_MAX;
}
