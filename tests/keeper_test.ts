// The keeper by itself: that time passes in the table, and that what is past its time goes.
import { assert, assertEquals } from "@std/assert";
import type { KeeperCommand, KeeperReport } from "../src/keeper_messages.ts";
import {
  announce,
  AnnounceAnswer,
  AnnounceRequest,
  betweenSweeps,
  createTable,
  setTableMinute,
  tableMinute,
  tableStats,
} from "../src/peers/mod.ts";
import { createHeartbeat } from "../src/stats/mod.ts";
import { hashList } from "./access/lists.ts";
import { until, within } from "./within.ts";

const SLEEP = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** The last minute before the byte of a peer's minute goes round. */
const FIRST_MINUTE = 29_000_000 | 0xff;
const LIMITS = { peerTimeoutMin: 45, emptyTorrentMin: 45, completedTorrentMin: 90 };

Deno.test("the keeper drops peers and then torrents as the minutes pass", async () => {
  const table = createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false });
  setTableMinute(table, FIRST_MINUTE);
  const request = new AnnounceRequest();
  request.peer[2] = 1;
  announce(table, request, new AnnounceAnswer(new ArrayBuffer(64)));

  const worker = new Worker(new URL("../src/keeper.ts", import.meta.url), { type: "module" });
  const stopped = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<KeeperReport>) => {
    if (data.kind === "stopped") stopped.resolve();
  };
  const passed = () => tableMinute(table) - FIRST_MINUTE;
  const post = (command: KeeperCommand) => worker.postMessage(command);
  post({
    kind: "start",
    table: table.buffers,
    limits: LIMITS,
    minuteMs: 2,
    access: null,
    heartbeat: createHeartbeat(),
  });
  const isEmpty = () => Promise.resolve(tableStats(table).torrents === 0);
  await until(20_000, isEmpty, () => `still there in minute ${passed()}`);
  assert(passed() > LIMITS.peerTimeoutMin, `gone by minute ${passed()}`);
  post({ kind: "stop" });
  await within(20_000, stopped.promise, () => "the keeper does not stop");
  assertEquals(tableStats(table).peers, 0);
});

Deno.test("a refused torrent that comes when the table was searched for such goes with the next minute", async () => {
  const table = createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false });
  const worker = new Worker(new URL("../src/keeper.ts", import.meta.url), { type: "module" });
  const request = new AnnounceRequest();
  request.peer[2] = 1;
  const enter = () => announce(table, request, new AnnounceAnswer(new ArrayBuffer(64)));
  const isEmpty = () => Promise.resolve(tableStats(table).torrents === 0);
  enter();
  const start: KeeperCommand = {
    kind: "start",
    table: table.buffers,
    limits: { peerTimeoutMin: 240, emptyTorrentMin: 2 ** 31, completedTorrentMin: 2 ** 31 },
    minuteMs: 20,
    access: {
      whitelist: null,
      blacklist: await hashList([new Uint8Array(20)]),
      networks: null,
      clients: [],
      budget: null,
    },
    heartbeat: createHeartbeat(),
  };
  worker.postMessage(start);
  await until(20_000, isEmpty, () => "the first is still there");
  enter();
  await until(20_000, isEmpty, () => "the second is still there");
  worker.terminate();
});

Deno.test("the keeper finds the top torrents when it is asked", async () => {
  const table = createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false });
  const answer = new AnnounceAnswer(new ArrayBuffer(64));
  for (let torrent = 1; torrent <= 3; torrent++) {
    for (let peer = 1; peer <= torrent; peer++) {
      const request = new AnnounceRequest();
      request.hash[0] = torrent;
      request.peer[2] = peer;
      request.seeding = torrent === 2;
      announce(table, request, answer);
    }
  }
  const worker = new Worker(new URL("../src/keeper.ts", import.meta.url), { type: "module" });
  const found = Promise.withResolvers<KeeperReport & { kind: "top" }>();
  worker.onmessage = ({ data }: MessageEvent<KeeperReport>) => {
    if (data.kind === "top") found.resolve(data);
  };
  const start: KeeperCommand = {
    kind: "start",
    table: table.buffers,
    limits: LIMITS,
    minuteMs: 60_000,
    access: null,
    heartbeat: createHeartbeat(),
  };
  worker.postMessage(start);
  const ask: KeeperCommand = { kind: "top", count: 2 };
  worker.postMessage(ask);
  const { top } = await within(20_000, found.promise, () => "the keeper does not answer");
  assertEquals(top.byPeers.map(({ seeders, leechers }) => [seeders, leechers]), [[0, 3], [2, 0]]);
  assertEquals(top.bySeeders.map(({ seeders, leechers }) => [seeders, leechers]), [[2, 0]]);
  worker.terminate();
});

Deno.test("time goes on while somebody walks, as far as no age goes round, and a sweep follows", async () => {
  const table = createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false });
  setTableMinute(table, FIRST_MINUTE);
  const request = new AnnounceRequest();
  request.peer[2] = 1;
  const answer = new AnnounceAnswer(new ArrayBuffer(64));
  announce(table, request, answer);
  const worker = new Worker(new URL("../src/keeper.ts", import.meta.url), { type: "module" });
  const start: KeeperCommand = {
    kind: "start",
    table: table.buffers,
    limits: { peerTimeoutMin: 240, emptyTorrentMin: 2 ** 31, completedTorrentMin: 2 ** 31 },
    minuteMs: 2,
    access: null,
    heartbeat: createHeartbeat(),
  };
  const passed = () => tableMinute(table) - FIRST_MINUTE;
  betweenSweeps(table, () => {
    worker.postMessage(start);
    const endMs = performance.now() + 20_000;
    while (passed() < 15 && performance.now() < endMs) Atomics.wait(SLEEP, 0, 0, 1);
    // Many minutes more.
    Atomics.wait(SLEEP, 0, 0, 100);
    assertEquals(passed(), 15);
    announce(table, request, answer);
    assertEquals(answer.renewedAfterMin, 15);
  });
  const isEmpty = () => Promise.resolve(tableStats(table).peers === 0);
  await until(20_000, isEmpty, () => `still there in minute ${passed()}`);
  assert(passed() > 15 + 240, `gone by minute ${passed()}`);
  worker.terminate();
});
