/**
 * HTTP by Deno.serve: carries requests to the handler and its answers back.
 *
 * Deno.serve has no time limit for half-sent requests and no bound on connections, and it judges heads by rules of its
 * own, more leniently than head.ts.
 *
 * @module
 */

import type { HttpEndpoint } from "../addresses/mod.ts";
import { parseIpInto, UNIX_SOCKET_MODE } from "../os/mod.ts";
import { countLatency, HTTP_LATENCY } from "../stats/mod.ts";
import { readBody } from "./body_stream.ts";
import { ClientAddress } from "./client_address.ts";
import { acceptsGzip } from "./field_list.ts";
import { HEAD_BYTES_MAX, TARGET_BYTES_MAX } from "./head.ts";
import { listenError } from "./listen.ts";
import { METHOD_NOT_ALLOWED, refuse, TARGET_TOO_LONG } from "./refusal.ts";
import { type HttpReply, isBodiless } from "./reply.ts";
import {
  type HttpMethod,
  HttpRequest,
  METHOD_GET,
  METHOD_HEAD,
  METHOD_OPTIONS,
  type RequestFields,
} from "./request.ts";
import type { HttpService } from "./service.ts";
import { requestTarget } from "./target.ts";
import type { TlsPair } from "./worker_messages.ts";

/** Older Denos compress by themselves what a client lets them, peers too, unless an answer forbids it. */
const NO_COMPRESSION = "no-transform";

const METHODS = new Map<string, HttpMethod>([
  ["GET", METHOD_GET],
  ["HEAD", METHOD_HEAD],
  ["OPTIONS", METHOD_OPTIONS],
]);

/** A server on any kind of address. */
export type DenoHttpServer = Deno.HttpServer<Deno.NetAddr> | Deno.HttpServer<Deno.UnixAddr>;

/**
 * Serves on `endpoint`, sharing a port with other workers, until the server returned is shut down; with `tls` over TLS.
 * Throws a SocketError when it cannot listen, and another error when the certificate or key is none.
 */
export function serveDeno(endpoint: HttpEndpoint, tls: TlsPair | null, service: HttpService): DenoHttpServer {
  const responder = new Responder(endpoint, service);
  const respond = (request: Request, info: Deno.ServeHandlerInfo) => responder.respond(request, info);
  const common = { onListen() {}, onError };
  try {
    if (endpoint.kind === "tcp") {
      const { hostname, port } = endpoint;
      return Deno.serve({ ...common, hostname, port, reusePort: true, ...tls }, respond);
    }
    const server = Deno.serve({ ...common, path: endpoint.path }, respond);
    Deno.chmodSync(endpoint.path, UNIX_SOCKET_MODE);
    return server;
  } catch (error) {
    throw listenError(endpoint, error);
  }
}

/** Between Deno's requests and the handler's. One a listener. */
class Responder {
  readonly #service: HttpService;
  readonly #client: ClientAddress;
  readonly #encoder = new TextEncoder();
  readonly #request = new HttpRequest();
  readonly #fields = new SourceFields();
  readonly #target = new Uint8Array(TARGET_BYTES_MAX);
  readonly #field = new Uint8Array(HEAD_BYTES_MAX);

  constructor({ proxyHeader, serves }: HttpEndpoint, service: HttpService) {
    this.#service = service;
    this.#client = new ClientAddress({ header: proxyHeader, trusted: service.trustedProxies });
    this.#request.bytes = this.#target;
    this.#request.serves = serves;
    this.#request.fields = this.#fields;
  }

  respond(source: Request, info: Deno.ServeHandlerInfo): Response {
    const sinceMs = performance.now();
    const response = this.#answer(source, info);
    countLatency(this.#service.counters, HTTP_LATENCY, (performance.now() - sinceMs) * 1000, 1);
    return response;
  }

  #answer(source: Request, { remoteAddr }: Deno.ServeHandlerInfo): Response {
    const { handler, counters } = this.#service;
    const method = METHODS.get(source.method);
    if (method === undefined) return responseOf(refuse(METHOD_NOT_ALLOWED, counters), METHOD_GET);
    const text = requestTarget(source.url, source.headers.get("host"));
    const { read, written } = this.#encoder.encodeInto(text, this.#target);
    if (read < text.length) return responseOf(refuse(TARGET_TOO_LONG, counters), method);

    const request = this.#request;
    request.method = method;
    request.targetEnd = written;
    request.acceptsGzip = acceptsGzip(this.#field, 0, this.#readField(source, "accept-encoding"));
    this.#fields.source = source;
    this.#readClient(source, remoteAddr);
    return responseOf(handler.handle(request), method);
  }

  #readClient(source: Request, remote: Deno.Addr): void {
    const isUnix = remote.transport !== "tcp";
    if (!isUnix) readAddress(remote.hostname, this.#request);
    const { header } = this.#client;
    const length = header === null ? 0 : this.#readField(source, header);
    this.#client.apply(this.#request, isUnix, this.#field, 0, length);
  }

  /** Writes a field's values into `#field`, and returns their length. Of overlong ones the end, which proxies write. */
  #readField({ headers }: Request, name: string): number {
    const value = headers.get(name)?.slice(-HEAD_BYTES_MAX) ?? "";
    // Each character stands for a byte as it came; as UTF-8 some would become two, and the end would find no room.
    for (let i = 0; i < value.length; i++) this.#field[i] = value.charCodeAt(i);
    return value.length;
  }
}

/** The fields of one request after the other. */
class SourceFields implements RequestFields {
  source: Request | null = null;

  authorization(): string {
    return this.source?.headers.get("authorization") ?? "";
  }

  ifNoneMatch(): string {
    return this.source?.headers.get("if-none-match") ?? "";
  }
}

/** Writes the connection's address into the request. */
function readAddress(hostname: string, request: HttpRequest): void {
  const size = parseIpInto(hostname, request.address, 0);
  if (size === 0) throw new TypeError("Cannot read the address of a client");
  request.takeAddress(size);
}

function responseOf(reply: HttpReply, method: HttpMethod): Response {
  const { status, contentType, stream } = reply;
  const headers: [name: string, value: string][] = [["cache-control", NO_COMPRESSION]];
  if (contentType !== "") headers.push(["content-type", contentType]);
  for (const line of reply.headers === "" ? [] : reply.headers.trimEnd().split("\r\n")) {
    const colon = line.indexOf(":");
    headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  if (stream?.gzip === true) headers.push(["content-encoding", "gzip"]);
  return new Response(bodyOf(reply, method), { status, headers });
}

function bodyOf({ status, body, stream }: HttpReply, method: HttpMethod): BodyInit | null {
  if (stream !== null) return method === METHOD_HEAD ? null : readBody(stream);
  // A copy, because the handler writes its next answer over this one before it has left.
  return isBodiless(status) ? null : body.slice();
}

/** No request makes the handler throw, so this is a fault of ours, and ends the worker as any other would. */
function onError(error: unknown): Response {
  reportError(error);
  return new Response(null, { status: 500 });
}
