import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BlockingSocket,
  closeSockets,
  EAGAIN,
  type Libc,
  openTcpPort,
  openUnixListener,
  SOCKADDR_IN6_ADDRESS,
  SOCKADDR_IN_ADDRESS,
  SOCKADDR_PORT,
  SocketError,
  StreamSockets,
  UNIX_SOCKET_MODE,
} from "../../src/os/mod.ts";
import { TempFolder } from "../harness.ts";
import { IPV6_LOOPBACK } from "../requirements.ts";
import { until } from "../within.ts";
import { testWithLibc } from "./libc.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const PATIENCE_MS = 10_000;
const EBADF = 9;
const ECONNRESET = 104;
const EPIPE = 32;

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Asks until the answer is another than that nothing is there yet. */
function retry(call: () => number): Promise<number> {
  const ask = () => {
    const result = call();
    return Promise.resolve(result === -EAGAIN ? undefined : result);
  };
  return until(PATIENCE_MS, ask, () => "Nothing happens");
}

/** A connection within this process: a client of Deno's, and the server's end. */
interface Connected {
  client: Deno.TcpConn;
  fd: number;
  sockets: StreamSockets;
}

/** Connects; the client has sent something, which was read. */
async function connected(libc: Libc): Promise<Connected> {
  const { fds, address } = openTcpPort(libc, "TCP", LOOPBACK, 1);
  const sockets = new StreamSockets(libc);
  const client = await Deno.connect(address);
  await client.write(bytesOf("hello"));
  const fd = await retry(() => sockets.accept(fds[0]));
  closeSockets(libc, fds);
  assert(fd > 0);
  const target = new Uint8Array(100);
  assertEquals(textOf(target.subarray(0, await retry(() => sockets.receive(fd, target)))), "hello");
  return { client, fd, sockets };
}

testWithLibc("StreamSockets accepts a connection and knows whom it is from", async (libc) => {
  for (const hostname of IPV6_LOOPBACK.present ? ["127.0.0.1", "::1"] : ["127.0.0.1"]) {
    const { fds, address } = openTcpPort(libc, "TCP", { hostname, port: 0 }, 1);
    const sockets = new StreamSockets(libc);
    assertEquals(sockets.accept(fds[0]), -EAGAIN);
    using client = await Deno.connect(address);
    await client.write(bytesOf("x"));
    const fd = await retry(() => sockets.accept(fds[0]));
    const peer = new DataView(sockets.peer.buffer);
    assertEquals(peer.getUint16(SOCKADDR_PORT), (client.localAddr as Deno.NetAddr).port);
    const at = hostname === "::1" ? SOCKADDR_IN6_ADDRESS + 12 : SOCKADDR_IN_ADDRESS;
    assertEquals(peer.getUint32(at), hostname === "::1" ? 1 : 0x7f000001);
    closeSockets(libc, [fd, ...fds]);
  }
});

testWithLibc("StreamSockets receives, sends and sees the end", async (libc) => {
  const { client, fd, sockets } = await connected(libc);
  const target = new Uint8Array(100);
  assertEquals(sockets.receive(fd, target), -EAGAIN);
  assertEquals(sockets.send(fd, bytesOf("one, two").buffer, 5), 5);
  assertEquals(sockets.sendLast(fd, bytesOf("two").buffer, 3), 3);
  sockets.endSending(fd);
  const answer = new Response(client.readable).text();
  assertEquals(await answer, "one, two");
  assertEquals(await retry(() => sockets.receive(fd, target)), 0);
  sockets.close(fd);
  assertEquals(sockets.receive(fd, target), -EBADF);
});

testWithLibc("StreamSockets sends no more than there is room for", async (libc) => {
  const { client, fd, sockets } = await connected(libc);
  const source = new ArrayBuffer(100_000);
  let sent = 0;
  let result = 0;
  while ((result = sockets.send(fd, source, source.byteLength)) > 0) sent += result;
  assertEquals(result, -EAGAIN);
  // What a client that does not read costs the system: its buffer here, and the window there.
  assert(sent < 10_000_000, `${sent} bytes were taken`);
  sockets.abort(fd);
  client.close();
});

testWithLibc("StreamSockets.abort() resets, and a send to a reset connection fails", async (libc) => {
  const { client, fd, sockets } = await connected(libc);
  sockets.send(fd, bytesOf("lost").buffer, 4);
  sockets.abort(fd);
  const read = async () => {
    const target = new Uint8Array(10);
    while (await client.read(target) !== null);
  };
  const error = await read().catch((error) => error);
  assert(error instanceof Deno.errors.ConnectionReset, String(error));
  client.close();

  const other = await connected(libc);
  other.sockets.send(other.fd, bytesOf("unread").buffer, 6);
  other.client.close();
  const errno = -await retry(() => {
    const result = other.sockets.send(other.fd, bytesOf("x").buffer, 1);
    return result > 0 ? -EAGAIN : result;
  });
  assert(errno === ECONNRESET || errno === EPIPE, `errno ${errno}`);
  closeSockets(libc, [other.fd]);
});

testWithLibc("openTcpPort() spreads connections over the sockets of a port", async (libc) => {
  const { fds, address } = openTcpPort(libc, "TCP", LOOPBACK, 2);
  const sockets = new StreamSockets(libc);
  const clients = await Promise.all(Array.from({ length: 64 }, () => Deno.connect(address)));
  for (const client of clients) await client.write(bytesOf("x"));
  const counts = [0, 0];
  await until(PATIENCE_MS, () => {
    fds.forEach((listener, index) => {
      for (let fd; (fd = sockets.accept(listener)) > 0;) {
        counts[index]++;
        sockets.close(fd);
      }
    });
    return Promise.resolve(counts[0] + counts[1] === clients.length);
  }, () => `accepted ${counts}`);
  assert(counts[0] > 0 && counts[1] > 0, `all connections on one socket: ${counts}`);
  for (const client of clients) client.close();
  closeSockets(libc, fds);
});

testWithLibc(
  "openTcpPort() refuses a port that is in use, shared or not, and takes one that was",
  async (libc) => {
    for (const count of [1, 2]) {
      const { fds, address } = openTcpPort(libc, "TCP", LOOPBACK, count);
      for (const again of [1, 2]) {
        const error = assertThrows(() => openTcpPort(libc, "TCP", address, again), SocketError);
        assertEquals(error.code, "EADDRINUSE");
      }
      // The end that closes first keeps the port for a minute.
      const client = await Deno.connect(address);
      await client.write(bytesOf("x"));
      const sockets = new StreamSockets(libc);
      const accepted = await until(PATIENCE_MS, () => {
        return Promise.resolve(fds.map((fd) => sockets.accept(fd)).find((fd) => fd > 0));
      }, () => "No connection comes");
      sockets.receive(accepted, new Uint8Array(1));
      sockets.close(accepted);
      assertEquals(await client.read(new Uint8Array(1)), null);
      client.close();
      closeSockets(libc, fds);
      closeSockets(libc, openTcpPort(libc, "TCP", address, count).fds);
    }
  },
);

testWithLibc(
  "openUnixListener() gives file descriptors of one socket, for its user and group",
  async (libc) => {
    using folder = new TempFolder();
    const path = `${folder.path}/socket`;
    const fds = openUnixListener(libc, "TEST", path, 3);
    assertEquals(new Set(fds).size, 3);
    assertEquals(Deno.statSync(path).mode! & 0o777, UNIX_SOCKET_MODE);
    const sockets = new StreamSockets(libc);
    for (const listener of fds) {
      using client = await Deno.connect({ transport: "unix", path });
      const fd = sockets.accept(listener);
      assertEquals(sockets.send(fd, bytesOf("x").buffer, 1), 1);
      assertEquals(await client.read(new Uint8Array(2)), 1);
      sockets.close(fd);
    }
    closeSockets(libc, fds);
  },
);

testWithLibc("openUnixListener() says why it cannot", (libc) => {
  using folder = new TempFolder();
  const path = `${folder.path}/socket`;
  Deno.writeTextFileSync(path, "");
  const taken = assertThrows(() => openUnixListener(libc, "TEST", path, 1), SocketError);
  assertEquals(
    taken.message,
    `Cannot open TEST unix:${path}: another program listens there, or the file is no socket (EADDRINUSE)`,
  );
  const nowhere = assertThrows(() => openUnixListener(libc, "TEST", `${path}/a`, 1), SocketError);
  assertEquals(nowhere.code, "ENOTDIR");
  const long = `${folder.path}/${"a".repeat(108 - folder.path.length)}`;
  assertThrows(() => openUnixListener(libc, "TEST", long, 1), TypeError, "too long");
  closeSockets(libc, openUnixListener(libc, "TEST", long.slice(0, 107), 1));
});

testWithLibc("BlockingSocket sends all, however long that takes", async (libc) => {
  const { client, fd } = await connected(libc);
  const socket = new BlockingSocket(libc, fd, 10);
  const bytes = new Uint8Array(3_000_000).map((_, index) => index * 7);
  const sent = socket.send(bytes).then((isSent) => {
    socket.close(isSent);
    return isSent;
  });
  const received = await new Response(client.readable).bytes();
  assertEquals(await sent, true);
  assertEquals(received.length, bytes.length);
  assert(received.every((byte, index) => byte === bytes[index]));
});

testWithLibc("BlockingSocket gives up on a client that takes nothing, and when it is cut", async (libc) => {
  for (const timeoutSec of [0.2, 1000]) {
    const { client, fd } = await connected(libc);
    const socket = new BlockingSocket(libc, fd, timeoutSec);
    const sent = socket.send(new Uint8Array(10_000_000));
    if (timeoutSec === 1000) socket.cut();
    assertEquals(await sent, false);
    socket.close(false);
    client.close();
  }
});

testWithLibc("BlockingSocket gives up on a client that takes a little now and then", async (libc) => {
  const { client, fd } = await connected(libc);
  const socket = new BlockingSocket(libc, fd, 0.5);
  let isOver = false;
  const sent = socket.send(new Uint8Array(30_000_000)).finally(() => isOver = true);
  // As much as makes the system tell the other side of room.
  const piece = new Uint8Array(200_000);
  for (let i = 0; i < 40 && !isOver; i++) {
    await client.read(piece);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assertEquals(isOver, true);
  assertEquals(await sent, false);
  socket.close(false);
  await assertRejects(() => new Response(client.readable).bytes(), Deno.errors.ConnectionReset);
});
