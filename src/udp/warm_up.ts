/**
 * Practice for a worker before its first datagram.
 *
 * @module
 */

import {
  AF_INET,
  AF_INET6,
  SENDER_BYTES,
  SLOT_BYTES,
  SOCKADDR_FAMILY,
  SOCKADDR_IN6_ADDRESS,
  SOCKADDR_IN_ADDRESS,
  SOCKADDR_PORT,
} from "../os/mod.ts";
import { closeBatch, createTable, EVENT_PAUSED, HASH_BYTES, openBatch } from "../peers/mod.ts";
import { counterRow, countLatency, createCounters, UDP_LATENCY } from "../stats/mod.ts";
import { ConnectionIds } from "./connection_id.ts";
import { HANDLER_BATCH_MAX, UdpHandler } from "./handle.ts";
import { SpreadInterval } from "./interval.ts";
import { ANNOUNCE_EVENT, REQUEST_CONNECTION_ID } from "./packet.ts";
import { writeAnnounce, writeConnect, writeScrape } from "./packet_client.ts";

/** As many as it takes until the compiler has nothing more to do. */
const BATCHES = 800;
const NOW_SEC = 1000;
const TORRENTS = 12;
/** Addresses that announce to one half of the torrents, which grow large, and to the other half. */
const ADDRESSES = [4096, 8] as const;
// One datagram in so many is a connect, a scrape, from an IPv6 address, of a seeder.
const CONNECT_EVERY = 32;
const SCRAPE_EVERY = 16;
const IPV6_EVERY = 8;
const SEEDER_EVERY = 3;
/** Spreads numbers over 32 bits. */
const SPREAD = 0x9e3779b1;

/**
 * Answers some thousand requests of made-up peers from a table of its own. The compiler has then seen all that a datagram
 * goes through before the first one comes: clients of the first second are answered as fast as later ones, and the memory
 * that compiling takes is taken at the start. `peerIds` is whether the real table keeps peer ids. Returns what was counted.
 */
export function warmUp(peerIds: boolean): Float64Array {
  const requests = new ArrayBuffer(HANDLER_BATCH_MAX * SLOT_BYTES);
  const replies = new ArrayBuffer(HANDLER_BATCH_MAX * SLOT_BYTES);
  const connectionIds = new ConnectionIds(Uint32Array.of(1, 2));
  const interval = new SpreadInterval(NOW_SEC, 1);
  const counters = counterRow(createCounters(1), 0);
  const table = createTable({ maxPeers: ADDRESSES[0], maxTorrents: TORRENTS, peerIds });
  const handler = new UdpHandler(
    { table, connectionIds, interval, access: null, counters },
    requests,
    replies,
  );
  const view = new DataView(requests);
  const lengths = handler.sources.map((_, index) => writeRequest(view, index));
  const sender = new DataView(new ArrayBuffer(SENDER_BYTES));
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let index = 0; index < HANDLER_BATCH_MAX; index++) {
      const at = index * SLOT_BYTES;
      const source = handler.sources[index];
      writeSender(sender, batch, index);
      source.readSocketAddress(sender, 0);
      if (index % CONNECT_EVERY !== 0) {
        connectionIds.issue(NOW_SEC, source.family, source.address);
        view.setUint32(at + REQUEST_CONNECTION_ID, connectionIds.high);
        view.setUint32(at + REQUEST_CONNECTION_ID + 4, connectionIds.low);
        if (index % SCRAPE_EVERY !== 0) view.setUint32(at + ANNOUNCE_EVENT, batch % (EVENT_PAUSED + 1));
      }
      handler.read(index, at, lengths[index], NOW_SEC);
    }
    openBatch(table);
    handler.readAhead();
    for (let index = 0; index < HANDLER_BATCH_MAX; index++) {
      handler.answer(index, index * SLOT_BYTES, NOW_SEC);
    }
    closeBatch(table);
    countLatency(counters, UDP_LATENCY, batch, HANDLER_BATCH_MAX);
  }
  return counters;
}

/** Writes request `index` of a batch, all but what its sender decides, and returns its length. */
function writeRequest(view: DataView, index: number): number {
  const at = index * SLOT_BYTES;
  if (index % CONNECT_EVERY === 0) return writeConnect(view, at, index);
  const infoHash = new Uint8Array(HASH_BYTES).fill(index % TORRENTS);
  if (index % SCRAPE_EVERY === 0) return writeScrape(view, at, 0n, index, [infoHash]);
  return writeAnnounce(view, at, 0n, index, {
    infoHash,
    left: index % SEEDER_EVERY === 0 ? 0n : 1n,
    port: 1 + index,
  });
}

/** Writes the socket address that request `index` of a batch comes from. */
function writeSender(view: DataView, batch: number, index: number): void {
  const isIpv6 = index % IPV6_EVERY === 0;
  const number = Math.imul(batch * HANDLER_BATCH_MAX + index, SPREAD) >>> 0;
  view.setUint16(SOCKADDR_FAMILY, isIpv6 ? AF_INET6 : AF_INET, true);
  view.setUint16(SOCKADDR_PORT, 1 + index);
  view.setUint32(isIpv6 ? SOCKADDR_IN6_ADDRESS : SOCKADDR_IN_ADDRESS, 1 + number % ADDRESSES[index % 2]);
}
