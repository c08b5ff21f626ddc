/**
 * HTTP by Deno.serve: carries requests to the handler and its answers back.
 *
 * Deno.serve has no time limit for half-sent requests and no bound on connections.
 *
 * @module
 */

import type { Endpoint } from "../config/mod.ts";
import { IPV4_BYTES, IPV6_BYTES, isMappedIpv4, parseIpInto } from "../os/mod.ts";
import { type Family, IPV4, IPV6 } from "../peers/mod.ts";
import { COUNTER } from "../stats/mod.ts";
import type { HttpHandler } from "./handle.ts";
import { listenError } from "./listen.ts";
import { requestTarget } from "./target.ts";

/** Longest request target taken, in bytes: room for a scrape of 100 torrents with every byte escaped. */
const TARGET_BYTES_MAX = 8192;

/** Older Denos compress by themselves what a client lets them, peers too, unless an answer forbids it. */
const NO_COMPRESSION = "no-transform";

/**
 * Serves `handler` on `endpoint`, sharing the port with other workers, until the server returned is shut down.
 * `counters` is the row of this thread. Throws a SocketError when it cannot listen.
 */
export function serveHttp(
  endpoint: Endpoint,
  handler: HttpHandler,
  counters: Float64Array,
): Deno.HttpServer<Deno.NetAddr> {
  const encoder = new TextEncoder();
  const target = new Uint8Array(TARGET_BYTES_MAX);
  const address = new Uint8Array(IPV6_BYTES);

  function respond(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Response {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refuse(405, "only GET and HEAD are served", counters);
    }
    const text = requestTarget(request.url, request.headers.get("host"));
    const { read, written } = encoder.encodeInto(text, target);
    if (read < text.length) return refuse(414, "the request target is too long", counters);

    const family = readClient(info.remoteAddr.hostname, address);
    const reply = handler.handle(target, 0, written, family, address);
    // A copy, because the handler writes its next answer over this one before it has left.
    return new Response(reply.body.slice(), {
      status: reply.status,
      headers: { "content-type": reply.contentType, "cache-control": NO_COMPRESSION },
    });
  }

  const { hostname, port } = endpoint;
  try {
    return Deno.serve({ hostname, port, reusePort: true, onListen() {}, onError }, respond);
  } catch (error) {
    throw listenError(endpoint, error);
  }
}

/** Writes the client's address into `address`, a mapped one as IPv4, and returns its family. */
function readClient(hostname: string, address: Uint8Array): Family {
  const size = parseIpInto(hostname, address, 0);
  if (size === 0) throw new TypeError(`Cannot read the address of a client: ${hostname}`);
  if (size === IPV4_BYTES) return IPV4;
  if (!isMappedIpv4(address, 0)) return IPV6;
  address.copyWithin(0, IPV6_BYTES - IPV4_BYTES);
  return IPV4;
}

function refuse(status: 405 | 414, reason: string, counters: Float64Array): Response {
  counters[COUNTER.httpErrors]++;
  const headers = new Headers({ "content-type": "text/plain" });
  if (status === 405) headers.set("allow", "GET, HEAD");
  return new Response(reason, { status, headers });
}

/** No request makes the handler throw, so this is a fault of ours, and ends the worker as any other would. */
function onError(error: unknown): Response {
  reportError(error);
  return new Response(null, { status: 500 });
}
