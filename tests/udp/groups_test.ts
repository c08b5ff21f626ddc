import { assertEquals } from "@std/assert";
import { BATCH_SIZE } from "../../src/os/mod.ts";
import {
  ACTION_ANNOUNCE,
  ACTION_CONNECT,
  CONNECT_REPLY_BYTES,
  CONNECT_REPLY_ID,
  REPLY_ACTION,
  REPLY_TRANSACTION_ID,
} from "../../src/udp/mod.ts";
import { writeAnnounce, writeConnect } from "../../src/udp/packet_client.ts";
import { openClient, testWithLibc } from "../os/libc.ts";
import { hashOf } from "./handler.ts";
import { UdpServer } from "./server.ts";

testWithLibc("of many datagrams that wait together each is answered by itself", async () => {
  // A batch, and one that is no multiple of what a handler takes at once; every third one is too short to be answered.
  const clients = Array.from(
    { length: BATCH_SIZE + 40 },
    (_, index) => openClient(`127.0.0.${1 + index % 5}`),
  );
  const isSilent = (index: number) => index % 3 === 2;
  const packet = new DataView(new ArrayBuffer(200));
  await using server = await UdpServer.start(
    [{ hostname: "0.0.0.0", port: 0 }],
    1,
    "libc",
    async ([{ port }]) => {
      for (const [index, client] of clients.entries()) {
        const length = writeConnect(packet, 0, index);
        const bytes = new Uint8Array(packet.buffer, 0, isSilent(index) ? length - 1 : length);
        await client.send(bytes, { transport: "udp", hostname: "127.0.0.1", port });
      }
    },
  );
  const [{ port }] = server.addresses;
  for (const [index, client] of clients.entries()) {
    if (isSilent(index)) continue;
    const reply = await receive(client);
    assertEquals(reply.byteLength, CONNECT_REPLY_BYTES);
    assertEquals([reply.getUint32(REPLY_ACTION), reply.getUint32(REPLY_TRANSACTION_ID)], [
      ACTION_CONNECT,
      index,
    ]);
    // The connection id is good from the client's own address alone.
    const id = reply.getBigUint64(CONNECT_REPLY_ID);
    const length = writeAnnounce(packet, 0, id, index, {
      infoHash: hashOf(index),
      left: 1n,
      port: 1 + index,
    });
    const bytes = new Uint8Array(packet.buffer, 0, length);
    await client.send(bytes, { transport: "udp", hostname: "127.0.0.1", port });
    const answer = await receive(client);
    assertEquals([answer.getUint32(REPLY_ACTION), answer.getUint32(REPLY_TRANSACTION_ID)], [
      ACTION_ANNOUNCE,
      index,
    ]);
  }
  for (const client of clients) client.close();
});

async function receive(client: Deno.DatagramConn): Promise<DataView> {
  const [bytes] = await client.receive(new Uint8Array(2000));
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
