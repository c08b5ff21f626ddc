import { assertEquals } from "@std/assert";
import {
  writeAnnounceReplyHead,
  writeConnectReply,
  writeErrorReply,
  writeScrapeEntry,
  writeScrapeReplyHead,
} from "../../src/udp/packet.ts";
import {
  readAnnounceReply,
  readConnectReply,
  readErrorReply,
  readReplyAction,
  readReplyTransactionId,
  readScrapeReply,
  writeAnnounce,
  writeConnect,
  writeScrape,
} from "../../src/udp/packet_client.ts";

const TRANSACTION_ID = 0xfedcba98;
const CONNECTION_ID = 0xf1e2d3c4b5a69788n;
const AT = 3;

/** The bytes that `write` leaves behind its offset; checks the length it returns and that nothing else is touched. */
function written(write: (view: DataView, at: number) => number): Uint8Array {
  const bytes = new Uint8Array(400).fill(0xaa);
  const length = write(new DataView(bytes.buffer), AT);
  assertEquals(bytes.subarray(0, AT), new Uint8Array(AT).fill(0xaa));
  assertEquals(bytes.subarray(AT + length), new Uint8Array(bytes.length - AT - length).fill(0xaa));
  return bytes.slice(AT, AT + length);
}

function assertBytes(actual: Uint8Array, ...expected: string[]): void {
  assertEquals(actual.toHex(), expected.join(""));
}

Deno.test("a connect request is 16 bytes", () => {
  const bytes = written((view, at) => writeConnect(view, at, TRANSACTION_ID));
  assertBytes(bytes, "0000041727101980", "00000000", "fedcba98");
});

Deno.test("a connect reply is 16 bytes", () => {
  const bytes = written((view, at) => writeConnectReply(view, at, TRANSACTION_ID, 0xf1e2d3c4, 0xb5a69788));
  assertBytes(bytes, "00000000", "fedcba98", "f1e2d3c4b5a69788");
  assertEquals(readReplyAction(bytes), 0);
  assertEquals(readReplyTransactionId(bytes), TRANSACTION_ID);
  assertEquals(readConnectReply(bytes), CONNECTION_ID);
});

Deno.test("an announce request is 98 bytes", () => {
  const bytes = written((view, at) =>
    writeAnnounce(view, at, CONNECTION_ID, TRANSACTION_ID, {
      infoHash: new Uint8Array(20).fill(0x11),
      peerId: new Uint8Array(20).fill(0x22),
      downloaded: 0x0102030405060708n,
      left: 0x1112131415161718n,
      uploaded: 0x2122232425262728n,
      event: 2,
      ip: 0xc0000201,
      key: 0x31323334,
      wanted: 50,
      port: 6881,
    })
  );
  assertBytes(
    bytes,
    "f1e2d3c4b5a69788",
    "00000001",
    "fedcba98",
    "11".repeat(20),
    "22".repeat(20),
    "0102030405060708",
    "1112131415161718",
    "2122232425262728",
    "00000002",
    "c0000201",
    "31323334",
    "00000032",
    "1ae1",
  );
});

Deno.test("an announce request has zeros for what is left out, and wants the default", () => {
  const bytes = written((view, at) =>
    writeAnnounce(view, at, CONNECTION_ID, TRANSACTION_ID, {
      infoHash: new Uint8Array(20).fill(0x11),
      port: 6881,
    })
  );
  const head = "f1e2d3c4b5a69788" + "00000001" + "fedcba98" + "11".repeat(20);
  assertBytes(bytes, head, "00".repeat(20 + 24 + 12), "ffffffff", "1ae1");
});

Deno.test("an announce reply has leechers before seeders, and then the peers", () => {
  const bytes = written((view, at) => {
    const head = writeAnnounceReplyHead(view, at, TRANSACTION_ID, 1800, 5, 0x80000002);
    view.setUint32(at + head, 0xc0000201);
    view.setUint16(at + head + 4, 6881);
    return head + 6;
  });
  assertBytes(bytes, "00000001", "fedcba98", "00000708", "00000005", "80000002", "c00002011ae1");
  assertEquals(readReplyAction(bytes), 1);
  assertEquals(readAnnounceReply(bytes), {
    intervalSec: 1800,
    leechers: 5,
    seeders: 0x80000002,
    peers: Uint8Array.fromHex("c00002011ae1"),
  });
});

Deno.test("a scrape request has 16 bytes and 20 for each hash", () => {
  const hashes = [0x11, 0x22].map((byte) => new Uint8Array(20).fill(byte));
  const bytes = written((view, at) => writeScrape(view, at, CONNECTION_ID, TRANSACTION_ID, hashes));
  assertBytes(bytes, "f1e2d3c4b5a69788", "00000002", "fedcba98", "11".repeat(20), "22".repeat(20));
});

Deno.test("a scrape reply has seeders, completed and leechers for each hash", () => {
  const bytes = written((view, at) => {
    let end = at + writeScrapeReplyHead(view, at, TRANSACTION_ID);
    end += writeScrapeEntry(view, end, 1, 2, 3);
    end += writeScrapeEntry(view, end, 0x80000000, 0xffffffff, 0);
    return end - at;
  });
  assertBytes(bytes, "00000002", "fedcba98", "000000010000000200000003", "80000000ffffffff00000000");
  assertEquals(readReplyAction(bytes), 2);
  assertEquals(readScrapeReply(bytes), [
    { seeders: 1, completed: 2, leechers: 3 },
    { seeders: 0x80000000, completed: 0xffffffff, leechers: 0 },
  ]);
});

Deno.test("an error reply is 8 bytes and the message", () => {
  const message = new TextEncoder().encode("No.\0");
  const bytes = written((view, at) => writeErrorReply(view, at, TRANSACTION_ID, message));
  assertBytes(bytes, "00000003", "fedcba98", "4e6f2e00");
  assertEquals(readReplyAction(bytes), 3);
  assertEquals(readErrorReply(bytes), "No.\0");
});
