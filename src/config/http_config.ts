/** The settings of HTTP as the rest of the program takes them, checked against each other. @module */

import {
  type Cidr,
  type Endpoint,
  formatHttpEndpoint,
  type HttpEndpoint,
  type NamedHttpEndpoint,
  NO_HEADER,
  type ProxyHeader,
  type ProxyHeaderChoice,
  type Serves,
  type TcpHttpEndpoint,
} from "../addresses/mod.ts";
import { checkAddresses, checkPaths } from "./endpoints.ts";
import { ConfigError } from "./error.ts";
import { HTTP_ANSWER_SETTINGS } from "./http_settings.ts";
import { PAGE_SETTINGS } from "./page_settings.ts";
import { SETTINGS } from "./settings.ts";
import type { GivenSettings, Sourced } from "./sources.ts";
import { optionalValueOf, refuseGiven, valueOf, valuesOf } from "./values.ts";

/** The files that `https` is served with, PEM. */
export interface TlsFiles {
  /** The certificate and those that vouch for it. */
  certPath: string;
  keyPath: string;
}

/** The settings of HTTP. */
export interface HttpConfig {
  /** Where plain HTTP is served; the endpoints that are for the statistics alone come last. */
  http: HttpEndpoint[];
  /** Where HTTP over TLS is served. */
  https: TcpHttpEndpoint[];
  /** Not null when `https` has any. */
  tls: TlsFiles | null;
  /** Whose header is believed, where a listener has one. */
  trustedProxies: Cidr[];
  /** How plain HTTP is served; `auto` is libc where that works. */
  httpBackend: "auto" | "libc" | "deno";
  /** Connections of plain HTTP over all workers, 1 to 1 000 000; kept by the libc backend only, as the times below. */
  httpMaxConnections: number;
  /** How long the head of a request may take, and an answer to be taken; 1 to 3600 s. */
  httpHeaderTimeoutSec: number;
  /** How long a connection stays open between two requests; 1 to 3600 s. */
  httpKeepAliveTimeoutSec: number;
  /** A scrape that names no torrent gets all of them. */
  fullScrape: boolean;
  /** The time between two full scrapes of one address, 1 to 86 400 s. */
  fullScrapeIntervalSec: number;
  /** What announces are told as the warning message. */
  warningMessage: string | null;
  /** What announces are told as the tracker id. */
  trackerId: string | null;
  /** Where those who ask for `/` are sent; null = nowhere. */
  redirectUrl: string | null;
}

/** The settings that only the libc backend keeps. */
const LIBC_BOUNDS = [
  SETTINGS.httpMaxConnections,
  SETTINGS.httpHeaderTimeout,
  SETTINGS.httpKeepAliveTimeout,
];

/** The settings of what HTTP tells, and to whom. That there are no statistics holds without HTTP too. */
const ABOUT_ANSWERS = Object.values({ ...HTTP_ANSWER_SETTINGS, ...PAGE_SETTINGS })
  .filter(({ name }) => name !== SETTINGS.stats.name);

/** The settings of HTTP out of all that were given; `listen` are the addresses that were named for all protocols. */
export function httpConfig(given: GivenSettings, listen: Sourced<Endpoint>[]): HttpConfig {
  const toListen = listen.map(({ value, source }): Sourced<NamedHttpEndpoint<TcpHttpEndpoint>> => ({
    value: { endpoint: { kind: "tcp", ...value, proxyHeader: null, serves: "all" }, header: null },
    source,
  }));
  const namedHttp = [...toListen, ...valuesOf(SETTINGS.http, given)];
  const namedHttps = valuesOf(SETTINGS.https, given);
  const namedStats = valuesOf(SETTINGS.statsListen, given);
  const named = [...namedHttp, ...namedHttps, ...namedStats];
  checkListeners(named);
  if (named.length === 0) refuseGiven(ABOUT_ANSWERS, given, "needs an HTTP listener, as --http ADDR:PORT");
  const trusted = valuesOf(SETTINGS.trustedProxy, given);
  checkProxies(named, trusted, given);

  const forClients = namedStats.length === 0 ? "all" : "clients";
  const commonHeader = valueOf(SETTINGS.proxyHeader, given);
  const httpBackend = valueOf(SETTINGS.httpBackend, given);
  if (httpBackend === "deno") refuseGiven(LIBC_BOUNDS, given, "is kept by --http-backend libc only");
  return {
    http: [
      ...namedHttp.map(({ value }) => endpointOf(value, commonHeader, forClients)),
      ...namedStats.map(({ value }) => endpointOf(value, commonHeader, "statistics")),
    ],
    https: namedHttps.map(({ value }) => endpointOf(value, commonHeader, forClients)),
    tls: tlsFiles(given, namedHttps),
    trustedProxies: trusted.map(({ value }) => value),
    httpBackend,
    httpMaxConnections: valueOf(SETTINGS.httpMaxConnections, given),
    httpHeaderTimeoutSec: valueOf(SETTINGS.httpHeaderTimeout, given),
    httpKeepAliveTimeoutSec: valueOf(SETTINGS.httpKeepAliveTimeout, given),
    fullScrape: valueOf(SETTINGS.fullScrape, given),
    fullScrapeIntervalSec: valueOf(SETTINGS.fullScrapeInterval, given),
    warningMessage: optionalValueOf(SETTINGS.warningMessage, given),
    trackerId: optionalValueOf(SETTINGS.trackerId, given),
    redirectUrl: optionalValueOf(SETTINGS.redirectUrl, given),
  };
}

function endpointOf<Kind extends HttpEndpoint>(
  named: NamedHttpEndpoint<Kind>,
  common: ProxyHeaderChoice,
  serves: Serves,
): Kind {
  return { ...named.endpoint, proxyHeader: headerOf(named, common), serves };
}

function headerOf({ header }: NamedHttpEndpoint, common: ProxyHeaderChoice): ProxyHeader | null {
  const choice = header ?? common;
  return choice === NO_HEADER ? null : choice;
}

function checkListeners(named: Sourced<NamedHttpEndpoint>[]): void {
  const addresses: Sourced<Endpoint>[] = [];
  const paths: Sourced<string>[] = [];
  for (const { value: { endpoint }, source } of named) {
    if (endpoint.kind === "tcp") addresses.push({ value: endpoint, source });
    else paths.push({ value: endpoint.path, source });
  }
  checkAddresses("TCP", addresses);
  checkPaths(paths);
}

/** Refuses what would let nobody be believed, or everybody be nobody. */
function checkProxies(
  named: Sourced<NamedHttpEndpoint>[],
  trusted: Sourced<Cidr>[],
  given: GivenSettings,
): void {
  const [common] = valuesOf(SETTINGS.proxyHeader, given);
  const behindProxies = named.filter(({ value }) => headerOf(value, common.value) !== null);
  for (const { value: { endpoint, header }, source } of named) {
    if (endpoint.kind === "unix" && headerOf({ endpoint, header }, common.value) === null) {
      throw new ConfigError(
        source,
        "nobody has an address there; name the header that tells it, as with --proxy-header X-Forwarded-For or " +
          `${formatHttpEndpoint(endpoint)}@X-Forwarded-For`,
      );
    }
    if (endpoint.kind === "tcp" && trusted.length === 0 && header !== null && header !== NO_HEADER) {
      throw new ConfigError(source, "needs --trusted-proxy CIDR, the proxies that are believed");
    }
  }
  if (behindProxies.length === 0 && common.value !== NO_HEADER) {
    throw new ConfigError(common.source, "needs an HTTP listener that has it");
  }
  if (trusted.length > 0) {
    if (behindProxies.length > 0) return;
    throw new ConfigError(trusted[0].source, "needs --proxy-header HEADER, the header that is believed");
  }
  // Unix-domain sockets need no trusted proxies, and addresses beside them may serve clients that have no proxy.
  if (behindProxies.length > 0 && behindProxies.every(({ value }) => value.endpoint.kind === "tcp")) {
    throw new ConfigError(common.source, "needs --trusted-proxy CIDR, the proxies that are believed");
  }
}

function tlsFiles(given: GivenSettings, https: Sourced<unknown>[]): TlsFiles | null {
  const [cert] = valuesOf(SETTINGS.tlsCert, given);
  const [key] = valuesOf(SETTINGS.tlsKey, given);
  if (https.length === 0) {
    const unused = [cert, key].find((file) => file !== undefined);
    if (unused !== undefined) {
      throw new ConfigError(unused.source, "needs --https ADDR:PORT, where to serve with it");
    }
    return null;
  }
  if (cert === undefined || key === undefined) {
    throw new ConfigError(https[0].source, "needs --tls-cert FILE and --tls-key FILE");
  }
  return { certPath: cert.value, keyPath: key.value };
}
