// Announces that are answered together, and those that are not: which peers of a large torrent they are told of.

import { assert, assertEquals } from "@std/assert";
import { BATCH_SIZE } from "../../src/os/mod.ts";
import { readAnnounceReply, writeAnnounce } from "../../src/udp/packet_client.ts";
import { openClient, testWithLibc } from "../os/libc.ts";
import { hashOf } from "./handler.ts";
import { issueLoopbackId } from "./issued_id.ts";
import { UdpServer } from "./server.ts";

const HOST = "127.0.0.1";
const LEECHERS = BATCH_SIZE * 3;
const WANTED = 40;
/** So many choices in a row tell of nobody twice when each begins where the one before has ended. */
const AROUND = Math.floor(LEECHERS / WANTED);

const packet = new DataView(new ArrayBuffer(200));

testWithLibc(
  "announces that wait together are told of peers in a row, and those that do not are not",
  async (libc) => {
    const client = openClient(HOST);
    let connectionId = 0n;
    const send = async (port: number, left: bigint, wanted: number, to: number): Promise<void> => {
      const fields = { infoHash: hashOf(1), left, port, wanted };
      const length = writeAnnounce(packet, 0, connectionId, 0, fields);
      const bytes = new Uint8Array(packet.buffer, 0, length);
      await client.send(bytes, { transport: "udp", hostname: HOST, port: to });
    };
    await using server = await UdpServer.start(
      [{ hostname: HOST, port: 0 }],
      1,
      "libc",
      async ([{ port }], secret) => {
        connectionId = issueLoopbackId(libc, secret);
        // Whole batches of leechers who want nobody, and then some of one seeder.
        for (let peer = 0; peer < LEECHERS; peer++) await send(1 + peer, 1n, 0, port);
        for (let times = 0; times < AROUND; times++) await send(60_000, 0n, WANTED, port);
      },
    );
    for (let peer = 0; peer < LEECHERS; peer++) assertEquals(await portsTold(client), []);
    assertEquals((await toldInARow(client, () => Promise.resolve())).size, AROUND * WANTED);
    const [{ port }] = server.addresses;
    let repeated = 0;
    for (let round = 0; round < 10; round++) {
      const told = await toldInARow(client, () => send(60_000, 0n, WANTED, port));
      if (told.size < AROUND * WANTED) repeated++;
    }
    assert(repeated > 5, `${repeated} of 10 rounds of choices have told of somebody twice`);
    client.close();
  },
);

/** The ports told of by so many answers as go around, before each of which `ask` is called. */
async function toldInARow(client: Deno.DatagramConn, ask: () => Promise<void>): Promise<Set<number>> {
  const ports = new Set<number>();
  for (let times = 0; times < AROUND; times++) {
    await ask();
    const told = await portsTold(client);
    assertEquals(told.length, WANTED);
    for (const port of told) ports.add(port);
  }
  return ports;
}

async function portsTold(client: Deno.DatagramConn): Promise<number[]> {
  const [bytes] = await client.receive(new Uint8Array(2000));
  const { peers } = readAnnounceReply(bytes);
  return Array.from({ length: peers.length / 6 }, (_, i) => peers[i * 6 + 4] << 8 | peers[i * 6 + 5]);
}
