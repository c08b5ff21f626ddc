import { assertEquals } from "@std/assert";
import {
  decodeTorrentHead,
  decodeVersion,
  encodeHeader,
  encodeTorrentHead,
  HEADER_BYTES,
  isHeaderPrefix,
  OPCODE_END,
  OPCODE_TORRENT,
  TORRENT_HEAD_BYTES,
  TorrentHead,
} from "../../src/odb/format.ts";
import { IPV4, IPV6 } from "../../src/peers/mod.ts";
import { bytesOf, EXAMPLE, hexOf, NOW_MIN } from "./helpers.ts";

Deno.test("the example is 89 bytes: header, opcode, torrent head, two records, end", () => {
  assertEquals(EXAMPLE.length, 89);
  assertEquals(HEADER_BYTES + TORRENT_HEAD_BYTES + 2 * 8 + 1, 89);
  assertEquals(EXAMPLE[15], OPCODE_TORRENT);
  assertEquals(EXAMPLE[88], OPCODE_END);
});

Deno.test("the header carries the version of its family", () => {
  assertEquals(hexOf(encodeHeader(IPV4)), "4f50454e545241434b455230303031");
  assertEquals(hexOf(encodeHeader(IPV6)), "4f50454e545241434b455230303036");
  assertEquals(decodeVersion(EXAMPLE.subarray(0, HEADER_BYTES)), "0001");
  assertEquals(decodeVersion(new TextEncoder().encode("OPENTRACKER0003")), "0003");
  assertEquals(decodeVersion(new TextEncoder().encode("OPENTRACKEr0001")), null);
});

Deno.test("each start of the header is a prefix of it, and nothing else is", () => {
  const header = encodeHeader(IPV4);
  for (let size = 0; size < HEADER_BYTES; size++) {
    assertEquals(isHeaderPrefix(header.subarray(0, size), IPV4), true, `${size} bytes`);
  }
  assertEquals(isHeaderPrefix(new TextEncoder().encode("OPENTRACKERS"), IPV4), false);
  assertEquals(isHeaderPrefix(new TextEncoder().encode("P"), IPV4), false);
});

Deno.test("the example's torrent head, decoded and encoded again", () => {
  const head = new TorrentHead();
  decodeTorrentHead(head, EXAMPLE, new DataView(EXAMPLE.buffer), HEADER_BYTES);
  assertEquals(hexOf(head.hash), "11".repeat(20));
  const { baseMin, seeders, peers, completed, count } = head;
  assertEquals({ baseMin, seeders, peers, completed, count }, {
    baseMin: NOW_MIN,
    seeders: 1,
    peers: 2,
    completed: 7,
    count: 2,
  });
  // At an odd place, with other bytes around.
  const bytes = new Uint8Array(TORRENT_HEAD_BYTES + 2).fill(0xaa);
  encodeTorrentHead(head, bytes, new DataView(bytes.buffer), 1);
  assertEquals(
    hexOf(bytes),
    "aa" + hexOf(EXAMPLE.subarray(HEADER_BYTES, HEADER_BYTES + TORRENT_HEAD_BYTES)) + "aa",
  );
});

Deno.test("64-bit fields are exact up to 2^53 - 1 and little-endian", () => {
  const head = new TorrentHead();
  head.baseMin = 0x01020304;
  head.seeders = 2 ** 32 - 1;
  head.peers = 2 ** 32;
  head.completed = Number.MAX_SAFE_INTEGER;
  head.count = 0x0a0b0c0d;
  const bytes = new Uint8Array(TORRENT_HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  encodeTorrentHead(head, bytes, view, 0);
  assertEquals(
    hexOf(bytes),
    hexOf(
      bytesOf(
        `fe ${"00".repeat(20)} 0403020100000000 ffffffff00000000 0000000001000000 ffffffffffff1f00 0d0c0b0a`,
      ),
    ),
  );
  const again = new TorrentHead();
  decodeTorrentHead(again, bytes, view, 0);
  assertEquals(again, head);
});
