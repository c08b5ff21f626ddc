// Serves announces, scrapes, connects and errors through real sockets, one and then several: some to get warm, then more. It
// sends them itself, when the server begins a turn. For allocation_test.ts.
import { BATCH_SIZE, closeSockets, DatagramSender, openLibc, openUdpPort } from "../../src/os/mod.ts";
import { createTable } from "../../src/peers/mod.ts";
import { counterRow, createCounters, createHeartbeat, Heartbeat } from "../../src/stats/mod.ts";
import { ConnectionIds } from "../../src/udp/connection_id.ts";
import { SpreadInterval } from "../../src/udp/interval.ts";
import { ANNOUNCE_PORT } from "../../src/udp/packet.ts";
import { writeAnnounce, writeConnect, writeScrape } from "../../src/udp/packet_client.ts";
import { serveLibc } from "../../src/udp/serve_libc.ts";
import { CONTROL_STOP } from "../../src/udp/worker_messages.ts";
import { hashOf } from "./handler.ts";
import { issueLoopbackId } from "./issued_id.ts";

const [warmUp, measured] = Deno.args.map(Number);

const HOST = "127.0.0.1";
const REQUEST_ROOM_BYTES = 128;
const TORRENTS = 3;
const PEERS = 500;
// One datagram in so many is a connect, a scrape, an error, of a seeder.
const CONNECT_EVERY = 32;
const SCRAPE_EVERY = 16;
const ERROR_EVERY = 15;
const SEEDER_EVERY = 3;

const { libc } = openLibc();
if (libc === null) throw new Error("There is no C library");
const secret = Uint32Array.of(1, 2);
const connectionId = issueLoopbackId(libc, secret);
const table = createTable({ maxPeers: 10_000, maxTorrents: 10, peerIds: true });
const counters = counterRow(createCounters(1), 0);

/** Writes request `index` of a batch and returns its length. */
function writeRequest(view: DataView, at: number, index: number): number {
  if (index % CONNECT_EVERY === 0) return writeConnect(view, at, index);
  const infoHash = hashOf(index % TORRENTS);
  const id = index % ERROR_EVERY === 0 ? 0n : connectionId;
  if (index % SCRAPE_EVERY === 0) return writeScrape(view, at, id, index, [infoHash]);
  return writeAnnounce(view, at, id, index, {
    infoHash,
    left: index % SEEDER_EVERY === 0 ? 0n : 1n,
    port: 1,
  });
}

/** Serves so many datagrams, sent to the last of the sockets on these addresses. */
function serve(hostnames: string[], count: number): void {
  const ports = hostnames.map((hostname) => openUdpPort(libc!, { hostname, port: 0 }, 1));
  const [client] = openUdpPort(libc!, { hostname: HOST, port: 0 }, 1).fds;
  const sender = new DatagramSender(
    libc!,
    { hostname: HOST, port: ports.at(-1)!.address.port },
    REQUEST_ROOM_BYTES,
    false,
  );
  const view = new DataView(sender.datagrams);
  const lengths = Array.from(
    { length: BATCH_SIZE },
    (_, index) => writeRequest(view, index * REQUEST_ROOM_BYTES, index),
  );
  const control = new Int32Array(1);
  let sent = 0;
  const heartbeat = new class extends Heartbeat {
    override beat(): void {
      if (sent >= count) Atomics.store(control, CONTROL_STOP, 1);
      for (let index = 0; index < BATCH_SIZE; index++) {
        const at = sender.nextAt;
        if (lengths[index] > ANNOUNCE_PORT) view.setUint16(at + ANNOUNCE_PORT, 1 + (sent + index) % PEERS);
        sender.queue(lengths[index], 0);
      }
      sender.send(client);
      sent += BATCH_SIZE;
    }
  }(createHeartbeat());
  const interval = new SpreadInterval(1800, 1);
  const service = { table, connectionIds: new ConnectionIds(secret), interval, access: null, counters };
  serveLibc(libc!, ports.flatMap(({ fds }) => fds), service, control, heartbeat, null);
  closeSockets(libc!, [client, ...ports.flatMap(({ fds }) => fds)]);
}

for (const count of [warmUp, measured]) {
  serve([HOST], count / 2);
  serve([HOST, "0.0.0.0"], count / 2);
}
