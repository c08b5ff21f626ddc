/**
 * The floor that every UDP tracker stands on: it receives and answers datagrams as the tracker does, through the same
 * code, and knows nothing. Connects, announces and scrapes get answers of the usual size, with nothing in them.
 *
 * Run as `deno run --allow-ffi bench/floor.ts [PORT]`; it serves 127.0.0.1, prints its port when it is ready, and ends
 * on SIGTERM.
 *
 * @module
 */

import { DatagramBatch, openLibc, openUdpPort, SLOT_BYTES } from "../src/os/mod.ts";
import {
  ACTION_ANNOUNCE,
  ACTION_CONNECT,
  ACTION_SCRAPE,
  ANNOUNCE_BYTES,
  ANNOUNCE_REPLY_PEERS,
  CONNECT_REPLY_BYTES,
  REPLY_ACTION,
  REPLY_TRANSACTION_ID,
  REQUEST_ACTION,
  REQUEST_HEAD_BYTES,
  REQUEST_TRANSACTION_ID,
  SCRAPE_ENTRY_BYTES,
  SCRAPE_HASH_BYTES,
  SCRAPE_HASHES,
  SCRAPE_REPLY_ENTRIES,
} from "../src/udp/mod.ts";

/** Peers in the answer to an announce for 50, on average. */
const PEERS = 47;
const PEER_BYTES = 6;
const ANNOUNCE_REPLY_BYTES = ANNOUNCE_REPLY_PEERS + PEERS * PEER_BYTES;

/** Answers datagrams without end; the process ends by a signal's default. */
function serve(port: number): never {
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot serve: ${reason}`);
  const { fds: [fd], address } = openUdpPort(libc, { hostname: "127.0.0.1", port }, 1);
  console.log(address.port);
  const batch = new DatagramBatch(libc);
  const requests = new DataView(batch.received);
  const replies = new DataView(batch.replies);
  while (true) {
    const count = batch.receive(fd);
    for (let index = 0; index < count; index++) {
      const at = index * SLOT_BYTES;
      const { replyAt } = batch;
      const length = replyLength(requests, at, batch.receivedLength(index));
      if (length === 0) continue;
      replies.setUint32(replyAt + REPLY_ACTION, requests.getUint32(at + REQUEST_ACTION));
      replies.setUint32(replyAt + REPLY_TRANSACTION_ID, requests.getUint32(at + REQUEST_TRANSACTION_ID));
      batch.queueReply(index, length);
    }
    batch.sendReplies(fd);
  }
}

function replyLength(requests: DataView, at: number, length: number): number {
  if (length < REQUEST_HEAD_BYTES) return 0;
  const action = requests.getUint32(at + REQUEST_ACTION);
  if (action === ACTION_CONNECT) return CONNECT_REPLY_BYTES;
  if (action === ACTION_ANNOUNCE && length >= ANNOUNCE_BYTES) return ANNOUNCE_REPLY_BYTES;
  if (action !== ACTION_SCRAPE) return 0;
  return SCRAPE_REPLY_ENTRIES + Math.floor((length - SCRAPE_HASHES) / SCRAPE_HASH_BYTES) * SCRAPE_ENTRY_BYTES;
}

if (import.meta.main) serve(Number(Deno.args[0] ?? 0));
