// The types of Deno.listenDatagram, which Deno before 2.9 keeps among its unstable ones.
/// <reference lib="deno.unstable" />
import { type Endpoint, formatEndpoint } from "../addresses/mod.ts";
import { closeSockets, type Libc, openLibc, openUdpPort, shareFile, SocketError } from "../os/mod.ts";
import type { UdpBackend, UdpSockets } from "./worker_messages.ts";

/** The module that UDP workers run, for `new Worker(udpWorkerUrl, { type: "module" })`. */
export const udpWorkerUrl: string = new URL("./worker.ts", import.meta.url).href;

/** Addresses that are ready to be served. */
export interface OpenUdp {
  backend: UdpBackend;
  /** Why the C library is not used; null when it is. */
  reason: string | null;
  /** The endpoints asked for, in their order, with their real ports. */
  addresses: Endpoint[];
  /** One for each worker to be started. */
  workers: UdpSockets[];
  /** Closes what is open and not yet given to a worker: to be called when not all workers are started. */
  close(): void;
}

/**
 * Opens the UDP sockets of all workers. With the C library, each of `workerCount` workers has a socket for every
 * endpoint; Deno's sockets cannot share a port, so there each endpoint has a worker, which opens its socket itself.
 * `auto` takes the C library where it can be had. `passed` are sockets that are open already, by the endpoint that each is
 * for; workers share such a one, and the C library must be there. Throws an Error when `libc` is demanded and cannot be had, and a
 * SocketError when an endpoint cannot be opened; nothing is left open then.
 */
export function openUdp(
  endpoints: readonly Endpoint[],
  workerCount: number,
  backend: "auto" | UdpBackend,
  passed: ReadonlyMap<string, number> = new Map(),
): OpenUdp {
  if (backend === "deno") return openDeno(endpoints, "the deno backend was asked for");
  const { libc, reason } = openLibc();
  if (libc !== null) return openWithLibc(libc, endpoints, workerCount, passed);
  if (backend === "libc") throw new Error(`Cannot use the libc backend for UDP: ${reason}`);
  return openDeno(endpoints, reason);
}

function openWithLibc(
  libc: Libc,
  endpoints: readonly Endpoint[],
  workerCount: number,
  passed: ReadonlyMap<string, number>,
): OpenUdp {
  const addresses: Endpoint[] = [];
  const fdsByWorker: number[][] = Array.from({ length: endpoints.length === 0 ? 0 : workerCount }, () => []);
  const close = () => closeSockets(libc, fdsByWorker.flat());
  try {
    for (const endpoint of endpoints) {
      const fd = passed.get(formatEndpoint(endpoint));
      const { fds, address } = fd === undefined
        ? openUdpPort(libc, endpoint, workerCount)
        : { fds: shareFile(libc, fd, workerCount), address: endpoint };
      addresses.push(address);
      fds.forEach((fd, worker) => fdsByWorker[worker].push(fd));
    }
  } catch (error) {
    close();
    throw error;
  }
  const workers = fdsByWorker.map((fds): UdpSockets => ({ backend: "libc", addresses, fds }));
  return { backend: "libc", reason: null, addresses, workers, close };
}

function openDeno(endpoints: readonly Endpoint[], reason: string): OpenUdp {
  const addresses: Endpoint[] = [];
  const sockets: Deno.DatagramConn[] = [];
  try {
    // Opened for a moment, all at once: so a port in use is refused here, and a free port is found.
    for (const endpoint of endpoints) {
      const socket = listen(endpoint);
      sockets.push(socket);
      addresses.push({ hostname: endpoint.hostname, port: (socket.addr as Deno.NetAddr).port });
    }
  } finally {
    for (const socket of sockets) socket.close();
  }
  const workers = addresses.map((address): UdpSockets => ({ backend: "deno", addresses: [address] }));
  return { backend: "deno", reason, addresses, workers, close() {} };
}

function listen(endpoint: Endpoint): Deno.DatagramConn {
  try {
    return Deno.listenDatagram({ transport: "udp", ...endpoint });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw typeof code === "string" ? new SocketError("UDP", endpoint, code) : error;
  }
}
