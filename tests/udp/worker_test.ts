import { assert, assertEquals, assertThrows } from "@std/assert";
import { openLibc, SocketError } from "../../src/os/mod.ts";
import { openUdp, type UdpBackend } from "../../src/udp/mod.ts";
import { UDP_EVENT, UdpClient } from "../udp_client.ts";
import { until } from "../within.ts";
import { hashOf, rawRequest } from "./handler.ts";
import { UdpServer } from "./server.ts";

const LOOPBACK4 = { hostname: "127.0.0.1", port: 0 };
const LOOPBACK6 = { hostname: "::1", port: 0 };
const ANY6 = { hostname: "::", port: 0 };
const HASH = hashOf(0x11);

const UDP_MS = 20_000;

const PROTOCOL_ID = 0x41727101980n;

const { reason } = openLibc();

function openSocket(hostname: string): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
}

for (const backend of ["libc", "deno"] as const) {
  const test = (name: string, run: (backend: UdpBackend) => void | Promise<void>) =>
    Deno.test({
      name: `UDP over ${backend} ${name}`,
      ignore: backend === "libc" && reason !== null,
      fn: () => run(backend),
    });

  test("answers connect, announce and scrape over IPv4 and IPv6", async (backend) => {
    await using server = await UdpServer.start([LOOPBACK4, LOOPBACK6], 2, backend);
    const [address4, address6] = server.addresses;
    using leecher4 = await UdpClient.connect(address4);
    using seeder4 = await UdpClient.connect(address4);
    using seeder6 = await UdpClient.connect(address6);
    using leecher6 = await UdpClient.connect(address6);
    await seeder4.announce({ hash: HASH, port: 1001, left: 0, event: UDP_EVENT.completed });
    await seeder6.announce({ hash: HASH, port: 1002, left: 0 });
    const answer4 = await leecher4.announce({ hash: HASH, port: 1003 });
    assertEquals(answer4.peers, ["127.0.0.1:1001"]);
    const answer6 = await leecher6.announce({ hash: HASH, port: 1004 });
    assertEquals(answer6.peers, ["[::1]:1002"]);
    assertEquals([answer6.seeders, answer6.leechers], [2, 2]);
    const entries = await leecher6.scrape([HASH, hashOf(0x22)]);
    assertEquals(entries, [{ seeders: 2, completed: 1, leechers: 2 }, {
      seeders: 0,
      completed: 0,
      leechers: 0,
    }]);
  });

  test("counts how long each datagram took, and none of its practice", async (backend) => {
    await using server = await UdpServer.start([LOOPBACK4], 1, backend);
    assertEquals(server.latency, { count: 0, sumUs: 0 });
    const sinceMs = performance.now();
    using client = await UdpClient.connect(server.addresses[0]);
    for (let port = 1; port <= 9; port++) await client.announce({ hash: HASH, port });
    // A batch is counted when its replies have left.
    const isCounted = () => Promise.resolve(server.latency.count === 10);
    await until(UDP_MS, isCounted, () => `${server.latency.count} of 10 were counted`);
    const elapsedUs = (performance.now() - sinceMs) * 1000;
    assert(
      server.latency.sumUs > 0 && server.latency.sumUs < elapsedUs,
      `${server.latency.sumUs} of ${elapsedUs}`,
    );
  });

  test("serves both families through one [::] socket", async (backend) => {
    await using server = await UdpServer.start([ANY6], 2, backend);
    const { port } = server.addresses[0];
    using client4 = await UdpClient.connect({ hostname: "127.0.0.1", port });
    using client6 = await UdpClient.connect({ hostname: "::1", port });
    await client4.announce({ hash: HASH, port: 1001 });
    await client6.announce({ hash: HASH, port: 1002 });
    assertEquals((await client4.announce({ hash: HASH, port: 1003 })).peers, ["127.0.0.1:1001"]);
    assertEquals((await client6.announce({ hash: HASH, port: 1004 })).peers, ["[::1]:1002"]);
  });

  test("serves many clients at once, each from the worker that it falls to", async (backend) => {
    await using server = await UdpServer.start([LOOPBACK4], 3, backend);
    const clients = await Promise.all(
      Array.from({ length: 32 }, () => UdpClient.connect(server.addresses[0])),
    );
    await Promise.all(clients.map((client, index) => client.announce({ hash: HASH, port: 2000 + index })));
    const { peers, leechers } = await clients[0].announce({ hash: HASH, port: 2000, numWant: 200 });
    assertEquals(leechers, clients.length);
    assertEquals(peers, clients.slice(1).map((_, index) => `127.0.0.1:${2001 + index}`));
    for (const client of clients) client[Symbol.dispose]();
  });

  test("takes a connection id on another socket than the one that gave it", async (backend) => {
    // Through libc the kernel puts each client's port to one of the workers, and so asks several of them.
    await using server = await UdpServer.start([LOOPBACK4], 3, backend);
    using first = await UdpClient.connect(server.addresses[0]);
    const announce = rawRequest(0n, 1, 98, 0x01);
    announce.set(first.connectionId);
    for (let i = 0; i < 16; i++) {
      const other = openSocket("127.0.0.1");
      await other.send(announce, { transport: "udp", ...server.addresses[0] });
      const [answer] = await other.receive();
      assertEquals(answer.subarray(0, 4).toHex(), "00000001");
      other.close();
    }
    assertEquals(server.announces, 16);
  });

  test("lives on after what it cannot answer", async (backend) => {
    await using server = await UdpServer.start([LOOPBACK4, LOOPBACK6], 2, backend);
    for (const address of server.addresses) {
      using client = await UdpClient.connect(address);
      for (const length of [0, 1, 15, 16, 97, 2047, 2048, 2049, 9000]) {
        await client.send(new Uint8Array(length).fill(0xff));
      }
      // A sender that is gone when its reply comes.
      const gone = openSocket(address.hostname);
      await gone.send(rawRequest(PROTOCOL_ID, 0, 16), { transport: "udp", ...address });
      gone.close();
      assertEquals((await client.announce({ hash: HASH, port: 1001 })).peers, []);
      assertEquals(client.received.length, 2);
    }
  });

  test("tells its real addresses, from openUdp and from every worker", async (backend) => {
    await using server = await UdpServer.start([LOOPBACK4, LOOPBACK6], 2, backend);
    assertEquals(server.addresses.map(({ hostname }) => hostname), ["127.0.0.1", "::1"]);
    assertEquals(server.addresses.some(({ port }) => port === 0), false);
    const expected = backend === "libc"
      ? [server.addresses, server.addresses]
      : server.addresses.map((address) => [address]);
    assertEquals(server.served, expected);
  });

  test("refuses an address in use, and then holds no other", async (backend) => {
    await using server = await UdpServer.start([LOOPBACK4], 1, backend);
    const [taken] = server.addresses;
    const free = openUdp([LOOPBACK4], 1, backend);
    free.close();
    const error = assertThrows(() => openUdp([...free.addresses, taken], 2, backend), SocketError);
    assertEquals(error.code, "EADDRINUSE");
    assertEquals(error.address, taken);
    openUdp(free.addresses, 2, backend).close();
  });

  test("opens nothing for no address", (backend) => {
    const { workers, addresses } = openUdp([], 4, backend);
    assertEquals([workers, addresses], [[], []]);
  });
}
