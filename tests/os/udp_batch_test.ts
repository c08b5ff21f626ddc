import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  AF_INET,
  AF_INET6,
  BATCH_SIZE,
  closeSockets,
  DatagramBatch,
  type Libc,
  microsecondsBetween,
  MonotonicClock,
  openUdpPort,
  SENDER_BYTES,
  SLOT_BYTES,
  SocketPoll,
} from "../../src/os/mod.ts";
import { onAndOn, openClient, testWithLibc } from "./libc.ts";

/** A file descriptor beyond all that a process may have. Tests run side by side, so a closed one may be another's. */
const NEVER_OPEN = 2 ** 30;

function open(libc: Libc, hostname: string) {
  const { fds, address } = openUdpPort(libc, { hostname, port: 0 }, 1);
  return { fd: fds[0], address: { transport: "udp" as const, ...address } };
}

function portOf(client: Deno.DatagramConn): number {
  return (client.addr as Deno.NetAddr).port;
}

/** Queues a reply of `bytes` to each of `count` datagrams just received. */
function queueAll(batch: DatagramBatch, count: number, bytes: Uint8Array): void {
  for (let index = 0; index < count; index++) {
    new Uint8Array(batch.replies, batch.replyAt).set(bytes);
    batch.queueReply(index, bytes.length);
  }
}

for (
  const [hostname, family, addressAt, address] of [
    ["127.0.0.1", AF_INET, 4, "7f000001"],
    ["::1", AF_INET6, 8, "00000000000000000000000000000001"],
  ] as const
) {
  testWithLibc(`DatagramBatch receives and answers on ${hostname}`, async (libc) => {
    const { fd, address: server } = open(libc, hostname);
    const clients = [openClient(hostname), openClient(hostname), openClient(hostname)];
    for (const [index, client] of clients.entries()) {
      await client.send(new Uint8Array(10 + index).fill(index), server);
    }
    const batch = new DatagramBatch(libc);
    assertEquals(batch.receive(fd), 3);
    const senders = new DataView(batch.senders);
    for (const [index, client] of clients.entries()) {
      assertEquals(batch.receivedLength(index), 10 + index);
      assertEquals(
        new Uint8Array(batch.received, index * SLOT_BYTES, 10 + index),
        new Uint8Array(10 + index).fill(index),
      );
      assertEquals(senders.getUint16(index * SENDER_BYTES, true), family);
      assertEquals(senders.getUint16(index * SENDER_BYTES + 2), portOf(client));
      const bytes = new Uint8Array(batch.senders, index * SENDER_BYTES + addressAt, address.length / 2);
      assertEquals(bytes.toHex(), address);
    }
    // The first and the third get a reply, each its own and of its own length; the second gets none.
    for (const index of [0, 2]) {
      assertEquals(batch.replyAt, index === 0 ? 0 : 128);
      new Uint8Array(batch.replies, batch.replyAt).fill(0x40 + index, 0, 65 + index);
      batch.queueReply(index, 65 + index);
    }
    assertEquals(batch.sendReplies(fd), 2);
    for (const index of [0, 2]) {
      const [reply] = await clients[index].receive();
      assertEquals(reply, new Uint8Array(65 + index).fill(0x40 + index));
    }
    for (const client of clients) client.close();
    closeSockets(libc, [fd]);
  });
}

testWithLibc("DatagramBatch answers IPv4 and IPv6 in turn from one batch", async (libc) => {
  const batch = new DatagramBatch(libc);
  // A name of 16 bytes must not leave room for no more than 16 in the next call.
  for (const hostname of ["127.0.0.1", "::1", "127.0.0.1", "::1"]) {
    const { fd, address } = open(libc, hostname);
    const client = openClient(hostname);
    await client.send(Uint8Array.of(1), address);
    assertEquals(batch.receive(fd), 1);
    queueAll(batch, 1, Uint8Array.of(7, 8, 9));
    assertEquals(batch.sendReplies(fd), 1);
    assertEquals((await client.receive())[0], Uint8Array.of(7, 8, 9));
    client.close();
    closeSockets(libc, [fd]);
  }
});

testWithLibc("DatagramBatch takes a full batch and leaves the rest for the next", async (libc) => {
  const { fd, address } = open(libc, "127.0.0.1");
  const client = openClient("127.0.0.1");
  for (let i = 0; i < BATCH_SIZE + 6; i++) await client.send(Uint8Array.of(i), address);
  const batch = new DatagramBatch(libc);
  assertEquals(batch.receive(fd), BATCH_SIZE);
  assertEquals(new Uint8Array(batch.received)[(BATCH_SIZE - 1) * SLOT_BYTES], BATCH_SIZE - 1);
  queueAll(batch, BATCH_SIZE, Uint8Array.of(1));
  assertEquals(batch.sendReplies(fd), BATCH_SIZE);
  assertEquals(batch.receive(fd), 6);
  assertEquals(new Uint8Array(batch.received)[0], BATCH_SIZE);
  client.close();
  closeSockets(libc, [fd]);
});

testWithLibc("DatagramBatch cuts a datagram off at its slot", async (libc) => {
  const { fd, address } = open(libc, "127.0.0.1");
  const client = openClient("127.0.0.1");
  await client.send(new Uint8Array(SLOT_BYTES + 100).fill(1), address);
  await client.send(Uint8Array.of(2), address);
  const batch = new DatagramBatch(libc);
  assertEquals(batch.receive(fd), 2);
  assertEquals(batch.receivedLength(0), SLOT_BYTES);
  assertEquals(new Uint8Array(batch.received)[SLOT_BYTES], 2);
  client.close();
  closeSockets(libc, [fd]);
});

testWithLibc("DatagramBatch takes an empty datagram for one", async (libc) => {
  const { fd, address } = open(libc, "127.0.0.1");
  const client = openClient("127.0.0.1");
  await client.send(new Uint8Array(0), address);
  const batch = new DatagramBatch(libc);
  assertEquals(batch.receive(fd), 1);
  assertEquals(batch.receivedLength(0), 0);
  client.close();
  closeSockets(libc, [fd]);
});

testWithLibc("DatagramBatch returns 0 when nothing comes", (libc) => {
  const { fd } = open(libc, "127.0.0.1");
  const batch = new DatagramBatch(libc);
  assertEquals(batch.receiveReady(fd), 0);
  assertEquals(batch.receive(fd), 0);
  assertEquals(batch.sendReplies(fd), 0);
  closeSockets(libc, [fd]);
});

testWithLibc("DatagramBatch skips a reply that cannot be sent and sends the others", async (libc) => {
  const { fd, address } = open(libc, "127.0.0.1");
  const client = openClient("127.0.0.1");
  for (let i = 0; i < 4; i++) await client.send(Uint8Array.of(i), address);
  const batch = new DatagramBatch(libc);
  assertEquals(batch.receive(fd), 4);
  // No datagram can go to port 0, as a first, middle or last one.
  const senders = new DataView(batch.senders);
  for (const index of [0, 2, 3]) senders.setUint16(index * SENDER_BYTES + 2, 0);
  queueAll(batch, 4, Uint8Array.of(5));
  assertEquals(batch.sendReplies(fd), 1);
  assertEquals((await client.receive())[0], Uint8Array.of(5));
  client.close();
  closeSockets(libc, [fd]);
});

testWithLibc("DatagramBatch names the error of a socket that is not open", (libc) => {
  const batch = new DatagramBatch(libc);
  assertThrows(
    () => onAndOn(() => batch.receive(NEVER_OPEN)),
    Error,
    "Cannot receive datagrams: recvmmsg failed with EBADF",
  );
  queueAll(batch, BATCH_SIZE, Uint8Array.of(1));
  assertEquals(batch.sendReplies(NEVER_OPEN), 0);
});

testWithLibc("SocketPoll tells which sockets have a datagram", async (libc) => {
  const servers = ["127.0.0.1", "127.0.0.1", "::1"].map((hostname) => open(libc, hostname));
  const fds = servers.map(({ fd }) => fd);
  const poll = new SocketPoll(libc, fds);
  const ready = () => fds.map((_, index) => poll.isReady(index));
  assertEquals(poll.wait(0), 0);
  assertEquals(ready(), [false, false, false]);
  const client = openClient("::1");
  await client.send(Uint8Array.of(1), servers[2].address);
  assertEquals(poll.wait(1000), 1);
  assertEquals(ready(), [false, false, true]);
  client.close();
  closeSockets(libc, fds);
});

testWithLibc("SocketPoll takes a socket with an error for ready", (libc) => {
  const poll = new SocketPoll(libc, [NEVER_OPEN]);
  assertEquals(poll.wait(1000), 1);
  assertEquals(poll.isReady(0), true);
});

testWithLibc("MonotonicClock counts the seconds since the machine started", (libc) => {
  const clock = new MonotonicClock(libc);
  const uptimeSec = () => Math.floor(Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]));
  // The uptime counts also the time asleep, so it is never less.
  const before = clock.seconds();
  assert(before <= uptimeSec() + 1, `${before} s, but the machine runs for ${uptimeSec()} s`);
  assert(before > 0);
  assert(clock.seconds() >= before);
});

testWithLibc(
  "MonotonicClock sleeps no shorter than it is told, and knows by how much two readings differ",
  (libc) => {
    const clock = new MonotonicClock(libc);
    clock.seconds();
    const beforeUs = clock.lastMicroseconds;
    clock.sleep(20_000);
    assertEquals(clock.lastMicroseconds, beforeUs);
    clock.seconds();
    const sleptUs = microsecondsBetween(beforeUs, clock.lastMicroseconds);
    assert(sleptUs >= 20_000 && sleptUs < 10_000_000, `${sleptUs} µs`);
    assertEquals(microsecondsBetween(2 ** 30 - 5, 7), 12);
  },
);
