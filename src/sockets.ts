/** The addresses the tracker serves, opened or found free before any worker starts. @module */

import { type Config, formatEndpoint, formatHttpEndpoint } from "./config/mod.ts";
import { openDenoHttp, type OpenHttp, openHttp, type TlsPair } from "./http/mod.ts";
import { log } from "./log.ts";
import { SocketError } from "./os/mod.ts";
import { type OpenUdp, openUdp } from "./udp/mod.ts";

/** Addresses with their real ports, and what the workers need to serve them. */
export interface Sockets {
  udp: OpenUdp;
  http: OpenHttp;
  https: OpenHttp;
}

/** What a machine without IPv6 answers to `[::]`. */
const NO_IPV6 = ["EAFNOSUPPORT", "EADDRNOTAVAIL"];

/**
 * Opens the addresses of `config`, those of HTTPS with `tls`. Rejects with a SocketError that names the one that cannot
 * be had, and with an Error when a backend cannot; none is open then.
 */
export async function openSockets(config: Config, tls: TlsPair | null): Promise<Sockets> {
  try {
    return await open(config, tls);
  } catch (error) {
    if (!config.defaultListen || !(error instanceof SocketError) || !NO_IPV6.includes(error.code)) {
      throw error;
    }
    log.info("this machine has no IPv6: listening on IPv4 only");
    const hostname = "0.0.0.0";
    return await open({
      ...config,
      udp: config.udp.map((endpoint) => ({ ...endpoint, hostname })),
      http: config.http.map((endpoint) => endpoint.kind === "tcp" ? { ...endpoint, hostname } : endpoint),
    }, tls);
  }
}

/** What was opened, as the ready line tells it. */
export function formatSockets({ udp, http, https }: Sockets): string {
  const list = (addresses: string[]) => addresses.join(",") || "-";
  return `udp=${list(udp.addresses.map(formatEndpoint))} http=${
    list(http.endpoints.map(formatHttpEndpoint))
  } ` +
    `https=${list(https.endpoints.map(formatHttpEndpoint))}`;
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

async function open(config: Config, tls: TlsPair | null): Promise<Sockets> {
  const udp = openUdp(config.udp, config.udpWorkers, config.udpBackend);
  let http: OpenHttp | null = null;
  try {
    http = await openHttp(config.http, config.httpWorkers, config.httpBackend);
    const https = await openDenoHttp(config.https, config.httpWorkers, tls, "TLS is Deno's");
    return { udp, http, https };
  } catch (error) {
    udp.close();
    http?.close();
    throw error;
  }
}
