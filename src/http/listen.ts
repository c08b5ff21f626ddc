/**
 * The places where HTTP is served, opened or found free before any worker starts.
 *
 * @module
 */

import { formatHttpEndpoint, type HttpEndpoint, type UnixHttpEndpoint } from "../addresses/mod.ts";
import {
  closeSockets,
  type Libc,
  openLibc,
  openTcpPort,
  openUnixListener,
  shareFile,
  SocketError,
} from "../os/mod.ts";
import type { HttpBackend, HttpSockets, TlsPair } from "./worker_messages.ts";

/** The module that HTTP workers run, for `new Worker(httpWorkerUrl, { type: "module" })`. */
export const httpWorkerUrl: string = new URL("./worker.ts", import.meta.url).href;
/** The module that the streams worker runs. */
export const httpStreamsWorkerUrl: string = new URL("./streams_worker.ts", import.meta.url).href;

/** The word for the sockets in messages. */
const PROTOCOL = "HTTP";

/** Places that are ready to be served. */
export interface OpenHttp {
  backend: HttpBackend;
  /** Why the C library is not used; null when it is. */
  reason: string | null;
  /** The endpoints asked for, in their order, with their real ports. */
  endpoints: HttpEndpoint[];
  /** The files of the Unix-domain sockets that are open by now and were not passed. */
  openedPaths: string[];
  /** One for each worker to be started; fewer than asked for where not every one would have something to do. */
  workers: HttpSockets[];
  /** Closes what is open and not yet given to a worker: to be called when not all workers are started. */
  close(): void;
  /** Removes the files of Unix-domain sockets: to be called before the workers stop. Throws where that is not allowed. */
  removeFiles(): void;
}

/**
 * Opens the sockets of all workers for plain HTTP. With the C library each of `workerCount` workers has a socket for
 * every address, and all share those of Unix-domain sockets; see `openDenoHttp` for what is done otherwise. `auto` takes
 * the C library where it can be had. A socket's file that a dead tracker left is replaced. `passed` are sockets that are
 * open already, by the endpoint that each is for; workers share such a one, its file is whoever's who opened it, and the
 * C library must be there.
 *
 * Rejects with an Error when `libc` is demanded and cannot be had, and with a SocketError when an endpoint cannot be
 * opened; nothing is left open then.
 */
export async function openHttp(
  endpoints: readonly HttpEndpoint[],
  workerCount: number,
  backend: "auto" | HttpBackend,
  passed: ReadonlyMap<string, number> = new Map(),
): Promise<OpenHttp> {
  if (backend === "deno") {
    return await openDenoHttp(endpoints, workerCount, null, "the deno backend was asked for");
  }
  const { libc, reason } = openLibc();
  if (libc === null) {
    if (backend === "libc") throw new Error(`Cannot use the libc backend for HTTP: ${reason}`);
    return await openDenoHttp(endpoints, workerCount, null, reason);
  }
  await removeStaleFiles(endpoints.filter((endpoint) => !passed.has(formatHttpEndpoint(endpoint))));
  return openWithLibc(libc, endpoints, workerCount, passed);
}

/**
 * Finds out in main, before any worker starts, that each of `endpoints` can be listened on by workers that use Deno, with
 * `tls` or without. `reason` says why they do. They share TCP addresses; a Unix-domain socket cannot be shared and is the
 * first worker's. Rejects as `openHttp` does.
 */
export async function openDenoHttp(
  endpoints: readonly HttpEndpoint[],
  workerCount: number,
  tls: TlsPair | null,
  reason: string,
): Promise<OpenHttp> {
  await removeStaleFiles(endpoints);
  const found = probeHttp(endpoints);
  const workers = Array.from({ length: workerCount }, (_, index): HttpSockets => ({
    backend: "deno",
    endpoints: found.filter(({ kind }) => kind === "tcp" || index === 0),
    tls,
  }));
  return {
    backend: "deno",
    reason,
    endpoints: found,
    openedPaths: [],
    workers: workers.filter((worker) => worker.endpoints.length > 0),
    close() {},
    removeFiles: () => removeFiles(found),
  };
}

/** What to throw for `error`, met when opening `endpoint`: a SocketError if the system gave a reason. */
export function listenError(endpoint: HttpEndpoint, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? socketError(endpoint, code) : error;
}

function socketError(endpoint: HttpEndpoint, code: string): SocketError {
  return new SocketError(PROTOCOL, endpoint.kind === "tcp" ? endpoint : endpoint.path, code);
}

function openWithLibc(
  libc: Libc,
  endpoints: readonly HttpEndpoint[],
  workerCount: number,
  passed: ReadonlyMap<string, number>,
): OpenHttp {
  const served: HttpEndpoint[] = [];
  const opened: HttpEndpoint[] = [];
  const fdsByWorker: number[][] = Array.from({ length: endpoints.length === 0 ? 0 : workerCount }, () => []);
  const close = () => {
    closeSockets(libc, fdsByWorker.flat());
    removeFiles(opened);
  };
  try {
    for (const endpoint of endpoints) {
      const fd = passed.get(formatHttpEndpoint(endpoint));
      const { fds, real } = fd === undefined
        ? openEndpoint(libc, endpoint, workerCount)
        : { fds: shareFile(libc, fd, workerCount), real: endpoint };
      if (fd === undefined) opened.push(real);
      served.push(real);
      fds.forEach((fd, worker) => fdsByWorker[worker].push(fd));
    }
  } catch (error) {
    close();
    throw error;
  }
  const workers = fdsByWorker.map((fds): HttpSockets => ({ backend: "libc", endpoints: served, fds }));
  return {
    backend: "libc",
    reason: null,
    endpoints: served,
    openedPaths: opened.flatMap((endpoint) => endpoint.kind === "unix" ? [endpoint.path] : []),
    workers,
    close,
    removeFiles: () => removeFiles(opened),
  };
}

function openEndpoint(
  libc: Libc,
  endpoint: HttpEndpoint,
  count: number,
): { fds: number[]; real: HttpEndpoint } {
  if (endpoint.kind === "unix") {
    return { fds: openUnixListener(libc, PROTOCOL, endpoint.path, count), real: endpoint };
  }
  const { fds, address } = openTcpPort(libc, PROTOCOL, endpoint, count);
  return { fds, real: { ...endpoint, port: address.port } };
}

/**
 * Workers share a port (SO_REUSEPORT), and another tracker on the same port would share it too, in silence. So each
 * address is opened here once without sharing, all at the same time, and closed again before this returns. Returns
 * `endpoints` with port 0 replaced by the free port the system gave; throws a SocketError for the first that cannot be
 * opened.
 */
function probeHttp(endpoints: readonly HttpEndpoint[]): HttpEndpoint[] {
  const listeners: Deno.Listener[] = [];
  const found: HttpEndpoint[] = [];
  try {
    for (const endpoint of endpoints) {
      const listener = listen(endpoint);
      listeners.push(listener);
      found.push(realEndpoint(endpoint, listener.addr));
    }
    return found;
  } finally {
    for (const listener of listeners) listener.close();
    // Older Denos leave the files.
    removeFiles(found);
  }
}

/** The endpoint with the port that its socket has. */
export function realEndpoint(endpoint: HttpEndpoint, address: Deno.Addr): HttpEndpoint {
  return endpoint.kind === "tcp" && address.transport === "tcp"
    ? { ...endpoint, port: address.port }
    : endpoint;
}

function listen(endpoint: HttpEndpoint): Deno.Listener {
  try {
    if (endpoint.kind === "unix") return Deno.listen({ transport: "unix", path: endpoint.path });
    return Deno.listen({ hostname: endpoint.hostname, port: endpoint.port });
  } catch (error) {
    throw listenError(endpoint, error);
  }
}

/** Removes the files of sockets at which nobody listens. Rejects with a SocketError when somebody does. */
async function removeStaleFiles(endpoints: readonly HttpEndpoint[]): Promise<void> {
  for (const endpoint of endpoints) {
    if (endpoint.kind === "tcp" || !isSocket(endpoint.path)) continue;
    if (await isServed(endpoint)) throw socketError(endpoint, "EADDRINUSE");
    Deno.removeSync(endpoint.path);
  }
}

async function isServed(endpoint: UnixHttpEndpoint): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path: endpoint.path })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw listenError(endpoint, error);
  }
}

function removeFiles(endpoints: readonly HttpEndpoint[]): void {
  for (const endpoint of endpoints) {
    if (endpoint.kind === "unix" && isSocket(endpoint.path)) Deno.removeSync(endpoint.path);
  }
}

/** Whether a socket has this name. What keeps us from knowing will keep it from being opened, and is told then. */
function isSocket(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSocket === true;
  } catch {
    return false;
  }
}
