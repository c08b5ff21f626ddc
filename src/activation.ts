/**
 * Sockets that the service manager opened for the tracker, so that nothing is lost while the tracker is not there.
 *
 * Where the settings name no address, the tracker serves what it is passed: datagram sockets by UDP, the others by HTTP.
 * That one may be named for the statistics does not count.
 * Where they name some, each address has the socket that was passed for it, or else is opened; what is passed must be
 * named.
 *
 * @module
 */

import { formatEndpoint, formatHttpEndpoint, type HttpEndpoint } from "./addresses/mod.ts";
import { type Config, ConfigError } from "./config/mod.ts";
import { log } from "./log.ts";
import { countPassedSockets, openLibc, type PassedSocket, takePassedSockets } from "./os/mod.ts";

/** The sockets that were passed, by their addresses as `formatEndpoint` and `formatHttpEndpoint` write them. */
export interface PassedSockets {
  udp: Map<string, number>;
  http: Map<string, number>;
}

/** What to serve, and what of it is open. */
export interface Activation {
  config: Config;
  passed: PassedSockets;
}

/**
 * Takes the sockets that `environment` tells of. Throws a ConfigError for those that the settings have no place for, and an
 * Error when they cannot be used.
 */
export function takeSockets(config: Config, environment: Record<string, string>): Activation {
  const count = countPassedSockets(environment, Deno.pid);
  if (count === 0) return { config, passed: { udp: new Map(), http: new Map() } };
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot use the sockets that were passed: ${reason}`);
  const sockets = takePassedSockets(libc, count);
  log.info(`sockets were passed: ${sockets.map(nameOf).join(", ")}`);
  refuseDeno(config, sockets);
  return config.defaultListen ? serveAll(config, sockets) : serveNamed(config, sockets);
}

/** Instead of the default addresses, with the header that those would have had. */
function serveAll(config: Config, sockets: PassedSocket[]): Activation {
  const { proxyHeader, serves } = config.http[0];
  const forStatistics = config.http.filter((endpoint) => endpoint.serves === "statistics");
  const namedForStatistics = forStatistics.map(formatHttpEndpoint);
  const forClients = sockets.filter((socket) =>
    socket.kind === "udp" || !namedForStatistics.includes(addressOf(socket))
  );
  if (forClients.length === 0) return serveNamed(config, sockets);
  const udp = forClients.filter((socket) => socket.kind === "udp");
  const http = forClients.filter((socket) => socket.kind !== "udp").map((socket): HttpEndpoint =>
    socket.kind === "tcp"
      ? { kind: "tcp", ...socket.address, proxyHeader, serves }
      : { kind: "unix", path: socket.path, proxyHeader, serves }
  );
  const unix = http.find(({ kind }) => kind === "unix");
  if (unix !== undefined && proxyHeader === null) {
    throw new ConfigError(
      formatHttpEndpoint(unix),
      "was passed, and nobody has an address there; name --proxy-header",
    );
  }
  return serveNamed({
    ...config,
    defaultListen: false,
    udp: udp.map(({ address }) => address),
    http: [...http, ...forStatistics],
  }, sockets);
}

function serveNamed(config: Config, sockets: PassedSocket[]): Activation {
  const named = {
    udp: new Set(config.udp.map(formatEndpoint)),
    http: new Set(config.http.map(formatHttpEndpoint)),
  };
  const passed: PassedSockets = { udp: new Map(), http: new Map() };
  for (const socket of sockets) {
    const protocol = socket.kind === "udp" ? "udp" : "http";
    const address = addressOf(socket);
    if (!named[protocol].has(address)) {
      throw new ConfigError(
        nameOf(socket),
        "was passed, and no option names it; name it, or no address at all",
      );
    }
    passed[protocol].set(address, socket.fd);
  }
  return { config, passed };
}

/** Deno opens its sockets itself. */
function refuseDeno({ udpBackend, httpBackend }: Config, sockets: PassedSocket[]): void {
  for (const socket of sockets) {
    const [option, backend] = socket.kind === "udp" ? ["udp", udpBackend] : ["http", httpBackend];
    if (backend === "deno") {
      throw new ConfigError(`--${option}-backend deno`, `cannot serve what was passed: ${nameOf(socket)}`);
    }
  }
}

function addressOf(socket: PassedSocket): string {
  return socket.kind === "unix"
    ? formatHttpEndpoint({ kind: "unix", path: socket.path, proxyHeader: null, serves: "all" })
    : formatEndpoint(socket.address);
}

function nameOf(socket: PassedSocket): string {
  return `${socket.kind === "udp" ? "UDP" : "HTTP"} ${addressOf(socket)}`;
}
