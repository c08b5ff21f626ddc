import { assertEquals, assertThrows } from "@std/assert";
import {
  closeSockets,
  type ControlMessage,
  DatagramBatch,
  DatagramSender,
  type Libc,
  openUdpPort,
  receivePacketInfo,
} from "../../src/os/mod.ts";
import { turnPacketInfo } from "../../src/os/packet_info.ts";
import { openClient, testWithLibc } from "./libc.ts";

/**
 * Sends to `hostname` on a socket bound to 0.0.0.0 that is told to note it before or afterwards, or never. Returns from
 * which address the reply came.
 */
async function replyAddress(
  libc: Libc,
  hostname: string,
  options: { batch: ControlMessage; socket: "before" | "afterwards" | "never" },
): Promise<string> {
  const { fds: [fd], address: { port } } = openUdpPort(libc, { hostname: "0.0.0.0", port: 0 }, 1);
  const client = openClient("127.0.0.1");
  try {
    if (options.socket === "before") receivePacketInfo(libc, fd);
    for (let i = 0; i < 2; i++) await client.send(Uint8Array.of(1), { transport: "udp", hostname, port });
    if (options.socket === "afterwards") receivePacketInfo(libc, fd);
    const batch = new DatagramBatch(libc, options.batch);
    assertEquals(batch.receive(fd), 2);
    new Uint8Array(batch.replies)[batch.replyAt] = 2;
    // To the second, so that request and reply do not have the same place.
    batch.queueReply(1, 1);
    assertEquals(batch.sendReplies(fd), 1);
    const [reply, from] = await client.receive();
    assertEquals(reply, Uint8Array.of(2));
    return (from as Deno.NetAddr).hostname;
  } finally {
    client.close();
    closeSockets(libc, [fd]);
  }
}

testWithLibc(
  "replies leave from the address asked, whenever the socket was told to note it",
  async (libc) => {
    for (const hostname of ["127.0.0.5", "127.0.0.1"]) {
      for (const socket of ["before", "afterwards"] as const) {
        assertEquals(await replyAddress(libc, hostname, { batch: "packetInfo", socket }), hostname);
      }
    }
  },
);

testWithLibc(
  "replies leave from the route's address when the socket or the batch is not told",
  async (libc) => {
    assertEquals(
      await replyAddress(libc, "127.0.0.5", { batch: "packetInfo", socket: "never" }),
      "127.0.0.1",
    );
    assertEquals(await replyAddress(libc, "127.0.0.5", { batch: "none", socket: "before" }), "127.0.0.1");
  },
);

testWithLibc("a batch serves sockets with packet info of both families and without in turn", async (libc) => {
  const batch = new DatagramBatch(libc, "packetInfo");
  // An IPv4 message must not leave too little room for an IPv6 one, and a datagram without one must not have the last's.
  const rounds = [["0.0.0.0", "127.0.0.5"], ["::", "127.0.0.6"], ["127.0.0.7", "127.0.0.7"], ["::", "::1"]];
  for (const [bound, asked] of [...rounds, ...rounds]) {
    const { fds: [fd], address: { port } } = openUdpPort(libc, { hostname: bound, port: 0 }, 1);
    receivePacketInfo(libc, fd);
    const clients = [1, 2, 3].map(() => openClient(asked === "::1" ? "::1" : "127.0.0.1"));
    for (const client of clients) {
      await client.send(Uint8Array.of(1), { transport: "udp", hostname: asked, port });
    }
    assertEquals(batch.receive(fd), 3);
    // The second gets no reply, so that replies and requests do not have the same places.
    for (const index of [0, 2]) batch.queueReply(index, 1);
    assertEquals(batch.sendReplies(fd), 2);
    for (const index of [0, 2]) {
      const [, from] = await clients[index].receive();
      assertEquals((from as Deno.NetAddr).hostname, asked);
    }
    for (const client of clients) client.close();
    closeSockets(libc, [fd]);
  }
});

testWithLibc("receivePacketInfo() takes sockets on a wildcard address only", (libc) => {
  for (
    const [hostname, isWildcard] of [["0.0.0.0", true], ["::", true], ["127.0.0.1", false], ["::1", false]]
  ) {
    const { fds: [fd] } = openUdpPort(libc, { hostname: String(hostname), port: 0 }, 1);
    assertEquals(receivePacketInfo(libc, fd), isWildcard);
    closeSockets(libc, [fd]);
  }
  assertThrows(() => receivePacketInfo(libc, -1), Error, "getsockname failed with EBADF");
});

Deno.test("turnPacketInfo() leaves the interface of an IPv4 address to the route", () => {
  const sent = (interfaceIndex: number, ours: number) =>
    Uint32Array.of(0xffffffff, 28, 0, 0, 8, interfaceIndex, ours, 0x0500007f, 0xffffffff);
  for (const [received, source] of [[0x0900007f, 0x0900007f], [0, 0x0500007f]]) {
    const words = sent(7, received);
    assertEquals(turnPacketInfo(words, 1), 28);
    assertEquals(words, sent(0, source));
  }
});

/** An IPV6_PKTINFO message as the kernel writes it, behind one word of something else. */
function packetInfo6(address: string, interfaceIndex: number): Uint32Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + 36);
  const view = new DataView(bytes.buffer, 4);
  view.setUint32(0, 36, true);
  view.setUint32(8, 41, true);
  view.setUint32(12, 50, true);
  bytes.set(Uint8Array.fromHex(address), 4 + 16);
  view.setUint32(32, interfaceIndex, true);
  return new Uint32Array(bytes.buffer);
}

Deno.test("turnPacketInfo() leaves the interface to the route, but not that of a link-local address", () => {
  const addressOn = (start: string) => start.padEnd(32, "1");
  for (const [start, kept] of [["fe80", 7], ["febf", 7], ["fe7f", 0], ["fec0", 0], ["fd00", 0]] as const) {
    const words = packetInfo6(addressOn(start), 7);
    assertEquals(turnPacketInfo(words, 1), 36);
    assertEquals(words, packetInfo6(addressOn(start), kept), start);
  }
});

testWithLibc("what was asked at a broadcast address is answered from the route's address", (libc) => {
  const SOL_SOCKET = 1, SO_BROADCAST = 6;
  for (const hostname of ["::", "0.0.0.0"]) {
    const { fds: [fd], address: { port } } = openUdpPort(libc, { hostname, port: 0 }, 1);
    const client = openUdpPort(libc, { hostname: "127.0.0.1", port: 0 }, 1).fds[0];
    try {
      receivePacketInfo(libc, fd);
      libc.calls.setsockopt(client, SOL_SOCKET, SO_BROADCAST, new Int32Array([1]), 4);
      const target = { hostname: "127.255.255.255", port };
      const sender = new DatagramSender(libc, target, 16, false);
      sender.queue(1, 0);
      sender.send(client);
      const batch = new DatagramBatch(libc, "packetInfo");
      assertEquals(batch.receive(fd), 1);
      batch.queueReply(0, 1);
      assertEquals(batch.sendReplies(fd), 1, hostname);
      assertEquals(new DatagramBatch(libc).receive(client), 1);
    } finally {
      closeSockets(libc, [fd, client]);
    }
  }
});

testWithLibc(
  "a reply that may not leave from the address asked is not sent, and the next ones are",
  async (libc) => {
    const EPERM = 1;
    const { fds: [fd], address: { port } } = openUdpPort(libc, { hostname: "0.0.0.0", port: 0 }, 1);
    const clients = [1, 2, 3].map(() => openClient("127.0.0.1"));
    try {
      receivePacketInfo(libc, fd);
      let failures = 1;
      const sendmmsg: Libc["calls"]["sendmmsg"] = (...args) =>
        failures-- > 0 ? -1 : libc.calls.sendmmsg(...args);
      const batch = new DatagramBatch(
        { calls: { ...libc.calls, sendmmsg }, errno: EPERM } as unknown as Libc,
        "packetInfo",
      );
      for (const client of clients) {
        await client.send(Uint8Array.of(1), { transport: "udp", hostname: "127.0.0.5", port });
      }
      assertEquals(batch.receive(fd), 3);
      for (let index = 0; index < 3; index++) batch.queueReply(index, 1);
      assertEquals(batch.sendReplies(fd), 2);
      for (const client of clients.slice(1)) {
        const [, from] = await client.receive();
        assertEquals((from as Deno.NetAddr).hostname, "127.0.0.5");
      }
    } finally {
      for (const client of clients) client.close();
      closeSockets(libc, [fd]);
    }
  },
);
