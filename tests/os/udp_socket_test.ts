import { assert, assertEquals, assertThrows } from "@std/assert";
import { closeSockets, DatagramBatch, openUdpPort, SocketError } from "../../src/os/mod.ts";
import { Libc } from "../../src/os/libc.ts";
import { openClient, testWithLibc } from "./libc.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

testWithLibc("openUdpPort() gives all its sockets one free port", (libc) => {
  const { fds, address } = openUdpPort(libc, LOOPBACK, 3);
  assertEquals(new Set(fds).size, 3);
  assertEquals(address.hostname, "127.0.0.1");
  assert(address.port > 0);
  closeSockets(libc, fds);
});

testWithLibc("openUdpPort() spreads senders over the sockets of a port", async (libc) => {
  const { fds, address } = openUdpPort(libc, LOOPBACK, 2);
  const clients = Array.from({ length: 64 }, () => openClient("127.0.0.1"));
  for (const client of clients) await client.send(new Uint8Array(1), { transport: "udp", ...address });
  const batch = new DatagramBatch(libc);
  const counts = fds.map((fd) => batch.receiveReady(fd));
  assertEquals(counts[0] + counts[1], clients.length);
  assert(counts[0] > 0 && counts[1] > 0, `all senders on one socket: ${counts}`);
  for (const client of clients) client.close();
  closeSockets(libc, fds);
});

testWithLibc("openUdpPort() refuses a port that is in use, shared or not", (libc) => {
  for (const count of [1, 2]) {
    const { fds, address } = openUdpPort(libc, LOOPBACK, count);
    for (const again of [1, 2]) {
      const error = assertThrows(() => openUdpPort(libc, address, again), SocketError);
      assertEquals(error.code, "EADDRINUSE");
      assertEquals(
        error.message,
        `Cannot open UDP 127.0.0.1:${address.port}: the address is already in use (EADDRINUSE)`,
      );
    }
    closeSockets(libc, fds);
    const { fds: later } = openUdpPort(libc, address, count);
    closeSockets(libc, later);
  }
});

testWithLibc("openUdpPort() names an address that the machine does not have", (libc) => {
  const error = assertThrows(() => openUdpPort(libc, { hostname: "192.0.2.77", port: 5 }, 1), SocketError);
  assertEquals(error.code, "EADDRNOTAVAIL");
  assertEquals(
    error.message,
    "Cannot open UDP 192.0.2.77:5: this machine does not have the address (EADDRNOTAVAIL)",
  );
});

testWithLibc("openUdpPort() takes IP literals only", (libc) => {
  assertThrows(() => openUdpPort(libc, { hostname: "localhost", port: 0 }, 1), TypeError, "localhost");
});

testWithLibc("openUdpPort() leaves no socket open when it fails", (libc) => {
  const { fds, address } = openUdpPort(libc, LOOPBACK, 1);
  const opened: number[] = [];
  const closed: number[] = [];
  const symbols = {
    ...libc.calls,
    socket(family: number, type: number, protocol: number): number {
      const fd = libc.calls.socket(family, type, protocol);
      opened.push(fd);
      return fd;
    },
    close(fd: number): number {
      closed.push(fd);
      return libc.calls.close(fd);
    },
  };
  const recorded = new Libc({ symbols, close() {} });
  assertThrows(() => openUdpPort(recorded, address, 2), SocketError);
  assertEquals(opened.length, 1);
  assertEquals(closed, opened);
  closeSockets(libc, fds);
});

testWithLibc("openUdpPort() of :: takes IPv4 too, and of another IPv6 address not", (libc) => {
  const both = openUdpPort(libc, { hostname: "::", port: 0 }, 2);
  assertEquals(both.address.hostname, "::");
  const error = assertThrows(
    () => openUdpPort(libc, { hostname: "0.0.0.0", port: both.address.port }, 1),
    SocketError,
  );
  assertEquals(error.code, "EADDRINUSE");
  closeSockets(libc, both.fds);
  const only6 = openUdpPort(libc, { hostname: "::1", port: 0 }, 1);
  assertEquals(only6.address.hostname, "::1");
  closeSockets(libc, only6.fds);
});
