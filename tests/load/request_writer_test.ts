import { assert, assertEquals } from "@std/assert";
import { createTorrentOf, Population } from "../../src/load/population.ts";
import { mix32, Random } from "../../src/random/mod.ts";
import {
  EVENT_STARTED,
  REQUEST_ROOM_BYTES,
  RequestWriter,
  sourceAddress,
} from "../../src/load/request_writer.ts";
import { writeAnnounce, writeScrape } from "../../src/udp/packet_client.ts";

const OPTIONS = { torrents: 30, peers: 500, addresses: 4, skew: 1, seedersShare: 0.5, seed: 3 };
const population = new Population(OPTIONS, createTorrentOf(OPTIONS));
/** Ids by source address: the halves 1 and 2, 3 and 4 and so on. */
const IDS = Uint32Array.from({ length: 2 * OPTIONS.addresses }, (_, index) => index + 1);
const TRANSACTION_ID = 0x12345678;

function connectionIdOf(address: number): bigint {
  return BigInt(IDS[2 * address]) << 32n | BigInt(IDS[2 * address + 1]);
}

function hashOf(torrent: number): Uint8Array {
  const words = Uint32Array.from({ length: 5 }, (_, word) => population.hashWord(torrent, word));
  return new Uint8Array(words.buffer);
}

/** A writer over a slot full of other bytes, and that slot. */
function writerOf(scrapeShare: number): { writer: RequestWriter; bytes: Uint8Array } {
  const buffer = new ArrayBuffer(REQUEST_ROOM_BYTES);
  const bytes = new Uint8Array(buffer).fill(0xaa);
  return {
    writer: new RequestWriter(buffer, population, { scrapeShare, wanted: 50 }, new Random(1)),
    bytes,
  };
}

Deno.test("an announce is what the client codec writes", () => {
  const { writer, bytes } = writerOf(0);
  for (let peer = 0; peer < OPTIONS.peers; peer++) {
    const length = writer.writeAnnounce(0, IDS, TRANSACTION_ID, peer, EVENT_STARTED);
    const peerId = new Uint8Array(20);
    peerId.set(new TextEncoder().encode("-LT0001-"));
    const idFields = new DataView(peerId.buffer);
    idFields.setUint32(8, peer);
    idFields.setUint32(12, mix32(peer));
    idFields.setUint32(16, mix32(~peer));
    const expected = new Uint8Array(length);
    const written = writeAnnounce(
      new DataView(expected.buffer),
      0,
      connectionIdOf(population.addressOf(peer)),
      TRANSACTION_ID,
      {
        infoHash: hashOf(population.torrentOf[peer]),
        peerId,
        left: population.isSeeder(peer) ? 0n : 1n,
        event: 2,
        key: peer,
        wanted: 50,
        port: population.portOf(peer),
      },
    );
    assertEquals(written, length);
    assertEquals(bytes.slice(0, length), expected);
    assertEquals(writer.address, population.addressOf(peer));
  }
});

Deno.test("a scrape is what the client codec writes for one to four torrents", () => {
  const { writer, bytes } = writerOf(1);
  const known = new Map(
    Array.from({ length: OPTIONS.torrents }, (_, torrent) => [hashOf(torrent).join(), torrent]),
  );
  const counts = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const length = writer.writeAny(0, IDS, TRANSACTION_ID);
    const count = (length - 16) / 20;
    const hashes = Array.from({ length: count }, (_, index) => bytes.slice(16 + 20 * index, 36 + 20 * index));
    assertEquals(hashes.filter((hash) => !known.has(hash.join())), []);
    const expected = new Uint8Array(length);
    writeScrape(
      new DataView(expected.buffer),
      0,
      connectionIdOf(writer.address),
      TRANSACTION_ID,
      hashes,
    );
    assertEquals(bytes.slice(0, length), expected);
    counts.add(count);
  }
  assertEquals([...counts].sort(), [1, 2, 3, 4]);
});

Deno.test("the share of scrapes is as asked", () => {
  const { writer, bytes } = writerOf(0.2);
  let scrapes = 0;
  for (let i = 0; i < 5000; i++) {
    writer.writeAny(0, IDS, i);
    scrapes += bytes[11] === 2 ? 1 : 0;
  }
  assert(scrapes > 900 && scrapes < 1100, `${scrapes} of 5000 are scrapes`);
});

Deno.test("source addresses begin at 127.0.0.1", () => {
  const textOf = (index: number) => new Uint8Array(Uint32Array.of(sourceAddress(index)).buffer).join(".");
  assertEquals([0, 1, 254, 255, 65_535].map(textOf), [
    "127.0.0.1",
    "127.0.0.2",
    "127.0.0.255",
    "127.0.1.0",
    "127.1.0.0",
  ]);
});
