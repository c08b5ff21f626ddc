// HTTP without sockets: reading a query, and a whole request in and its answer out.
import { HttpHandler } from "../src/http/mod.ts";
import { KEY_END, QueryReader } from "../src/http/query.ts";
import type { Population } from "../src/load/mod.ts";
import { IPV4 } from "../src/peers/mod.ts";
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

/** The target of an announce as a widespread client writes it. */
function announceTarget(population: Population, peer: number): Uint8Array {
  const words = Uint32Array.from(
    { length: 5 },
    (_, word) => population.hashWord(population.torrentOf[peer], word),
  );
  let hash = "";
  for (const byte of new Uint8Array(words.buffer)) hash += `%${byte.toString(16).padStart(2, "0")}`;
  const left = population.isSeeder(peer) ? 0 : 1_000_000;
  return new TextEncoder().encode(
    `/announce?info_hash=${hash}&peer_id=-TR3000-k8hj0wgej6ch&port=${population.portOf(peer)}` +
      `&uploaded=0&downloaded=0&left=${left}&numwant=50&key=7a8b9c0d&compact=1&supportcrypto=1`,
  );
}

/** The address that the peer announces from. */
function addressBytes(population: Population, peer: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, sourceAddress(population.addressOf(peer)));
  return new Uint8Array(bytes.buffer);
}

const [smallest] = TABLE_SIZES;
const query = announceTarget(createPopulation(smallest), 0);
const reader = new QueryReader();

Deno.bench("reading the query of an announce", { group: "http query" }, () => {
  reader.open(query, "/announce?".length, query.length);
  while (reader.next() !== KEY_END) sink.value++;
});

for (const peers of TABLE_SIZES) {
  const population = createPopulation(peers);
  const random = seededRandom();
  const requests = Array.from({ length: REQUESTS }, () => {
    const peer = random.below(peers);
    return { target: announceTarget(population, peer), address: addressBytes(population, peer) };
  });
  const handler = new HttpHandler({
    table: createFilledTable(population),
    counters: counterRow(createCounters(1), 0),
    settings: { intervalSec: 1800, minIntervalSec: 900 },
    statsJson: () => "{}",
  });
  let turn = 0;
  Deno.bench({
    name: `announce, ${inWords(peers)} peers`,
    group: "http announce",
    fn() {
      const { target, address } = requests[turn];
      turn = (turn + 1) % REQUESTS;
      sink.value += handler.handle(target, 0, target.length, IPV4, address).body.length;
    },
  });
}
