// The thread that saves: its class, what it leaves out, and that its saves and the keeper's sweeps take turns.
import { assert, assertEquals } from "@std/assert";
import type { KeeperCommand } from "../src/keeper_messages.ts";
import {
  createTable,
  type PeerTable,
  restoreTorrent,
  setTableMinute,
  tableMinute,
  tableStats,
} from "../src/peers/mod.ts";
import {
  SAVE_CONTROL_STOP,
  type SaveCommand,
  type SaveReport,
  type SaveStartMessage,
} from "../src/save_messages.ts";
import { createHeartbeat, Heartbeat } from "../src/stats/mod.ts";
import { hashList, wordsOf } from "./access/lists.ts";
import { randomHash } from "./compact_peers.ts";
import { sourceProgram, startedBy, startTracker, TempFolder, TEST_ARGS } from "./harness.ts";
import { readOdb } from "./odb_file.ts";
import { program } from "./clients/programs.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { NICE_MAX, SCHED_IDLE, threadsOf } from "./threads.ts";
import { until, within } from "./within.ts";

const DEADLINE_MS = 20_000;
const FIRST_MINUTE = 29_000_000;

/** The thread by itself. */
class Thread implements Disposable {
  readonly #worker = new Worker(new URL("../src/save_worker.ts", import.meta.url), { type: "module" });
  readonly #reports: ReadableStreamDefaultReader<SaveReport>;

  constructor(start: SaveStartMessage) {
    const reports = new ReadableStream<SaveReport>({
      start: (controller) => {
        this.#worker.onmessage = ({ data }: MessageEvent<SaveReport>) => controller.enqueue(data);
      },
    });
    this.#reports = reports.getReader();
    this.post(start);
  }

  post(command: SaveCommand): void {
    this.#worker.postMessage(command);
  }

  /** What it says next. */
  async next(): Promise<SaveReport> {
    const { value } = await within(DEADLINE_MS, this.#reports.read(), () => "the thread says nothing");
    return value!;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** A table of torrents without peers, and what starts a thread for it. */
function tableOf(hashes: Uint8Array[], path: string): { table: PeerTable; start: SaveStartMessage } {
  const table = createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false });
  setTableMinute(table, FIRST_MINUTE);
  for (const hash of hashes) restoreTorrent(table, wordsOf(hash), 0, FIRST_MINUTE);
  const heartbeat = createHeartbeat();
  const control = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  return { table, start: { kind: "start", table: table.buffers, path, access: null, control, heartbeat } };
}

testWith(
  [GLIBC, program("nice")],
  "the thread that saves gives way to all others; main and the engine's helpers stand back",
  async () => {
    using folder = new TempFolder();
    for (
      const { args, giving } of [{ args: ["--odb", folder.file("state.odb")], giving: 1 }, {
        args: [],
        giving: 0,
      }]
    ) {
      const all = [...TEST_ARGS, "--no-udp-realtime", ...args];
      await using tracker = await startTracker(all, startedBy(["nice", "-n", "3"], sourceProgram()));
      const threads = threadsOf(tracker.pid);
      const own = threadsOf(Deno.pid).get(Deno.pid)!;
      let givingWay = 0;
      for (const [number, { name, nice, policy }] of threads) {
        if (policy === SCHED_IDLE) {
          givingWay++;
          continue;
        }
        assertEquals(policy, own.policy);
        const isBack = number === tracker.pid || name.startsWith("V8 ");
        assertEquals([name, nice], [name, Math.min(own.nice + (isBack ? 13 : 3), NICE_MAX)]);
      }
      assertEquals(givingWay, giving);
      assertEquals(await tracker.stop(), 0, tracker.log);
    }
  },
);

Deno.test("refused torrents that nobody has dropped yet are not saved, and each torrent is a sign of life", async () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb");
  const [kept, refused] = [randomHash(), randomHash()];
  const { table, start } = tableOf([kept, refused], path);
  const blacklist = await hashList([refused]);
  const access = { whitelist: null, blacklist, networks: null, clients: [], budget: null };
  using thread = new Thread({ ...start, access });
  assertEquals(await thread.next(), { kind: "ready" });
  const before = new Heartbeat(start.heartbeat).count;
  thread.post({ kind: "save" });
  const saved = await thread.next();
  assertEquals(saved.kind === "saved" && saved.torrents, 1, JSON.stringify(saved));
  assert(new Heartbeat(start.heartbeat).count >= before + 2);
  assertEquals(readOdb(Deno.readFileSync(path)).map(({ hash }) => hash.toHex()), [kept.toHex()]);
  assertEquals(tableStats(table).torrents, 2);
  thread.post({ kind: "stop" });
  assertEquals(await thread.next(), { kind: "stopped" });
});

Deno.test("an order to save that comes before the thread is ready is carried out", async () => {
  using folder = new TempFolder();
  const { start } = tableOf([randomHash()], folder.file("state.odb"));
  const access = {
    whitelist: null,
    blacklist: await hashList([]),
    networks: null,
    clients: [],
    budget: null,
  };
  using thread = new Thread({ ...start, access });
  thread.post({ kind: "save" });
  assertEquals(await thread.next(), { kind: "ready" });
  const saved = await thread.next();
  assertEquals(saved.kind === "saved" && saved.torrents, 1, JSON.stringify(saved));
});

Deno.test("a save is given up when the tracker stops, and the thread of the last save does it", async () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb");
  const { start } = tableOf([randomHash()], path);
  using first = new Thread(start);
  assertEquals(await first.next(), { kind: "ready" });
  Atomics.store(new Int32Array(start.control!), SAVE_CONTROL_STOP, 1);
  first.post({ kind: "save" });
  assertEquals(await first.next(), { kind: "givenUp" });
  assertEquals([...Deno.readDirSync(folder.path)], []);
  using last = new Thread({ ...start, control: null });
  assertEquals(await last.next(), { kind: "ready" });
  last.post({ kind: "save" });
  const saved = await last.next();
  assertEquals(saved.kind === "saved" && saved.torrents, 1, JSON.stringify(saved));
});

Deno.test("the table's clock goes on while save follows save, and each of them has all there is", async () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb");
  const hashes = [randomHash(), randomHash()];
  const { table, start } = tableOf(hashes, path);
  using thread = new Thread(start);
  assertEquals(await thread.next(), { kind: "ready" });
  const keeper = new Worker(new URL("../src/keeper.ts", import.meta.url), { type: "module" });
  const command: KeeperCommand = {
    kind: "start",
    table: table.buffers,
    limits: { peerTimeoutMin: 45, emptyTorrentMin: 2 ** 31, completedTorrentMin: 2 ** 31 },
    minuteMs: 20,
    access: null,
    heartbeat: createHeartbeat(),
  };
  keeper.postMessage(command);
  let saves = 0;
  await until(DEADLINE_MS, async () => {
    thread.post({ kind: "save" });
    const saved = await thread.next();
    assertEquals(saved.kind === "saved" && saved.torrents, hashes.length, JSON.stringify(saved));
    saves++;
    return tableMinute(table) >= FIRST_MINUTE + 10 && saves >= 10;
  }, () => `in minute ${tableMinute(table) - FIRST_MINUTE} after ${saves} saves`);
  keeper.terminate();
});

Deno.test("what the thread is sent before it runs is obeyed in its order", async () => {
  const table = createTable({ maxPeers: 10, maxTorrents: 10, peerIds: false });
  const folder = await Deno.makeTempDir();
  const worker = new Worker(new URL("../src/save_worker.ts", import.meta.url), { type: "module" });
  const reports: string[] = [];
  const stopped = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<SaveReport>) => {
    reports.push(data.kind);
    if (data.kind === "stopped") stopped.resolve();
  };
  const commands: SaveCommand[] = [
    {
      kind: "start",
      table: table.buffers,
      path: `${folder}/state.odb`,
      access: null,
      control: null,
      heartbeat: createHeartbeat(),
    },
    { kind: "save" },
    { kind: "save" },
    { kind: "stop" },
  ];
  for (const command of commands) worker.postMessage(command);
  await within(20_000, stopped.promise, () => `only ${reports}`);
  assertEquals(reports, ["ready", "saved", "saved", "stopped"]);
  await Deno.remove(folder, { recursive: true });
});
