/**
 * Addresses to listen on for HTTP, and why one cannot be had.
 *
 * @module
 */

import type { Endpoint } from "../config/mod.ts";
import { SocketError } from "../os/mod.ts";

/** The module that HTTP workers run, for `new Worker(httpWorkerUrl, { type: "module" })`. */
export const httpWorkerUrl: string = new URL("./worker.ts", import.meta.url).href;

/**
 * Finds out in main, before any worker starts, that each of `endpoints` can be listened on, and returns them with
 * port 0 replaced by the free port the system gave.
 *
 * Workers share a port (SO_REUSEPORT), and another tracker on the same port would share it too, in silence. So each
 * address is opened here once without sharing, all at the same time, and closed again before this returns. Throws
 * a SocketError for the first that cannot be opened.
 */
export function probeHttp(endpoints: readonly Endpoint[]): Endpoint[] {
  const listeners: Deno.TcpListener[] = [];
  try {
    for (const endpoint of endpoints) listeners.push(listen(endpoint));
    return endpoints.map(({ hostname }, index) => ({ hostname, port: listeners[index].addr.port }));
  } finally {
    for (const listener of listeners) listener.close();
  }
}

/** What to throw for `error`, met when listening on `endpoint`: a SocketError if the system gave a reason. */
export function listenError(endpoint: Endpoint, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? new SocketError("HTTP", endpoint, code) : error;
}

function listen(endpoint: Endpoint): Deno.TcpListener {
  try {
    return Deno.listen({ hostname: endpoint.hostname, port: endpoint.port });
  } catch (error) {
    throw listenError(endpoint, error);
  }
}
