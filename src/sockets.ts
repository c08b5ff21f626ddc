/** The addresses the tracker serves, opened or found free before any worker starts. @module */

import { formatEndpoint, formatHttpEndpoint } from "./addresses/mod.ts";
import type { Config } from "./config/mod.ts";
import { openDenoHttp, type OpenHttp, openHttp, type TlsPair } from "./http/mod.ts";
import type { Activation, PassedSockets } from "./activation.ts";
import { log } from "./log.ts";
import { SocketError } from "./os/mod.ts";
import { type OpenUdp, openUdp } from "./udp/mod.ts";

/** Addresses with their real ports, and what the workers need to serve them. */
export interface Sockets {
  udp: OpenUdp;
  http: OpenHttp;
  https: OpenHttp;
}

/** Every address of IPv6, and what a machine without IPv6 answers to it. */
const ANY_IPV6 = "::";
const NO_IPV6 = ["EAFNOSUPPORT", "EADDRNOTAVAIL"];

/**
 * Opens the addresses of `config` that are not open yet, those of HTTPS with `tls`. Rejects with a SocketError that names the one that cannot
 * be had, and with an Error when a backend cannot; none is open then.
 */
export async function openSockets({ config, passed }: Activation, tls: TlsPair | null): Promise<Sockets> {
  try {
    return await open(config, tls, passed);
  } catch (error) {
    if (!config.defaultListen || !lacksIpv6(error)) throw error;
    log.info("this machine has no IPv6: listening on IPv4 only");
    const hostname = "0.0.0.0";
    const udp = config.udp.map((endpoint) => ({ ...endpoint, hostname }));
    const http = config.http.map((endpoint) =>
      endpoint.kind === "tcp" && endpoint.serves !== "statistics" ? { ...endpoint, hostname } : endpoint
    );
    return await open({ ...config, udp, http }, tls, passed);
  }
}

/** Whether the machine has no IPv6. An address of the statistics may be missing for another reason. */
function lacksIpv6(error: unknown): boolean {
  return error instanceof SocketError && NO_IPV6.includes(error.code) &&
    typeof error.address !== "string" && error.address.hostname === ANY_IPV6;
}

/** Closes what is open and not yet given to a worker. */
export function closeAll({ udp, http, https }: Sockets): void {
  for (const open of [udp, http, https]) open.close();
}

/** What was opened, as the ready line tells it: what is for statistics alone by itself, where there is any. */
export function formatSockets({ udp, http, https }: Sockets): string {
  const list = (addresses: string[]) => addresses.join(",") || "-";
  const stats = http.endpoints.filter(({ serves }) => serves === "statistics");
  const clients = http.endpoints.filter(({ serves }) => serves !== "statistics");
  const parts = [
    `udp=${list(udp.addresses.map(formatEndpoint))}`,
    `http=${list(clients.map(formatHttpEndpoint))}`,
    `https=${list(https.endpoints.map(formatHttpEndpoint))}`,
  ];
  if (stats.length > 0) parts.push(`stats=${list(stats.map(formatHttpEndpoint))}`);
  return parts.join(" ");
}

/** Tells which sockets are not the C library's, and why. */
export function logBackends({ udp, http }: Sockets): void {
  if (udp.reason !== null && udp.workers.length > 0) {
    log.info(`UDP goes through Deno, with one worker an address: ${udp.reason}`);
  }
  if (http.reason !== null && http.workers.length > 0) {
    log.info(`HTTP goes through Deno, without bounds on connections and their time: ${http.reason}`);
  }
}

async function open(config: Config, tls: TlsPair | null, passed: PassedSockets): Promise<Sockets> {
  const udp = openUdp(config.udp, config.udpWorkers, config.udpBackend, passed.udp);
  let http: OpenHttp | null = null;
  try {
    http = await openHttp(config.http, config.httpWorkers, config.httpBackend, passed.http);
    const https = await openDenoHttp(config.https, config.httpWorkers, tls, "TLS is Deno's");
    return { udp, http, https };
  } catch (error) {
    udp.close();
    http?.close();
    throw error;
  }
}
