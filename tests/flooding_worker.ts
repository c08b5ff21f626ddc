/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// Announces to a tracker as fast as it can, from several ports, and reads no answer; until the flag that it is sent is set. It
// goes before other programs, where it may: on a busy machine it is to be as fast.
import {
  BATCH_SIZE,
  becomeRealtime,
  closeSockets,
  DatagramSender,
  openLibc,
  openUdpPort,
} from "../src/os/mod.ts";
import type { Endpoint } from "./harness.ts";

/** What the thread is sent. */
export interface Flood {
  target: Endpoint;
  /** One that this machine's loopback address was given. */
  connectionId: Uint8Array;
  stopFlag: SharedArrayBuffer;
}

/** As many as it takes for each of a few sockets that share a port to get some. */
const PORTS = 32;
const ANNOUNCE_BYTES = 98;

self.onmessage = ({ data: { target, connectionId, stopFlag } }: MessageEvent<Flood>) => {
  const libc = openLibc().libc!;
  becomeRealtime(libc);
  const fds = Array.from(
    { length: PORTS },
    () => openUdpPort(libc, { hostname: "127.0.0.1", port: 0 }, 1).fds[0],
  );
  const sender = new DatagramSender(libc, target, ANNOUNCE_BYTES, false);
  for (let index = 0; index < BATCH_SIZE; index++) {
    const at = index * ANNOUNCE_BYTES;
    const packet = new DataView(sender.datagrams, at, ANNOUNCE_BYTES);
    new Uint8Array(sender.datagrams, at, ANNOUNCE_BYTES).set(connectionId);
    packet.setUint32(8, 1);
    packet.setUint32(16, index);
    packet.setUint32(92, 50);
    packet.setUint16(96, 1);
  }
  const stop = new Int32Array(stopFlag);
  for (let turn = 0; Atomics.load(stop, 0) === 0; turn++) {
    for (let index = 0; index < BATCH_SIZE; index++) sender.queue(ANNOUNCE_BYTES, 0);
    sender.send(fds[turn % PORTS]);
  }
  closeSockets(libc, fds);
  self.close();
};
