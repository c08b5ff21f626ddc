/** The addresses the tracker serves, opened or found free before any worker starts. @module */

import { type Config, type Endpoint, formatEndpoint } from "./config/mod.ts";
import { probeHttp } from "./http/mod.ts";
import { log } from "./log.ts";
import { SocketError } from "./os/mod.ts";
import { type OpenUdp, openUdp } from "./udp/mod.ts";

/** Addresses with their real ports, and what the UDP workers need to serve them. */
export interface Sockets {
  udp: OpenUdp;
  http: Endpoint[];
}

/** What a machine without IPv6 answers to `[::]`. */
const NO_IPV6 = ["EAFNOSUPPORT", "EADDRNOTAVAIL"];

/** Opens the addresses of `config`. Throws a SocketError that names the one that cannot be had; none is open then. */
export function openSockets(config: Config): Sockets {
  try {
    return open(config, config.udp, config.http);
  } catch (error) {
    if (!config.defaultListen || !(error instanceof SocketError) || !NO_IPV6.includes(error.code)) {
      throw error;
    }
    log.info("this machine has no IPv6: listening on IPv4 only");
    const anyIpv4 = (endpoint: Endpoint) => ({ ...endpoint, hostname: "0.0.0.0" });
    return open(config, config.udp.map(anyIpv4), config.http.map(anyIpv4));
  }
}

/** What was opened, as the ready line tells it. */
export function formatSockets({ udp, http }: Sockets): string {
  const list = (endpoints: Endpoint[]) => endpoints.map(formatEndpoint).join(",") || "-";
  return `udp=${list(udp.addresses)} http=${list(http)}`;
}

function open(config: Config, udpEndpoints: Endpoint[], httpEndpoints: Endpoint[]): Sockets {
  const udp = openUdp(udpEndpoints, config.udpWorkers, config.udpBackend);
  try {
    return { udp, http: probeHttp(httpEndpoints) };
  } catch (error) {
    udp.close();
    throw error;
  }
}
