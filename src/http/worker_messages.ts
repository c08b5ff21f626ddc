/**
 * What main, the HTTP workers and the streams worker say to each other.
 *
 * Main sends an HTTP worker one `start`. The worker answers `ready` when it serves every address, or `failed`. To stop
 * it, main sets the stop flag and sends `stop`: a worker blocked in the C library sees the flag, one in Deno's event
 * loop the message. The worker takes no more requests, answers `stopped` and ends. A worker that fails later ends with
 * an uncaught error.
 *
 * A worker of the libc backend cannot send what takes long. It reports such an answer as `stream`, and main posts that
 * very message to the streams worker. That one is started, and stopped by `stop`, in the same way. Whichever thread sends a
 * full scrape reports it as `fullScrape`.
 *
 * @module
 */

import type { AccessParts } from "../access/mod.ts";
import type { Cidr, HttpEndpoint } from "../addresses/mod.ts";
import type { TableBuffers } from "../peers/mod.ts";
import type { ListOrder } from "./reply.ts";
import type { HttpSettings } from "./settings.ts";
import type { StatisticsParts } from "./statistics.ts";

/** How requests come and answers go: through the C library, or through `Deno.serve`. */
export type HttpBackend = "libc" | "deno";

/** A certificate, with those that vouch for it behind, and its private key. PEM texts. */
export interface TlsPair {
  cert: string;
  key: string;
}

/**
 * What one worker listens on: sockets that main opened and the worker closes, one for each endpoint, or addresses that
 * the worker opens itself. With `tls` all of them speak TLS.
 */
export type HttpSockets =
  | { backend: "libc"; endpoints: HttpEndpoint[]; fds: number[] }
  | { backend: "deno"; endpoints: HttpEndpoint[]; tls: TlsPair | null };

/** The bounds of one worker. Only the libc backend keeps them. */
export interface HttpLimits {
  /** Connections that are open at the same time, 1 or more. */
  maxConnections: number;
  /** How long a request's head may take, from its first byte or, for a connection's first one, from accept. */
  headerTimeoutSec: number;
  /** How long a connection may be idle between two requests. */
  keepAliveTimeoutSec: number;
  /** Bytes of answers that wait for clients, more than the longest document of the statistics. */
  maxUnsentBytes: number;
}

/** Word of the control buffer, as Int32, that is 0 while the worker shall run. */
export const HTTP_CONTROL_STOP = 0;

export interface HttpStartMessage {
  kind: "start";
  sockets: HttpSockets;
  table: TableBuffers;
  /** The counters of all threads (stats), and which row is this worker's. */
  counters: SharedArrayBuffer;
  workerIndex: number;
  /** Whose word is taken for a client's address. */
  trustedProxies: Cidr[];
  limits: HttpLimits;
  settings: HttpSettings;
  /** What is told of the tracker; null = nothing. */
  statistics: StatisticsParts | null;
  /** Who is refused; null = nobody. */
  access: AccessParts | null;
  /** Where the worker gives signs of life (stats). */
  heartbeat: SharedArrayBuffer;
  /** When which address was last given a full scrape; one for all threads. */
  fullScrapeTimes: SharedArrayBuffer;
  /** At least 4 bytes, see HTTP_CONTROL_STOP. */
  control: SharedArrayBuffer;
}

/** Serve with another certificate from now on. Connections that are open keep the old one. For Deno with TLS only. */
export interface HttpReloadMessage {
  kind: "reload";
  tls: TlsPair;
}

export interface HttpStopMessage {
  kind: "stop";
}

/** From main to a worker. */
export type HttpWorkerCommand = HttpStartMessage | HttpReloadMessage | HttpStopMessage;

export interface HttpReadyMessage {
  kind: "ready";
  /** What is served, with real ports. */
  endpoints: HttpEndpoint[];
}

export interface HttpFailedMessage {
  kind: "failed";
  /** Which address cannot be listened on, and why. */
  message: string;
}

/** The new certificate is in use. */
export interface HttpReloadedMessage {
  kind: "reloaded";
}

/** The new certificate is none; the old one stays in use. */
export interface HttpReloadFailedMessage {
  kind: "reloadFailed";
  message: string;
}

/** A list of all torrents for the streams worker to send. The socket is the receiver's from now on. */
export interface HttpStreamMessage extends ListOrder {
  kind: "stream";
  /** A connected, non-blocking socket. */
  fd: number;
  /** The answer's head, to be sent first. The body ends with the connection. */
  head: string;
}

/** A client is given a full scrape. */
export interface HttpFullScrapeMessage {
  kind: "fullScrape";
  /** Its address, as text. */
  client: string;
}

export interface HttpStoppedMessage {
  kind: "stopped";
}

/** From a worker to main. */
export type HttpWorkerReport =
  | HttpReadyMessage
  | HttpFailedMessage
  | HttpReloadedMessage
  | HttpReloadFailedMessage
  | HttpStreamMessage
  | HttpFullScrapeMessage
  | HttpStoppedMessage;

export interface HttpStreamsStartMessage {
  kind: "start";
  table: TableBuffers;
  /** Where the worker gives signs of life (stats). */
  heartbeat: SharedArrayBuffer;
  /** The counters of all threads (stats), and which row is this worker's. */
  counters: SharedArrayBuffer;
  workerIndex: number;
  /** Seconds a client has to take each piece of up to 64 KiB, or else is dropped. */
  sendTimeoutSec: number;
}

/** From main to the streams worker. */
export type HttpStreamsCommand = HttpStreamsStartMessage | HttpStreamMessage | HttpStopMessage;

export interface HttpStreamsReadyMessage {
  kind: "ready";
}

/** From the streams worker to main. */
export type HttpStreamsReport = HttpStreamsReadyMessage | HttpFullScrapeMessage | HttpStoppedMessage;
