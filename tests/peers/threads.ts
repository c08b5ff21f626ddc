// What the tests with several threads have in common: how a worker is run, and what the workers here are told.

import type { PeerTable, TableBuffers } from "../../src/peers/mod.ts";
import { within } from "../within.ts";
import type { Model } from "./model.ts";

const WORKER_MS = 60_000;
const ANNOUNCERS = 4;

/** The seed of this run's threads; `TEST_SEED` in the environment repeats one that a failure has named. */
export const SEED = Number(Deno.env.get("TEST_SEED") ?? crypto.getRandomValues(new Int32Array(1))[0]);

/** Sends a worker module of this folder its start message; resolves to the one message that it answers with. */
export async function runWorker<Start, Report>(module: string, start: Start): Promise<Report> {
  const worker = new Worker(new URL(module, import.meta.url), { type: "module", name: module });
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  worker.onmessage = ({ data }: MessageEvent<Report>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(`${module}, with TEST_SEED=${SEED}: ${event.message}`));
  };
  worker.postMessage(start);
  return await within(WORKER_MS, promise, () => `${module} does not come to an end, with TEST_SEED=${SEED}`);
}

/** Does `act` again and again on this thread while others are at work; fails when they do. */
export async function whilePending(others: Promise<unknown>, act: () => void): Promise<void> {
  let over = false;
  const acting = async () => {
    while (!over) {
      act();
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  await Promise.all([others.finally(() => over = true), acting()]);
}

/** Runs `check`; what it throws names the seed. */
export function withSeed(check: () => void): void {
  try {
    check();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Error(`With TEST_SEED=${SEED}: ${reason}`, { cause });
  }
}

/** To an announcer, which answers with the torrents of its model. */
export interface AnnouncerStart {
  table: TableBuffers;
  /** Which of how many this is, 0 up. It announces the peers whose number leaves `index` when divided by `count`. */
  index: number;
  count: number;
  steps: number;
  seed: number;
  /** Torrents to announce; one that is there twice is chosen twice as often. */
  torrents: number[];
}

export type AnnouncerReport = Model["torrents"];

/** Announces from four workers at once; resolves to what each of them made of the torrents. */
export function announceFromAll(
  table: PeerTable,
  torrents: number[],
  steps: number,
): Promise<AnnouncerReport[]> {
  const start = { table: table.buffers, count: ANNOUNCERS, steps, seed: SEED, torrents };
  const indexes = Array.from({ length: ANNOUNCERS }, (_, index) => index);
  return Promise.all(
    indexes.map((index) =>
      runWorker<AnnouncerStart, AnnouncerReport>("announcer_worker.ts", { ...start, index })
    ),
  );
}

/** Adds the peers and downloads of all reports to the model. */
export function unite(model: Model, reports: AnnouncerReport[]): void {
  for (const report of reports) {
    for (const [hash, { peers, completed, touched }] of report) {
      const before = model.torrents.get(hash);
      model.torrents.set(hash, {
        peers: new Map([...before?.peers ?? [], ...peers]),
        completed: (before?.completed ?? 0) + completed,
        touched,
      });
    }
  }
}

/** To a maker of torrents, which answers null when it has made them. */
export interface MakerStart {
  table: TableBuffers;
  /** Which of the makers this is, 0 to 255: no other makes its torrents. */
  index: number;
  torrents: number;
}

/** To a keeper, which answers with how often it swept and walked the table. */
export interface KeeperStart {
  table: TableBuffers;
  /** The first Int32 is 0 as long as somebody announces. */
  over: SharedArrayBuffer;
  /** Hashes of torrents that are there all the time. */
  pinned: Set<string>;
}

/** To a walker, which answers with how often it walked, or with -1 when it met somebody. */
export interface TurnsStart {
  table: TableBuffers;
  /** Two Int32, see below. */
  state: SharedArrayBuffer;
}

/** Not 0 when the walker is to stop. */
export const OVER = 0;
/** How many walk or sweep now. */
export const INSIDE = 1;

/** To a user of a heap, which answers with how many blocks it was given. */
export interface HeapUserStart {
  buffer: SharedArrayBuffer;
  /** Which of the users this is, 0 up. */
  index: number;
  steps: number;
  seed: number;
}
