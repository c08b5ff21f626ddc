// Each datagram that is not served is counted by what was wrong with it.
import { assertEquals } from "@std/assert";
import { writeConnect } from "../../src/udp/packet_client.ts";
import { renewalsOf } from "../../src/stats/counters.ts";
import { requestsOf } from "../../src/stats/mod.ts";
import { accessOf, budgetOf, hashList, networkList } from "../access/lists.ts";
import {
  announceRequest,
  HandlerFixture,
  hashOf,
  packet,
  rawRequest,
  scrapeRequest,
  SENDER4,
  TRANSACTION_ID,
} from "./handler.ts";

const HASH = hashOf(0x11);
const PROTOCOL_ID = 0x41727101980n;
const CONNECT = packet((view) => writeConnect(view, 0, TRANSACTION_ID));
const REFUSED_SENDER = "198.51.100.1";

Deno.test("what is wrong with a datagram by itself is its cause", () => {
  const fixture = new HandlerFixture();
  const id = fixture.connect();
  fixture.answer(CONNECT.subarray(0, 15));
  fixture.answer(new Uint8Array());
  fixture.answer(rawRequest(id, 1, 97));
  assertEquals(fixture.errors, { too_short: 3 });
  fixture.answer(CONNECT, SENDER4, 0);
  fixture.answer(rawRequest(id, 3, 98));
  fixture.answer(rawRequest(PROTOCOL_ID + 1n, 0, 16));
  fixture.answer(announceRequest(id + 1n, { infoHash: HASH, port: 1 }));
  fixture.answer(rawRequest(id + 1n, 2, 16));
  fixture.answer(scrapeRequest(id, []));
  fixture.answer(announceRequest(id, { infoHash: HASH, port: 0 }));
  assertEquals(fixture.errors, {
    too_short: 3,
    bad_sender_port: 1,
    unknown_action: 1,
    bad_protocol_id: 1,
    bad_connection_id: 2,
    no_info_hash: 1,
    bad_port: 1,
  });
  assertEquals(fixture.counts, [1, 0, 0, 10]);
});

Deno.test("what the operator refuses has causes of its own", async () => {
  const access = accessOf({
    networks: networkList([`${REFUSED_SENDER}/32`]),
    whitelist: await hashList([HASH]),
    clients: ["-XL"],
    budget: budgetOf(3, 10),
  }, () => 0);
  const fixture = new HandlerFixture(0xaa, access);
  const id = fixture.connect();
  fixture.answer(CONNECT, REFUSED_SENDER);
  assertEquals(fixture.errors, { refused_address: 1 });
  const peerId = hashOf(0x41);
  new TextEncoder().encodeInto("-XL0012-", peerId);
  fixture.answer(announceRequest(id, { infoHash: HASH, peerId, port: 1 }));
  fixture.answer(announceRequest(id, { infoHash: hashOf(0x22), port: 1 }));
  fixture.answer(announceRequest(id, { infoHash: HASH, port: 1 }));
  fixture.answer(announceRequest(id, { infoHash: HASH, port: 1 }));
  assertEquals(fixture.errors, {
    refused_address: 1,
    too_many_announces: 1,
    refused_client: 1,
    refused_torrent: 1,
  });
  assertEquals(fixture.counts, [1, 1, 0, 4]);
});

Deno.test("renewals and completions are counted with the announces", () => {
  const fixture = new HandlerFixture();
  for (const event of [2, 1, 1, 0, 3]) fixture.announce({ infoHash: HASH, port: 1, event, left: 0n });
  const { udpAnnounces, completed } = requestsOf(fixture.counters);
  assertEquals([udpAnnounces, completed], [5, 1]);
  assertEquals(renewalsOf(fixture.counters), [3, ...new Array(45).fill(0)]);
});
