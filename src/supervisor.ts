/**
 * The supervisor: starts the threads, saves by the rules, answers signals, and ends it all in order.
 *
 * @module
 */

import type { AccessLists } from "./access_lists.ts";
import type { Config } from "./config/mod.ts";
import { FullWarning } from "./full_warning.ts";
import { Handover } from "./handover.ts";
import { httpStreamsWorkerUrl, httpWorkerUrl } from "./http/mod.ts";
import { HttpThreads } from "./http_threads.ts";
import type { KeeperCommand, KeeperReport, KeeperStartMessage } from "./keeper_messages.ts";
import { log } from "./log.ts";
import { keyPath } from "./odb/mod.ts";
import { openLibc, readBootId, standBack } from "./os/mod.ts";
import { type PeerTable, tableStats } from "./peers/mod.ts";
import type { Reports } from "./reports.ts";
import { SaveSchedule } from "./save_schedule.ts";
import { SaveThread } from "./save_thread.ts";
import { nowSec, Saver } from "./saver.ts";
import type { ServiceManager } from "./service_manager.ts";
import { ServiceReports } from "./service_reports.ts";
import type { Signals } from "./signals.ts";
import { formatSockets, logBackends, type Sockets } from "./sockets.ts";
import {
  COUNTER,
  counterRow,
  createCounters,
  createHeartbeat,
  sumCounters,
  SUPERVISOR_ROW,
} from "./stats/mod.ts";
import { StatusText } from "./status_text.ts";
import { readTls } from "./tls.ts";
import { CONTROL_STOP, udpWorkerUrl } from "./udp/mod.ts";
import { UdpDrops } from "./udp_drops.ts";
import { startUdpThreads, type UdpThread } from "./udp_threads.ts";
import { WorkerThread } from "./worker_thread.ts";

/** The modules that the threads run. */
export interface WorkerModules {
  udp: string;
  http: string;
  httpStreams: string;
  keeper: string;
  saver: string;
}

/** The ones of this program. */
export const MODULES: WorkerModules = {
  udp: udpWorkerUrl,
  http: httpWorkerUrl,
  httpStreams: httpStreamsWorkerUrl,
  keeper: new URL("./keeper.ts", import.meta.url).href,
  saver: new URL("./save_worker.ts", import.meta.url).href,
};

const TICK_MS = 1000;
/** A minute of the table's clock. */
export const MINUTE_MS = 60_000;
/** Workers that have not stopped by then are left behind. */
const STOP_MS_MAX = 5000;
/** Torrents that nobody is in stay for these many minutes, never completed ones and others (DESIGN decision 5). */
const EMPTY_TORRENT_MIN = 45;
const COMPLETED_TORRENT_MIN = 24 * 60;

type Keeper = WorkerThread<KeeperCommand, KeeperReport>;

/** The ODB file that is saved to; null when there is none. */
export function savedOdbOf({ odb, odbReadonly }: Config): string | null {
  return odbReadonly ? null : odb;
}

/** One run of the tracker, from its open sockets to its end. */
export class Supervisor {
  readonly #config: Config;
  readonly #table: PeerTable;
  readonly #lists: AccessLists;
  readonly #counters: SharedArrayBuffer;
  readonly #sockets: Sockets;
  /** The supervisor's row of counters. */
  readonly #row: Float64Array;
  readonly #handover: Handover;
  readonly #drops: UdpDrops;
  readonly #stopFlag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #udp: UdpThread[];
  readonly #http: HttpThreads;
  readonly #reports: Reports | null;
  readonly #keeper: Keeper;
  /** These are null when there is nothing to save to. */
  readonly #saver: Saver | null;
  #saveThread: SaveThread | null;
  /** Resolves when the tracker is to stop. */
  readonly #end = Promise.withResolvers<void>();
  #hasFailed = false;

  /** Starts the threads. The sockets belong to them from now on. `leftOutPeers` is what restoring the table returned. */
  constructor(
    config: Config,
    modules: WorkerModules,
    table: PeerTable,
    leftOutPeers: number,
    lists: AccessLists,
    sockets: Sockets,
    reports: Reports | null,
  ) {
    this.#config = config;
    this.#table = table;
    this.#lists = lists;
    this.#sockets = sockets;
    this.#reports = reports;
    logBackends(sockets);
    const { udp, http, https } = sockets;
    // One more for the thread of the streams, whether there is one or not.
    this.#counters = createCounters(udp.workers.length + http.workers.length + https.workers.length + 1);
    this.#row = counterRow(this.#counters, SUPERVISOR_ROW);
    this.#handover = this.#takeOver();
    this.#drops = new UdpDrops(udp.addresses, this.#row);
    this.#describeStart(leftOutPeers);
    const savedOdb = savedOdbOf(config);
    this.#saver = savedOdb === null ? null : this.#createSaver(savedOdb);
    this.#saveThread = savedOdb === null ? null : this.#startSaveThread(modules.saver, savedOdb);
    this.#keeper = this.#startKeeper(modules.keeper);
    this.#udp = startUdpThreads({
      config,
      module: modules.udp,
      sockets,
      table: table.buffers,
      access: lists.parts,
      counters: this.#counters,
      secret: this.#handover.secret,
      control: this.#stopFlag,
      onDeath: this.#died,
    });
    this.#http = new HttpThreads({
      config,
      modules,
      sockets,
      table: table.buffers,
      access: lists.parts,
      statistics: reports?.parts ?? null,
      counters: this.#counters,
      firstRow: udp.workers.length,
      control: this.#stopFlag,
      onDeath: this.#died,
    });
  }

  /** Serves until a signal stops it or a thread dies, and returns the exit code: 0 when it was stopped and the state saved. */
  async run(signals: Signals, manager: ServiceManager): Promise<number> {
    const saver = this.#saver;
    const status = new StatusText(this.#table, this.#counters, nowSec());
    const serving = [...this.#udp, ...this.#http.all];
    const slow = this.#saveThread === null ? [this.#keeper] : [this.#keeper, this.#saveThread];
    const reports = new ServiceReports({
      manager,
      serving,
      slow,
      status: () => status.text(nowSec()),
    });
    signals.answerBy({ save: () => this.#saveNow(), reload: () => this.#reloadNow(reports) });
    signals.stop.then(() => this.#end.resolve());
    let isReady = false;
    void this.#reports?.begin({
      counters: this.#counters,
      workers: [...this.#udp, ...this.#http.all].map(({ name }) => name),
      table: this.#table,
      isSaved: saver !== null,
      isReady: () => isReady,
      askTop: (count) => this.#keeper.post({ kind: "top", count }),
    });
    const fullWarning = new FullWarning(this.#table);
    const timer = setInterval(() => {
      saver?.tick();
      fullWarning.tick(nowSec());
      if (this.#config.watchLists) this.#lists.reloadChanged();
      this.#drops.count();
    }, TICK_MS);
    try {
      await Promise.all([...slow, ...serving].map(({ ready }) => ready));
      isReady = true;
      const { libc } = openLibc();
      if (libc !== null) standBack(libc);
      await this.#reports?.refresh();
      log.info(`ready ${formatSockets(this.#sockets)}`);
      reports.ready();
    } catch (error) {
      // A worker that died has been told of already.
      if (!this.#hasFailed) this.#fail(error instanceof Error ? error.message : String(error));
    }
    await this.#end.promise;
    clearInterval(timer);
    this.#reports?.end();
    reports.stopping();
    await this.#stopServing();
    const saved = await this.#saveAtEnd();
    this.#handover.keep();
    for (const thread of [this.#keeper, this.#saveThread]) thread?.post({ kind: "stop" });
    await Promise.all([...slow, this.#saveThread].map((thread) => thread?.stopped));
    reports.close();
    if (!saved || this.#hasFailed) return 1;
    log.info("stopped");
    return 0;
  }

  #fail(reason: string): void {
    log.error(reason);
    this.#hasFailed = true;
    this.#end.resolve();
  }

  async #stopServing(): Promise<void> {
    // While the sockets are still ours: a tracker that starts from now on may put files of its own there.
    this.#removeSocketFiles();
    Atomics.store(new Int32Array(this.#stopFlag), CONTROL_STOP, 1);
    for (const worker of this.#udp) worker.post({ kind: "stop" });
    this.#http.stop();
    const stopped = Promise.all([...this.#udp, ...this.#http.all].map(({ stopped }) => stopped));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, STOP_MS_MAX));
    await Promise.race([stopped, late]);
    clearTimeout(timer);
  }

  /** A file that stays does no harm, the next tracker replaces it; what is yet to be saved must not be lost for it. */
  #removeSocketFiles(): void {
    try {
      this.#sockets.http.removeFiles();
    } catch (error) {
      log.warning(`cannot remove the file of a socket: ${error instanceof Error ? error.message : error}`);
    }
  }

  #saveNow(): void {
    if (this.#saver === null) log.info("SIGUSR2: there is no file to save to");
    else void this.#saver.save();
  }

  #reloadNow(reports: ServiceReports): void {
    const hasFiles = this.#config.tls !== null || this.#lists.hasFiles;
    if (hasFiles) void reports.reload(() => this.#reload());
    else log.info("SIGHUP: there is nothing to load anew");
  }

  /** Takes what is in the files of the lists and of the certificate now. */
  async #reload(): Promise<void> {
    const reading = this.#lists.reload();
    const { tls, https } = this.#config;
    try {
      if (tls !== null) await this.#http.reload(readTls(tls, https[0]));
    } catch (error) {
      log.error(`SIGHUP: HTTPS keeps the old certificate: ${error instanceof Error ? error.message : error}`);
    }
    await reading;
  }

  /** Saves what there is, by a thread of its own, or by main when that dies of it. True when nothing is left unsaved. */
  async #saveAtEnd(): Promise<boolean> {
    if (this.#saver === null || this.#saveThread === null) return true;
    this.#saveThread = this.#saveThread.successor();
    return await this.#saver.save() || (this.#saveThread.isDead && await this.#saver.save());
  }

  #takeOver(): Handover {
    const { odb, odbKey } = this.#config;
    const { libc } = openLibc();
    return new Handover({
      path: odb === null || !odbKey ? null : keyPath(odb),
      // Of Deno's sockets each tells the time since its own start.
      bootId: this.#sockets.udp.backend === "libc" && libc !== null ? readBootId(libc) : null,
      counters: this.#counters,
    });
  }

  #describeStart(leftOutPeers: number): void {
    const row = this.#row;
    const { torrents, peers } = tableStats(this.#table);
    row[COUNTER.odbRestoredTorrents] = torrents;
    row[COUNTER.odbRestoredPeers] = peers;
    row[COUNTER.odbLeftOutPeers] = leftOutPeers;
  }

  /** Announces counted so far, those of earlier runs too. */
  #announces(): number {
    const sums = sumCounters(this.#counters);
    return sums[COUNTER.udpAnnounces] + sums[COUNTER.httpAnnounces];
  }

  #createSaver(path: string): Saver {
    const announcesBefore = this.#announces();
    return new Saver({
      path,
      schedule: new SaveSchedule(this.#config.odbSave, nowSec()),
      counters: this.#row,
      nowSec,
      changes: () => this.#announces() - announcesBefore,
      staleAfterSec: this.#config.odbStaleAfterSec,
      onSaved: () => this.#handover.keep(),
      ask: () => this.#saveThread?.save(),
    });
  }

  #startSaveThread(url: string, path: string): SaveThread {
    return new SaveThread({
      url,
      table: this.#table,
      path,
      access: this.#lists.parts,
      control: this.#stopFlag,
      onAnswer: (answer) => this.#saver?.answered(answer),
      onDeath: (name, reason) => {
        this.#saver?.failed("The save ended with its thread.");
        this.#died(name, reason);
      },
    });
  }

  #startKeeper(url: string): Keeper {
    const start: KeeperStartMessage = {
      kind: "start",
      table: this.#table.buffers,
      limits: {
        peerTimeoutMin: Math.ceil(this.#config.peerTimeoutSec / 60),
        emptyTorrentMin: EMPTY_TORRENT_MIN,
        completedTorrentMin: COMPLETED_TORRENT_MIN,
      },
      heartbeat: createHeartbeat(),
      minuteMs: MINUTE_MS,
      access: this.#lists.parts,
    };
    return new WorkerThread<KeeperCommand, KeeperReport>("keeper", url, start, this.#died, (report) => {
      if (report.kind === "top") this.#reports?.takeTop(report.top);
    });
  }

  readonly #died = (name: string, reason: string): void => {
    this.#fail(`the ${name} worker died: ${reason}`);
  };
}
