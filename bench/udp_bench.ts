// UDP without sockets: packets, connection ids, and whole batches of datagrams in and their replies out.
import { type Population, RequestWriter } from "../src/load/mod.ts";
import { AF_INET, SENDER_BYTES, SOCKADDR_FAMILY, SOCKADDR_IN_ADDRESS, SOCKADDR_PORT } from "../src/os/mod.ts";
import { IPV4 } from "../src/peers/mod.ts";
import { counterRow, createCounters, requestsOf } from "../src/stats/mod.ts";
import { ConnectionIds } from "../src/udp/connection_id.ts";
import { HANDLER_BATCH_MAX, REPLY_ROOM_BYTES, UdpHandler } from "../src/udp/handle.ts";
import { SpreadInterval } from "../src/udp/interval.ts";
import { writeAnnounceReplyHead, writeScrapeEntry, writeScrapeReplyHead } from "../src/udp/packet.ts";
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

const NOW_SEC = 5000;
const SECRET = Uint32Array.of(1, 2);
/** The address 10.0.0.1 as it lies in memory. */
const SENDER_WORDS = Uint32Array.of(0x0100000a);
const SENDER_PORT = 40_000;

const packet = new DataView(new ArrayBuffer(2048));

Deno.bench("packet: head of an announce reply", { group: "udp packet" }, () => {
  sink.value += writeAnnounceReplyHead(packet, 0, sink.value, 1800, 20, 30);
});

Deno.bench("packet: scrape reply of four torrents", { group: "udp packet" }, () => {
  let end = writeScrapeReplyHead(packet, 0, sink.value);
  for (let entry = 0; entry < 4; entry++) end += writeScrapeEntry(packet, end, 1, 2, 3);
  sink.value += end;
});

const connectionIds = new ConnectionIds(SECRET);
connectionIds.issue(NOW_SEC, IPV4, SENDER_WORDS);
const { high, low } = connectionIds;

Deno.bench("connection id: issue", { group: "connection id" }, () => {
  connectionIds.issue(NOW_SEC, IPV4, SENDER_WORDS);
  sink.value += connectionIds.low;
});

Deno.bench("connection id: check", { group: "connection id" }, () => {
  sink.value += connectionIds.isGood(NOW_SEC, IPV4, SENDER_WORDS, high, low) ? 1 : 0;
});

const SLOT_BYTES = 128;
/** Batches that are written once and answered again and again. */
const BATCHES = isSmall ? 16 : 4096;
const REPLY_SLOT_BYTES = Math.ceil(REPLY_ROOM_BYTES / 64) * 64;

/** Datagrams as they were received. */
interface Requests {
  datagrams: ArrayBuffer;
  lengths: Uint8Array;
  /** Their senders' socket addresses. */
  senders: DataView;
}

/** Datagrams of a population, all with a good connection id, 3 % of them scrapes. */
function createRequests(population: Population): Requests {
  const count = BATCHES * HANDLER_BATCH_MAX;
  const datagrams = new ArrayBuffer(count * SLOT_BYTES);
  const lengths = new Uint8Array(count);
  const senders = new DataView(new ArrayBuffer(count * SENDER_BYTES));
  const ids = createConnectionIds(population.addresses);
  const writer = new RequestWriter(datagrams, population, { scrapeShare: 0.03, wanted: 50 }, seededRandom());
  for (let index = 0; index < count; index++) {
    lengths[index] = writer.writeAny(index * SLOT_BYTES, ids, index);
    const at = index * SENDER_BYTES;
    senders.setUint16(at + SOCKADDR_FAMILY, AF_INET, true);
    senders.setUint16(at + SOCKADDR_PORT, SENDER_PORT);
    senders.setUint32(at + SOCKADDR_IN_ADDRESS, sourceAddress(writer.address));
  }
  return { datagrams, lengths, senders };
}

/** Good ids for all source addresses, two halves each. */
function createConnectionIds(addresses: number): Uint32Array {
  const ids = new Uint32Array(2 * addresses);
  const word = new DataView(new ArrayBuffer(4));
  for (let address = 0; address < addresses; address++) {
    word.setUint32(0, sourceAddress(address));
    connectionIds.issue(NOW_SEC, IPV4, Uint32Array.of(word.getUint32(0, true)));
    ids.set([connectionIds.high, connectionIds.low], 2 * address);
  }
  return ids;
}

for (const peers of TABLE_SIZES) {
  const population = createPopulation(peers);
  const { datagrams, lengths, senders } = createRequests(population);
  const counters = counterRow(createCounters(1), 0);
  const handler = new UdpHandler(
    {
      table: createFilledTable(population),
      connectionIds: new ConnectionIds(SECRET),
      interval: new SpreadInterval(1800, 1),
      access: null,
      counters,
    },
    datagrams,
    new ArrayBuffer(HANDLER_BATCH_MAX * REPLY_SLOT_BYTES),
  );
  let batch = 0;
  const answerBatch = () => {
    const first = batch * HANDLER_BATCH_MAX;
    batch = (batch + 1) % BATCHES;
    for (let index = 0; index < HANDLER_BATCH_MAX; index++) {
      handler.sources[index].readSocketAddress(senders, (first + index) * SENDER_BYTES);
      handler.read(index, (first + index) * SLOT_BYTES, lengths[first + index], NOW_SEC);
    }
    handler.readAhead();
    for (let index = 0; index < HANDLER_BATCH_MAX; index++) {
      sink.value += handler.answer(index, index * REPLY_SLOT_BYTES, NOW_SEC);
    }
  };
  answerBatch();
  if (requestsOf(counters).udpErrors > 0) throw new Error("The handler refuses the benchmark's datagrams");
  Deno.bench({
    name: `a batch of ${HANDLER_BATCH_MAX} datagrams, ${inWords(peers)} peers`,
    group: "udp handler",
    fn: answerBatch,
  });
}
