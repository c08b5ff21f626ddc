/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// One of several threads that announce to one table at once. It keeps a model of its own peers, which nobody else
// announces, and looks at every answer.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  announce,
  AnnounceRequest,
  attachTable,
  COMPACT_BYTES,
  EVENT_STOPPED,
  type Family,
  IPV4,
  IPV6,
  openBatch,
  tableMinute,
  touchAnnounces,
} from "../../src/peers/mod.ts";
import { isGhost } from "./ghosts.ts";
import { compactOf, fillRequest, Model, newAnswer, type Step } from "./model.ts";
import type { AnnouncerReport, AnnouncerStart } from "./threads.ts";

const PEERS_EACH = 150;
/** Announces in a batch. */
const BATCH = 64;

const request = new AnnounceRequest();
const answer = newAnswer();
const compactForms = new Map<number, Uint8Array>();
/** The step in which a peer was last told, by family and number. */
const toldIn = new Map<number, number>();

self.onmessage = ({ data: start }: MessageEvent<AnnouncerStart>) => {
  self.postMessage(run(start));
  self.close();
};

function run(start: AnnouncerStart): AnnouncerReport {
  const table = attachTable(start.table);
  const model = new Model(tableMinute(table));
  for (const [index, step] of randomSteps(start).entries()) {
    if (index % BATCH === 0) openBatch(table);
    fillRequest(request, step);
    if (index % 2 === 0) touchAnnounces(table, [request], 1);
    announce(table, request, answer);
    model.announce(step);
    assert(answer.stored);
    const told = answer.count4 + answer.count6;
    if (step.event === EVENT_STOPPED) assertEquals(told, 0);
    else assert(answer.seeders + answer.leechers > told, "more peers told than are counted");
    for (const family of [IPV4, IPV6] as const) checkPeersTold(start, model, step, index, family);
  }
  return model.torrents;
}

function randomSteps({ index, count, steps, seed, torrents }: AnnouncerStart): Step[] {
  const step: fc.Arbitrary<Step> = fc.record({
    torrent: fc.constantFrom(...torrents),
    peer: fc.nat(PEERS_EACH - 1).map((peer) => peer * count + index),
    family: fc.constantFrom<Family>(IPV4, IPV4, IPV6),
    event: fc.constantFrom(0, 0, 1, 2, 3, 3, 4),
    seeding: fc.boolean(),
    wanted: fc.constantFrom(0, 1, 5, 50, 200),
  });
  return fc.sample(step, { seed: seed + index, numRuns: steps });
}

/** Every peer told is one that can be there, whole, with its own id, none twice, and never the one who asks. */
function checkPeersTold(
  start: AnnouncerStart,
  model: Model,
  step: Step,
  stepNumber: number,
  family: Family,
): void {
  const told = family === IPV4 ? answer.count4 : answer.count6;
  const size = COMPACT_BYTES[family];
  const own = model.peers(step.torrent);
  assert(told <= step.wanted);
  for (let i = 0; i < told; i++) {
    const at = (family === IPV4 ? answer.at4 : answer.at6) + i * size;
    const peer = answer.bytes[at + size - 2] * 256 + answer.bytes[at + size - 1] - 1;
    const key = peer * 2 + family;
    const fault = toldIn.get(key) === stepNumber
      ? "told twice"
      : peer === step.peer && family === step.family
      ? "told to itself"
      : faultOf(start, own, peer, family, at, i);
    toldIn.set(key, stepNumber);
    if (fault !== null) throw new Error(`step ${stepNumber}, peer ${peer}: ${fault}`);
  }
}

/** What is wrong with the peer at byte `at` of the answer, the one at `place` of its family. */
function faultOf(
  { index, count }: AnnouncerStart,
  own: Map<string, unknown>,
  peer: number,
  family: Family,
  at: number,
  place: number,
): string | null {
  const ghost = isGhost(peer);
  if (!ghost && peer >= PEERS_EACH * count) return "nobody announces it";
  const compact = compactForm(peer, family);
  if (!compact.every((byte, i) => answer.bytes[at + i] === byte)) return "its address is another one's";
  const id = (family === IPV4 ? answer.ids4 : answer.ids6)!.subarray(place * 5, place * 5 + 5);
  if (!id.every((word) => word === (ghost ? 0 : peer + 1))) return `its id is ${id}`;
  if (!ghost && peer % count === index && !own.has(compact.toHex())) return "it is not there";
  return null;
}

function compactForm(peer: number, family: Family): Uint8Array {
  const key = peer * 2 + family;
  const compact = compactForms.get(key) ?? compactOf(peer, family);
  compactForms.set(key, compact);
  return compact;
}
