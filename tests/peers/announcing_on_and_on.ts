// Announces to a large torrent in batches, as UDP does: some to get warm, then more. For allocation_test.ts.
import {
  announce,
  AnnounceRequest,
  closeBatch,
  createTable,
  openBatch,
  TOUCH_MAX,
  touchAnnounces,
} from "../../src/peers/mod.ts";
import { compactOf, fillRequest, newAnswer } from "./model.ts";

const PEERS = 2000;
const [warmUp, measured] = Deno.args.map(Number);

const table = createTable({ maxPeers: 10_000, maxTorrents: 10, peerIds: true });
const answer = newAnswer();
const compacts = Array.from({ length: PEERS }, (_, peer) => new Uint16Array(compactOf(peer, 0).buffer));
const requests = Array.from({ length: TOUCH_MAX }, (_, index) => {
  const request = new AnnounceRequest();
  fillRequest(request, {
    torrent: 0,
    peer: 0,
    family: 0,
    event: 0,
    seeding: index % 2 === 0,
    wanted: index % 60,
  });
  return request;
});

let peer = 0;
function announceAll(count: number): void {
  for (let done = 0; done < count; done += TOUCH_MAX) {
    for (const request of requests) {
      request.peer = compacts[peer];
      peer = peer + 1 === PEERS ? 0 : peer + 1;
    }
    openBatch(table);
    touchAnnounces(table, requests, TOUCH_MAX);
    for (const request of requests) announce(table, request, answer);
    closeBatch(table);
  }
}

announceAll(warmUp);
announceAll(measured);
