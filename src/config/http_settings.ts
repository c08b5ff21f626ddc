/** The settings of HTTP: a part of the table in settings.ts. @module */

import { GROUP } from "./groups.ts";
import {
  choice,
  count,
  duration,
  file,
  httpEndpoint,
  network,
  proxyHeader,
  tcpHttpEndpoint,
  text,
  toggle,
} from "./setting.ts";

const TIMEOUT_MAX_SEC = 3600;
const CONNECTIONS_MAX = 1_000_000;
const FULL_SCRAPE_INTERVAL_MAX_SEC = 86_400;
const WARNING_MESSAGE_BYTES_MAX = 512;
const TRACKER_ID_BYTES_MAX = 64;

/** Where HTTP is served, and whom it believes about a client's address. */
export const HTTP_LISTENER_SETTINGS = {
  http: httpEndpoint({
    name: "http",
    group: GROUP.addresses,
    metavar: "ADDR:PORT",
    repeatable: true,
    help: "Serve HTTP there; unix:/PATH is a Unix-domain socket. With @HEADER behind it, as in " +
      "127.0.0.1:8080@X-Real-IP or @none, it has a --proxy-header of its own.",
  }),
  https: tcpHttpEndpoint({
    name: "https",
    group: GROUP.addresses,
    metavar: "ADDR:PORT",
    repeatable: true,
    help: "Serve HTTP over TLS there, through Deno. @HEADER as with --http.",
  }),
  httpBackend: choice({
    name: "http-backend",
    group: GROUP.addresses,
    metavar: "BACKEND",
    default: "auto",
    help: "Plain HTTP through libc, through Deno, or through libc where it can be had. Only libc keeps " +
      "--http-max-connections, --http-header-timeout and --http-keepalive-timeout.",
  }, ["auto", "libc", "deno"]),
  tlsCert: file({
    name: "tls-cert",
    group: GROUP.tls,
    metavar: "FILE",
    help: "The certificate of --https and those that vouch for it, PEM. Read anew on SIGHUP.",
  }),
  tlsKey: file({
    name: "tls-key",
    group: GROUP.tls,
    metavar: "FILE",
    help: "The private key of the certificate, PEM. Read anew on SIGHUP.",
  }),
  proxyHeader: proxyHeader({
    name: "proxy-header",
    group: GROUP.proxies,
    metavar: "HEADER",
    default: "none",
    help: "The header in which the trusted proxies of every HTTP listener say whose request it is.",
  }),
  trustedProxy: network({
    name: "trusted-proxy",
    group: GROUP.proxies,
    metavar: "CIDR",
    repeatable: true,
    help:
      "A proxy, or a network of them, whose header is believed: 127.0.0.1, 10.0.0.0/8, 2001:db8::/32. What " +
      "comes through a Unix-domain socket always is.",
  }),
};

/** What HTTP answers say. */
export const HTTP_ANSWER_SETTINGS = {
  fullScrape: toggle({
    name: "full-scrape",
    group: GROUP.answers,
    default: "false",
    help: "Answer an HTTP scrape that names no torrent with all of them.",
  }),
  fullScrapeInterval: duration(
    {
      name: "full-scrape-interval",
      group: GROUP.answers,
      metavar: "SECONDS",
      default: "300",
      help: "How long an address waits between two full scrapes.",
    },
    1,
    FULL_SCRAPE_INTERVAL_MAX_SEC,
  ),
  warningMessage: text(
    {
      name: "warning-message",
      group: GROUP.answers,
      metavar: "TEXT",
      help: "What HTTP announces are told as the warning message, for example that the tracker moves.",
    },
    WARNING_MESSAGE_BYTES_MAX,
  ),
  trackerId: text(
    {
      name: "tracker-id",
      group: GROUP.answers,
      metavar: "TEXT",
      help: "What HTTP announces are told as the tracker id; without it, the one that the client sent.",
    },
    TRACKER_ID_BYTES_MAX,
  ),
};

/** What HTTP may use of the machine. */
export const HTTP_LIMIT_SETTINGS = {
  httpMaxConnections: count(
    {
      name: "http-max-connections",
      group: GROUP.limits,
      metavar: "COUNT",
      default: "10000",
      help: "Connections of plain HTTP, over all its threads. When full, the one idle longest is closed.",
    },
    1,
    CONNECTIONS_MAX,
  ),
  httpHeaderTimeout: duration(
    {
      name: "http-header-timeout",
      group: GROUP.limits,
      metavar: "SECONDS",
      default: "10",
      help: "How long a client may take to send the head of a request, and to take its answer.",
    },
    1,
    TIMEOUT_MAX_SEC,
  ),
  httpKeepAliveTimeout: duration(
    {
      name: "http-keepalive-timeout",
      group: GROUP.limits,
      metavar: "SECONDS",
      default: "30",
      help: "How long a connection stays open between two requests.",
    },
    1,
    TIMEOUT_MAX_SEC,
  ),
};
