// The head of an HTTP request: reading it, and the whole way of its bytes to those of the answer.
import { ClientAddress } from "../src/http/client_address.ts";
import { Connections } from "../src/http/connections.ts";
import { Exchange, listenerRule } from "../src/http/exchange.ts";
import { HeadParser } from "../src/http/head.ts";
import { createFullScrapeTimes, HttpHandler } from "../src/http/mod.ts";
import { createTable } from "../src/peers/mod.ts";
import { counterRow, createCounters } from "../src/stats/mod.ts";
import { sink } from "./data.ts";

const TARGET = "/announce?info_hash=%00%ff%26%3dabcdefghijklmnop&peer_id=-TR3000-k8hj0wgej6ch&port=6881" +
  "&uploaded=0&downloaded=0&left=0&numwant=50&key=7a8b9c0d&compact=1&supportcrypto=1";

/** As clients write their heads: one over HTTP/1.0, a widespread one, and one behind a proxy. */
const HEADS: Record<string, string[]> = {
  "short": [`GET ${TARGET} HTTP/1.0`],
  "usual": [
    `GET ${TARGET} HTTP/1.1`,
    "Host: tracker.example:6969",
    "User-Agent: Transmission/4.0.5",
    "Accept: */*",
    "Accept-Encoding: deflate, gzip, br",
    "Connection: keep-alive",
  ],
  "behind a proxy": [
    `GET ${TARGET} HTTP/1.1`,
    "Host: tracker.example",
    "X-Forwarded-For: 198.51.100.7, 203.0.113.195",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: tracker.example",
    "User-Agent: qBittorrent/4.6.0",
    "Accept-Encoding: gzip",
    "Via: 1.1 proxy.example",
  ],
};

const parser = new HeadParser();
for (const [name, lines] of Object.entries(HEADS)) {
  const head = new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n");
  Deno.bench(`reading a head: ${name}, ${head.length} bytes`, { group: "http head" }, () => {
    sink.value += parser.parse(head, 0, head.length);
  });
}

const counters = counterRow(createCounters(1), 0);
const handler = new HttpHandler({
  table: createTable({ maxPeers: 1000, maxTorrents: 1000, peerIds: false }),
  counters,
  settings: {
    intervalSec: 1800,
    minIntervalSec: 900,
    warningMessage: null,
    trackerId: null,
    fullScrape: false,
    fullScrapeIntervalSec: 300,
    statsPath: "stats",
    statsFrom: [],
    statsHashes: false,
    redirectUrl: null,
  },
  statistics: null,
  access: null,
  fullScrapeTimes: createFullScrapeTimes(),
  unixSec: () => 0,
  healthProblem: () => null,
  onFullScrape() {},
});
const exchange = new Exchange({ handler, counters, trustedProxies: [] });
const rule = listenerRule(new ClientAddress({ header: null, trusted: [] }), false, "all");
const connections = new Connections(1);
const slot = connections.open(0, 0, 0);

for (const [name, target] of [["a health check", "/health"], ["an announce of an empty swarm", TARGET]]) {
  const request = new TextEncoder().encode(`GET ${target} HTTP/1.1\r\nHost: tracker.example\r\n\r\n`);
  Deno.bench(`from request to answer: ${name}`, { group: "http exchange" }, () => {
    exchange.answers.clear();
    sink.value += exchange.run(request, 0, request.length, connections, slot, rule);
  });
}
