import { assert, assertEquals } from "@std/assert";
import { readErrorReply, readReplyAction, writeConnect } from "../../src/udp/packet_client.ts";
import {
  announceRequest,
  HandlerFixture,
  hashOf,
  NOW_SEC,
  packet,
  rawRequest,
  scrapeRequest,
  SENDER4,
  SENDER6,
  TRANSACTION_ID,
} from "./handler.ts";

const HASH = hashOf(0x11);
const PROTOCOL_ID = 0x41727101980n;
const WRONG_ID = 0x1234567890abcdefn;
const WRONG_ID_TEXT = "Connection ID missmatch.\0";

const SILENCE = new Uint8Array(0);

Deno.test("UdpHandler answers a connect with the transaction id and an id that is good", () => {
  const fixture = new HandlerFixture();
  const answer = fixture.answer(packet((view) => writeConnect(view, 0, TRANSACTION_ID)));
  assertEquals(answer.length, 16);
  assertEquals(answer.subarray(0, 8).toHex(), "00000000fedcba98");
  fixture.announce({ infoHash: HASH, port: 6881 });
  assertEquals(fixture.counts, [2, 1, 0, 0]);
});

Deno.test("UdpHandler answers a connect with more bytes behind it alike", () => {
  const fixture = new HandlerFixture();
  assertEquals(
    fixture.answer(rawRequest(PROTOCOL_ID, 0, 16)),
    fixture.answer(rawRequest(PROTOCOL_ID, 0, 200, 0xff)).map(
      (byte, index) => index >= 4 && index < 8 ? 0 : byte,
    ),
  );
});

Deno.test("UdpHandler is silent on a connect without the protocol id", () => {
  const fixture = new HandlerFixture();
  for (let bit = 0n; bit < 64n; bit++) {
    assertEquals(fixture.answer(rawRequest(PROTOCOL_ID ^ (1n << bit), 0, 16)), SILENCE);
  }
  assertEquals(fixture.counts, [0, 0, 0, 64]);
});

Deno.test("UdpHandler is silent to a sender at port 0 or at no address", () => {
  const fixture = new HandlerFixture();
  const connect = rawRequest(PROTOCOL_ID, 0, 16);
  assertEquals(fixture.answer(connect, SENDER4, 0), SILENCE);
  assertEquals(fixture.answer(connect, "nobody", 1000), SILENCE);
  assertEquals(fixture.counts, [0, 0, 0, 2]);
});

Deno.test("UdpHandler gives an announce the counts and the others of the sender's family", () => {
  const fixture = new HandlerFixture();
  fixture.announce({ infoHash: HASH, port: 0x1ae1, left: 0n }, "192.0.2.2");
  fixture.announce({ infoHash: HASH, port: 0x1ae2, left: 5n }, "2001:db8::2");
  const answer = fixture.answer(
    announceRequest(fixture.connect(), { infoHash: HASH, port: 0x1ae3, left: 1n }),
  );
  const intervalSec = new DataView(answer.buffer).getUint32(8);
  assert(intervalSec >= 1620 && intervalSec <= 1980, `interval ${intervalSec}`);
  assertEquals(answer.subarray(0, 8).toHex(), "00000001" + "fedcba98");
  assertEquals(answer.subarray(12).toHex(), "00000002" + "00000001" + "c00002021ae1");
  const answer6 = fixture.announce({ infoHash: HASH, port: 0x1ae4, left: 1n }, SENDER6);
  assertEquals([answer6.leechers, answer6.seeders], [3, 1]);
  assertEquals(answer6.peers.toHex(), "20010db8000000000000000000000002" + "1ae2");
});

Deno.test("UdpHandler takes the peer's address from the packet's header, its port from the announce", () => {
  const fixture = new HandlerFixture();
  fixture.announce({ infoHash: HASH, port: 0xc8d5, ip: 0xc6336401 }, "192.0.2.2");
  assertEquals(fixture.announce({ infoHash: HASH, port: 1 }).peers.toHex(), "c0000202c8d5");
});

Deno.test("UdpHandler takes an IPv4-mapped sender for the IPv4 sender", () => {
  const fixture = new HandlerFixture();
  const id = fixture.connect("::ffff:192.0.2.1");
  assertEquals(fixture.connect("192.0.2.1"), id);
  fixture.announce({ infoHash: HASH, port: 1 }, "::ffff:192.0.2.1");
  assertEquals(fixture.announce({ infoHash: HASH, port: 1 }, "192.0.2.1").peers, SILENCE);
  assertEquals(fixture.announce({ infoHash: HASH, port: 2 }, "192.0.2.1").peers.toHex(), "c00002010001");
});

Deno.test("UdpHandler tells a seeder by all 64 bits of left", () => {
  const fixture = new HandlerFixture();
  const seeders = (left: bigint) => fixture.announce({ infoHash: HASH, port: 1, left }).seeders;
  assertEquals(seeders(0n), 1);
  for (const left of [1n, 0x80000000n, 0x100000000n, 0x8000000000000000n, 0xffffffffffffffffn]) {
    assertEquals(seeders(left), 0, `left ${left}`);
  }
});

Deno.test("UdpHandler follows the events", () => {
  const fixture = new HandlerFixture();
  const counts = (event: number, left: bigint) => {
    fixture.announce({ infoHash: HASH, port: 1, event, left });
    return fixture.scrape([HASH])[0];
  };
  assertEquals(counts(2, 1n), { seeders: 0, completed: 0, leechers: 1 });
  assertEquals(counts(1, 0n), { seeders: 1, completed: 1, leechers: 0 });
  assertEquals(counts(1, 0n), { seeders: 1, completed: 1, leechers: 0 });
  assertEquals(counts(0, 0n), { seeders: 1, completed: 1, leechers: 0 });
  assertEquals(counts(4, 0n), { seeders: 0, completed: 1, leechers: 1 }, "a paused peer is a leecher");
  for (const unknown of [5, 255, 256 + 3, 0x03000000, 0xffffffff]) {
    assertEquals(counts(unknown, 0n), { seeders: 1, completed: 1, leechers: 0 }, `event ${unknown}`);
  }
  assertEquals(counts(3, 0n), { seeders: 0, completed: 1, leechers: 0 });
});

Deno.test("UdpHandler gives a stopped peer no peers", () => {
  const fixture = new HandlerFixture();
  for (let port = 1; port <= 5; port++) fixture.announce({ infoHash: HASH, port });
  assertEquals(fixture.announce({ infoHash: HASH, port: 1, event: 3 }).peers, SILENCE);
});

Deno.test("UdpHandler gives as many peers as are wanted, by default 50 and at most 200, over IPv6 66", () => {
  const fixture = new HandlerFixture();
  for (let port = 1; port <= 301; port++) {
    fixture.announce({ infoHash: HASH, port, wanted: 0 }, SENDER4);
    fixture.announce({ infoHash: HASH, port, wanted: 0 }, SENDER6);
  }
  for (
    const [wanted, count4, count6] of [
      [-1, 50, 50],
      [-2147483648, 50, 50],
      [0, 0, 0],
      [1, 1, 1],
      [5, 5, 5],
      [66, 66, 66],
      [67, 67, 66],
      [200, 200, 66],
      [201, 200, 66],
      [2147483647, 200, 66],
    ]
  ) {
    for (const [sender, count, stride] of [[SENDER4, count4, 6], [SENDER6, count6, 18]] as const) {
      const { peers } = fixture.announce({ infoHash: HASH, port: 1, wanted }, sender);
      assertEquals(peers.length, count * stride, `${wanted} wanted from ${sender}`);
      const ports = new Set<number>();
      for (let at = stride - 2; at < peers.length; at += stride) ports.add(peers[at] << 8 | peers[at + 1]);
      assertEquals(ports.size, count, "the same peer twice");
      assert(!ports.has(1), "the requester among its peers");
    }
  }
});

Deno.test("UdpHandler refuses port 0 with an error", () => {
  const fixture = new HandlerFixture();
  const answer = fixture.answer(announceRequest(fixture.connect(), { infoHash: HASH, port: 0 }));
  assertEquals(answer.subarray(0, 8).toHex(), "00000003fedcba98");
  assertEquals(readErrorReply(answer), "Port 0 is not allowed.");
  assertEquals(fixture.counts, [1, 0, 0, 1]);
  assertEquals(fixture.scrape([HASH]), [{ seeders: 0, completed: 0, leechers: 0 }]);
});

Deno.test("UdpHandler skips the options behind an announce, whatever they are (BEP 41)", () => {
  const fixture = new HandlerFixture();
  const announce = announceRequest(fixture.connect(), { infoHash: HASH, port: 1 });
  const options = [
    "00",
    "01",
    "0101010100",
    "0209" + "2f616e6e6f756e6365",
    "02ff2f",
    "02",
    "ff00",
    "7f05aa",
    "aa".repeat(300),
  ];
  for (const option of options) {
    const answer = fixture.answer(Uint8Array.of(...announce, ...Uint8Array.fromHex(option)));
    assertEquals(readReplyAction(answer), 1, option);
  }
  assertEquals(fixture.counts, [1, options.length, 0, 0]);
});

Deno.test("UdpHandler answers a scrape by position: twice the same, unknown ones, none left out", () => {
  const fixture = new HandlerFixture();
  const [known, other, unknown] = [hashOf(1), hashOf(2), hashOf(3)];
  fixture.announce({ infoHash: known, port: 1, left: 0n, event: 1 });
  fixture.announce({ infoHash: known, port: 2, left: 1n });
  fixture.announce({ infoHash: known, port: 3, left: 1n }, SENDER6);
  fixture.announce({ infoHash: other, port: 1, left: 1n });
  const counts = { seeders: 1, completed: 1, leechers: 2 };
  const none = { seeders: 0, completed: 0, leechers: 0 };
  assertEquals(
    fixture.scrape([unknown, known, other, known, unknown, known]),
    [none, counts, { ...none, leechers: 1 }, counts, none, counts],
  );
  assertEquals(fixture.scrape([known], SENDER6), [counts]);
  assertEquals(fixture.counts[2], 2);
});

Deno.test("UdpHandler answers the first 74 hashes of a scrape", () => {
  const fixture = new HandlerFixture();
  fixture.announce({ infoHash: HASH, port: 1, left: 0n });
  for (const count of [1, 73, 74, 75, 80]) {
    const entries = fixture.scrape(Array.from({ length: count }, () => HASH));
    assertEquals(entries.length, Math.min(count, 74));
    assert(entries.every((entry) => entry.seeders === 1));
  }
});

Deno.test("UdpHandler answers the whole hashes of a scrape that ends within one", () => {
  const fixture = new HandlerFixture();
  const request = scrapeRequest(fixture.connect(), [HASH, HASH]);
  for (let cut = 1; cut < 20; cut++) {
    assertEquals(fixture.answer(request.subarray(0, request.length - cut)).length, 8 + 12);
  }
});

Deno.test("UdpHandler refuses a scrape without a hash with an error", () => {
  const fixture = new HandlerFixture();
  const id = fixture.connect();
  for (const length of [16, 17, 35]) {
    const answer = fixture.answer(rawRequest(id, 2, length));
    assertEquals(readReplyAction(answer), 3);
    assertEquals(readErrorReply(answer), "No info hash given.");
  }
  assertEquals(fixture.counts, [1, 0, 0, 3]);
});

Deno.test("UdpHandler answers a wrong connection id with the known text where it is not longer than the request", () => {
  const fixture = new HandlerFixture();
  for (const action of [1, 2]) {
    for (let length = 16; length < 33; length++) {
      assertEquals(fixture.answer(rawRequest(WRONG_ID, action, length)), SILENCE);
    }
    for (const length of [33, 36, 98, 200]) {
      const answer = fixture.answer(rawRequest(WRONG_ID, action, length));
      assertEquals(answer.length, 33);
      assertEquals(readReplyAction(answer), 3);
      assertEquals(readErrorReply(answer), WRONG_ID_TEXT);
    }
  }
  assertEquals(fixture.counts, [0, 0, 0, 2 * (17 + 4)]);
});

Deno.test("UdpHandler takes a connection id only from its address, whatever the port, for two minutes", () => {
  const fixture = new HandlerFixture();
  const request = announceRequest(fixture.connect(), { infoHash: HASH, port: 1 });
  const action = (...from: [string?, number?, number?]) => readReplyAction(fixture.answer(request, ...from));
  assertEquals(action(SENDER4, 1), 1);
  assertEquals(action(SENDER4, 1, NOW_SEC + 120), 1);
  assertEquals(action(SENDER4, 1, NOW_SEC + 121), 3);
  assertEquals(action("192.0.2.2", 1), 3);
  assertEquals(action(SENDER6, 1), 3);
});
