// HTTP without sockets: reading a query, and a whole request in and its answer out.
import { createFullScrapeTimes } from "../src/http/full_scrape_limit.ts";
import { HttpHandler } from "../src/http/handle.ts";
import { AnnounceParameters } from "../src/http/parameters.ts";
import { KEY_END, QueryReader } from "../src/http/query.ts";
import { HttpRequest } from "../src/http/request.ts";
import type { HttpSettings } from "../src/http/settings.ts";
import { TorrentList } from "../src/http/torrent_list.ts";
import type { Population } from "../src/load/mod.ts";
import { createTable, type PeerTable } from "../src/peers/mod.ts";
import { counterRow, createCounters } from "../src/stats/mod.ts";
import {
  createFilledTable,
  createPopulation,
  inWords,
  isSmall,
  seededRandom,
  sink,
  sourceAddress,
  TABLE_SIZES,
} from "./data.ts";

/** Requests that are made once and answered again and again. */
const REQUESTS = isSmall ? 256 : 65_536;

/** A swarm that has as many peers as most clients want. */
const SWARM_PEERS = 50;

const SETTINGS: HttpSettings = {
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
};

/** The torrent's info hash, every byte escaped. */
function escapedHash(population: Population, torrent: number): string {
  const words = Uint32Array.from({ length: 5 }, (_, word) => population.hashWord(torrent, word));
  return Array.from(new Uint8Array(words.buffer), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(
    "",
  );
}

/** The target of an announce as a widespread client writes it. */
function announceTarget(hash: string, port: number, left: number): string {
  return `/announce?info_hash=${hash}&peer_id=-TR3000-k8hj0wgej6ch&port=${port}&uploaded=0&downloaded=0` +
    `&left=${left}&numwant=50&key=7a8b9c0d&compact=1&supportcrypto=1`;
}

/** The announce of a peer of the population, from its address. */
function announceOf(population: Population, peer: number): HttpRequest {
  const hash = escapedHash(population, population.torrentOf[peer]);
  const left = population.isSeeder(peer) ? 0 : 1_000_000;
  return requestFor(
    announceTarget(hash, population.portOf(peer), left),
    sourceAddress(population.addressOf(peer)),
  );
}

/** A request for the target, from the IPv4 address. */
function requestFor(target: string, address = sourceAddress(0)): HttpRequest {
  const request = new HttpRequest();
  request.bytes = new TextEncoder().encode(target);
  request.targetEnd = request.bytes.length;
  new DataView(request.address.buffer).setUint32(0, address);
  return request;
}

function createHandler(table: PeerTable): HttpHandler {
  return new HttpHandler({
    table,
    counters: counterRow(createCounters(1), 0),
    settings: SETTINGS,
    statistics: null,
    access: null,
    fullScrapeTimes: createFullScrapeTimes(),
    unixSec: () => 1,
    healthProblem: () => null,
    onFullScrape() {},
  });
}

/** Answers the request again and again. */
function benchRequest(group: string, name: string, handler: HttpHandler, request: HttpRequest): void {
  Deno.bench({
    name,
    group,
    fn() {
      sink.value += handler.handle(request).body.length;
    },
  });
}

const [smallest] = TABLE_SIZES;
const smallPopulation = createPopulation(smallest);
const hash = escapedHash(smallPopulation, 0);

const query = requestFor(announceTarget(hash, 6881, 0));
const reader = new QueryReader();
const parameters = new AnnounceParameters();

Deno.bench("the segments of an announce", { group: "http query" }, () => {
  reader.open(query.bytes, "/announce?".length, query.targetEnd);
  while (reader.next() !== KEY_END) sink.value++;
});

Deno.bench("the parameters of an announce", { group: "http query" }, () => {
  reader.open(query.bytes, "/announce?".length, query.targetEnd);
  if (parameters.read(reader) === null) sink.value += parameters.port;
});

const swarm = createHandler(createTable({ maxPeers: 1000, maxTorrents: 10, peerIds: true }));
for (let port = 1; port <= SWARM_PEERS; port++) {
  swarm.handle(requestFor(announceTarget(hash, port, port % 2)));
}
const announce = announceTarget(hash, SWARM_PEERS + 1, 0);
for (
  const [name, target] of [
    [`${SWARM_PEERS} peers, compact`, announce],
    [`${SWARM_PEERS} peers, dictionaries with ids`, `${announce}&compact=0`],
    ["no peers", `${announce}&numwant=0`],
  ]
) {
  benchRequest("http announce, one swarm", name, swarm, requestFor(target));
}

const small = createHandler(createFilledTable(smallPopulation));
for (const count of [1, 10, 100]) {
  const hashes = Array.from({ length: count }, (_, i) => `info_hash=${escapedHash(smallPopulation, i)}`);
  benchRequest("http scrape", `torrents named: ${count}`, small, requestFor(`/scrape?${hashes.join("&")}`));
}

for (const peers of TABLE_SIZES) {
  const population = createPopulation(peers);
  const random = seededRandom();
  const table = createFilledTable(population);
  const handler = createHandler(table);
  const announces = Array.from({ length: REQUESTS }, () => announceOf(population, random.below(peers)));
  let turn = 0;
  Deno.bench({
    name: `announce, ${inWords(peers)} peers`,
    group: "http announce",
    fn() {
      turn = (turn + 1) % REQUESTS;
      sink.value += handler.handle(announces[turn]).body.length;
    },
  });
  Deno.bench({
    name: `all of ${inWords(peers)} peers`,
    group: "http full scrape",
    fn() {
      const order = { format: "scrape", gzip: false, client: "192.0.2.1", turn: null } as const;
      const stream = new TorrentList(table, order, counterRow(createCounters(1), 0), () => {});
      for (let piece; (piece = stream.next()) !== null;) sink.value += piece.length;
    },
  });
}
