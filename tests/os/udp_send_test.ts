import { assertEquals, assertThrows } from "@std/assert";
import { BATCH_SIZE, closeSockets, DatagramSender, type Libc, openUdpPort } from "../../src/os/mod.ts";
import { openClient, testWithLibc } from "./libc.ts";

const SLOT_BYTES = 8;

/** 127.0.0.x as it lies in memory. */
function loopback(last: number): number {
  return new Uint32Array(Uint8Array.of(127, 0, 0, last).buffer)[0];
}

/** Sends `count` datagrams of growing length to `hostname`, and returns from where and with what they came. */
async function sendAndReceive(
  libc: Libc,
  hostname: string,
  choosesSource: boolean,
  count: number,
): Promise<string[]> {
  const client = openClient(hostname);
  const any = hostname.includes(":") ? "::" : "0.0.0.0";
  const { fds } = openUdpPort(libc, { hostname: any, port: 0 }, 1);
  try {
    const sender = new DatagramSender(libc, client.addr as Deno.NetAddr, SLOT_BYTES, choosesSource);
    const bytes = new Uint8Array(sender.datagrams);
    for (let index = 0; index < count; index++) {
      bytes.fill(index, sender.nextAt, sender.nextAt + SLOT_BYTES);
      sender.queue(lengthOf(index), loopback(1 + index));
    }
    sender.send(fds[0]);
    assertEquals(sender.nextAt, 0);
    const received: string[] = [];
    while (received.length < count) {
      const [data, from] = await client.receive();
      received.push(`${(from as Deno.NetAddr).hostname}: ${data.join()}`);
    }
    return received;
  } finally {
    client.close();
    closeSockets(libc, fds);
  }
}

function lengthOf(index: number): number {
  return 1 + index % SLOT_BYTES;
}

function expected(count: number, hostnameOf: (index: number) => string): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${hostnameOf(index)}: ${new Array(lengthOf(index)).fill(index).join()}`,
  );
}

testWithLibc("datagrams leave from the addresses that were chosen", async (libc) => {
  const received = await sendAndReceive(libc, "127.0.0.1", true, BATCH_SIZE);
  assertEquals(received, expected(BATCH_SIZE, (index) => `127.0.0.${1 + index}`));
});

testWithLibc("datagrams leave from the route's address where none is chosen", async (libc) => {
  assertEquals(await sendAndReceive(libc, "127.0.0.1", false, 3), expected(3, () => "127.0.0.1"));
});

testWithLibc("a datagram that cannot be sent is an error that says why", (libc) => {
  const sender = new DatagramSender(libc, { hostname: "127.0.0.1", port: 1 }, SLOT_BYTES, false);
  sender.queue(1, 0);
  assertThrows(() => sender.send(-1), Error, "Cannot send datagrams: sendmmsg failed with EBADF");
});
