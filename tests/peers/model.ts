/** A plain model of the peer table: maps of maps, no cleverness. What the table must agree with. */

import { assert, assertEquals } from "@std/assert";
import {
  AnnounceAnswer,
  AnnounceRequest,
  COMPACT_BYTES,
  createTable,
  EVENT_COMPLETED,
  EVENT_PAUSED,
  EVENT_STARTED,
  EVENT_STOPPED,
  type Family,
  FLAG_COMPLETED,
  FLAG_SEEDING,
  IPV4,
  IPV6,
  NOT_RENEWED,
  NUMWANT_MAX,
  type PeerTable,
  scrape,
  ScrapeAnswer,
  setTableMinute,
  sweep,
  type TableLimits,
  tableMinute,
  TableWalk,
  TorrentSnapshot,
  touchAnnounces,
} from "../../src/peers/mod.ts";
import { announce } from "../../src/peers/mod.ts";
import { snapshotRecords } from "../snapshot_records.ts";

export interface ModelPeer {
  family: Family;
  seeding: boolean;
  completed: boolean;
  paused: boolean;
  minute: number;
  id: string;
}

interface ModelTorrent {
  peers: Map<string, ModelPeer>;
  completed: number;
  touched: number;
}

/** One announce as the test words it: torrents and peers are small numbers. */
export interface Step {
  torrent: number;
  peer: number;
  family: Family;
  event: number;
  seeding: boolean;
  wanted: number;
}

/** The minute at which the tables of the tests begin. */
export const START = 29_000_000;

export const LIMITS = { peerTimeoutMin: 45, emptyTorrentMin: 45, completedTorrentMin: 1440 };

/** Torrents from this number on share the first four bytes of their hashes, and so their shard. */
export const CROWD = 1000;

/** An empty table at START, with room for what the tests put in where they name no limits. */
export function newTable(limits: Partial<TableLimits> = {}): PeerTable {
  const table = createTable({ maxPeers: 100_000, maxTorrents: 100, peerIds: false, ...limits });
  setTableMinute(table, START);
  return table;
}

export function hashOf(torrent: number): Uint8Array<ArrayBuffer> {
  const hash = new Uint8Array(20);
  new DataView(hash.buffer).setUint32(0, Math.imul(Math.min(torrent, CROWD) + 1, 0x9e3779b1));
  new DataView(hash.buffer).setUint32(16, torrent);
  return hash;
}

/** Compact form of peer `peer`: many share addresses, ports differ in both bytes. */
export function compactOf(peer: number, family: Family): Uint8Array<ArrayBuffer> {
  const compact = new Uint8Array(COMPACT_BYTES[family]);
  const view = new DataView(compact.buffer);
  const port = COMPACT_BYTES[family] - 2;
  view.setUint32(port - 4, 0x7f000001 + (peer % 7));
  view.setUint16(port, 1 + peer);
  return compact;
}

export function fillRequest(request: AnnounceRequest, step: Step): void {
  request.hash = new Uint32Array(hashOf(step.torrent).buffer);
  request.peer = new Uint16Array(compactOf(step.peer, step.family).buffer);
  request.peerId.fill(step.peer + 1);
  request.family = step.family;
  request.event = step.event;
  request.seeding = step.seeding;
  request.wanted4 = request.wanted6 = step.wanted;
}

export function newAnswer(): AnnounceAnswer {
  const answer = new AnnounceAnswer(new ArrayBuffer(8192));
  answer.at4 = 20;
  answer.at6 = 4096;
  answer.ids4 = new Uint32Array((NUMWANT_MAX + 1) * 5);
  answer.ids6 = new Uint32Array((NUMWANT_MAX + 1) * 5);
  return answer;
}

/** The ports of the IPv4 peers that an answer tells of, in its order. */
export function portsTold({ bytes, at4, count4 }: AnnounceAnswer): number[] {
  const view = new DataView(bytes.buffer);
  return Array.from({ length: count4 }, (_, i) => view.getUint16(at4 + (i + 1) * COMPACT_BYTES[IPV4] - 2));
}

const hex = (bytes: Uint8Array) => bytes.toHex();

export class Model {
  readonly torrents = new Map<string, ModelTorrent>();
  minute: number;

  constructor(minute: number) {
    this.minute = minute;
  }

  /** Returns what the announce is counted as. */
  announce(step: Step): { renewedAfterMin: number; completes: boolean } {
    const hash = hex(hashOf(step.torrent));
    const key = hex(compactOf(step.peer, step.family));
    const torrent = this.torrents.get(hash);
    if (step.event === EVENT_STOPPED) {
      if (torrent?.peers.delete(key)) torrent.touched = this.minute;
      return { renewedAfterMin: NOT_RENEWED, completes: false };
    }
    const into = torrent ?? { peers: new Map(), completed: 0, touched: 0 };
    this.torrents.set(hash, into);
    const before = into.peers.get(key);
    const paused = step.event === EVENT_PAUSED;
    const seeding = step.seeding && !paused;
    const completes = step.event === EVENT_COMPLETED && seeding && !(before?.completed ?? false);
    if (completes) into.completed++;
    into.touched = this.minute;
    into.peers.set(key, {
      family: step.family,
      seeding,
      paused,
      completed: completes || (before?.completed ?? false),
      minute: this.minute,
      id: before && step.event !== EVENT_STARTED ? before.id : String(step.peer + 1),
    });
    return { renewedAfterMin: before ? this.minute - before.minute : NOT_RENEWED, completes };
  }

  sweep(): void {
    for (const [hash, torrent] of this.torrents) {
      for (const [key, peer] of torrent.peers) {
        if (this.minute - peer.minute > LIMITS.peerTimeoutMin) torrent.peers.delete(key);
      }
      const limit = torrent.completed > 0 ? LIMITS.completedTorrentMin : LIMITS.emptyTorrentMin;
      if (torrent.peers.size === 0 && this.minute - torrent.touched >= limit) this.torrents.delete(hash);
    }
  }

  peers(torrent: number): Map<string, ModelPeer> {
    return this.torrents.get(hex(hashOf(torrent)))?.peers ?? new Map();
  }

  counts(torrent: number) {
    const peers = [...this.peers(torrent).values()];
    return {
      seeders: peers.filter((peer) => peer.seeding).length,
      leechers: peers.filter((peer) => !peer.seeding).length,
      downloaders: peers.filter((peer) => !peer.seeding && !peer.paused).length,
      completed: this.torrents.get(hex(hashOf(torrent)))?.completed ?? 0,
    };
  }
}

const request = new AnnounceRequest();
const answer = newAnswer();
const scraped = new ScrapeAnswer();

/** Carries out `step` on the table and on the model, and compares what the peer is told. */
export function announceBoth(table: PeerTable, model: Model, step: Step): void {
  fillRequest(request, step);
  if (step.peer % 2 === 0) touchAnnounces(table, [request], 1);
  announce(table, request, answer);
  const counted = model.announce(step);
  const expected = model.counts(step.torrent);
  const known = step.event !== EVENT_STOPPED || model.torrents.has(hex(hashOf(step.torrent)));
  assertEquals(answer.seeders, known ? expected.seeders : 0);
  assertEquals(answer.leechers, known ? expected.leechers : 0);
  assertEquals(answer.completed, known ? expected.completed : 0);
  assertEquals(answer.downloaders, known ? expected.downloaders : 0);
  assert(answer.stored);
  assertEquals({ renewedAfterMin: answer.renewedAfterMin, completes: answer.completes }, counted);
  for (const family of [IPV4, IPV6] as const) checkPeersTold(model, step, family);
}

function checkPeersTold(model: Model, step: Step, family: Family): void {
  const count = family === IPV4 ? answer.count4 : answer.count6;
  const start = family === IPV4 ? answer.at4 : answer.at6;
  const ids = (family === IPV4 ? answer.ids4 : answer.ids6)!;
  const peers = model.peers(step.torrent);
  const self = hex(compactOf(step.peer, step.family));
  const others = [...peers].filter(([key, peer]) => key !== self && peer.family === family);
  const stopped = step.event === EVENT_STOPPED;
  // The peer's own family comes first; what is left of the wanted ones may be of the other.
  const own = step.family === IPV4 ? answer.count4 : answer.count6;
  const wanted = family === step.family ? step.wanted : step.wanted - own;
  assertEquals(count, stopped ? 0 : Math.min(wanted, others.length));
  const told = new Set<string>();
  let seeders = 0;
  for (let i = 0; i < count; i++) {
    const at = start + i * COMPACT_BYTES[family];
    const key = hex(answer.bytes.subarray(at, at + COMPACT_BYTES[family]));
    const peer = peers.get(key);
    assert(peer !== undefined && peer.family === family && key !== self, `stranger told: ${key}`);
    assert(!told.has(key), `told twice: ${key}`);
    assertEquals(String(ids[i * 5]), peer.id);
    told.add(key);
    if (peer.seeding) seeders++;
  }
  const leechersThere = others.filter(([, peer]) => !peer.seeding).length;
  if (!stopped && step.seeding && step.event !== EVENT_PAUSED) {
    assertEquals(seeders, Math.max(0, count - leechersThere), "a seeder is given seeders only to fill up");
  }
}

/** Moves both clocks on by `minutes`, sweeping after each. */
export function passMinutes(table: PeerTable, model: Model, minutes: number): void {
  for (let i = 0; i < minutes; i++) {
    setTableMinute(table, tableMinute(table) + 1);
    sweep(table, LIMITS);
  }
  model.minute += minutes;
  model.sweep();
}

export function scrapeBoth(table: PeerTable, model: Model, torrent: number): void {
  const known = scrape(table, new Uint32Array(hashOf(torrent).buffer), 0, scraped);
  assertEquals(known, model.torrents.has(hex(hashOf(torrent))));
  assertEquals({ ...scraped }, { ...new ScrapeAnswer(), ...model.counts(torrent) });
}

/** Every torrent, peer, flag, age and count is the same in both. */
export function compareAll(table: PeerTable, model: Model): void {
  const walk = new TableWalk(table);
  const snapshot = new TorrentSnapshot();
  const hashes: string[] = [];
  while (walk.next(snapshot)) {
    const hash = hex(snapshot.hash);
    hashes.push(hash);
    const expected = model.torrents.get(hash);
    assert(expected !== undefined, `unknown torrent ${hash}`);
    assertEquals(snapshot.completed, expected.completed);
    assertEquals(snapshot.touchedMin, expected.touched);
    const found = new Map<string, [number, number]>();
    for (const family of [IPV4, IPV6] as const) {
      for (const record of snapshotRecords(snapshot, family)) {
        const flagsAt = COMPACT_BYTES[family];
        found.set(hex(record.subarray(0, flagsAt)), [record[flagsAt], record[flagsAt + 1]]);
      }
    }
    const wanted = new Map<string, [number, number]>();
    for (const [key, peer] of expected.peers) {
      const flags = (peer.seeding ? FLAG_SEEDING : 0) | (peer.completed ? FLAG_COMPLETED : 0);
      wanted.set(key, [flags, model.minute - peer.minute]);
    }
    assertEquals(new Map([...found].sort()), new Map([...wanted].sort()));
  }
  assertEquals(hashes, [...model.torrents.keys()].sort());
}
