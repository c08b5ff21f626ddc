/** Addresses to listen on, as text. @module */

/** An address and port to listen on. */
export interface Endpoint {
  /** IPv4 in dotted form, or IPv6 in its canonical short form (RFC 5952) without brackets. */
  hostname: string;
  /** 0 to 65535; 0 is any free port. */
  port: number;
}

/** What `parseEndpoint` accepts, for messages. */
export const ENDPOINT_FORM =
  "an IP address and a port from 0 to 65535: 0.0.0.0:6969, or in brackets [::]:6969";

const ENDPOINT = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(0|[1-9]\d{0,4})$/i;
const IPV4_BYTE = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const IPV4 = new RegExp(String.raw`^${IPV4_BYTE}(?:\.${IPV4_BYTE}){3}$`);

/**
 * `1.2.3.4:6969` or `[::1]:6969`, or null for anything else. Only literal addresses: no host names, no zone, no
 * short or octal IPv4.
 */
export function parseEndpoint(text: string): Endpoint | null {
  const [, ipv6, ipv4, portText] = ENDPOINT.exec(text) ?? [];
  const port = Number(portText);
  if (portText === undefined || port > 65535) return null;
  const hostname = ipv6 === undefined ? strictIPv4(ipv4) : canonicalIPv6(ipv6);
  return hostname === null ? null : { hostname, port };
}

/** `hostname` and port as in `parseEndpoint`, IPv6 in brackets. */
export function formatEndpoint({ hostname, port }: Endpoint): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** An IP literal without brackets in the form that `Endpoint.hostname` has, or null for anything else. */
export function canonicalIp(text: string): string | null {
  return /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? canonicalIPv6(text) : strictIPv4(text);
}

function strictIPv4(text: string): string | null {
  return IPV4.test(text) ? text : null;
}

/**
 * `text` holds only hexadecimal digits, colons and dots. Within brackets the URL standard takes exactly the
 * textual forms of RFC 4291 (an IPv4 ending included) and gives back the one of RFC 5952.
 */
function canonicalIPv6(text: string): string | null {
  return URL.parse(`http://[${text}]`)?.hostname.slice(1, -1) ?? null;
}
