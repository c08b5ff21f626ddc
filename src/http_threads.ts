/** The threads that serve HTTP, and the one that sends their long answers. @module */

import type { AccessParts } from "./access/mod.ts";
import type { Config } from "./config/mod.ts";
import {
  createFullScrapeTimes,
  type HttpFullScrapeMessage,
  type HttpSockets,
  type HttpStartMessage,
  type HttpStreamMessage,
  type HttpStreamsCommand,
  type HttpStreamsReport,
  type HttpWorkerCommand,
  type HttpWorkerReport,
  type StatisticsParts,
  type TlsPair,
} from "./http/mod.ts";
import { log } from "./log.ts";
import type { TableBuffers } from "./peers/mod.ts";
import type { Sockets } from "./sockets.ts";
import { createHeartbeat, DOCUMENT_BYTES_MAX } from "./stats/mod.ts";
import { WorkerThread } from "./worker_thread.ts";

/** Bytes of answers that wait for clients: of all threads together, and at least of each. */
const UNSENT_BYTES_MAX = 32 * 1024 * 1024;
const THREAD_UNSENT_BYTES_MIN = 2 * DOCUMENT_BYTES_MAX;

/** What the threads are made of. */
export interface HttpThreadsOptions {
  config: Config;
  /** The modules that they run. */
  modules: { http: string; httpStreams: string };
  sockets: Sockets;
  table: TableBuffers;
  /** Who is refused; null = nobody. */
  access: AccessParts | null;
  /** What is told of the tracker; null = nothing. */
  statistics: StatisticsParts | null;
  /** The counters of all threads, and which row is the first serving thread's; the one of the streams has the last. */
  counters: SharedArrayBuffer;
  firstRow: number;
  /** The stop flag, see HTTP_CONTROL_STOP. */
  control: SharedArrayBuffer;
  onDeath: (name: string, reason: string) => void;
}

type HttpThread = WorkerThread<HttpWorkerCommand, HttpWorkerReport>;
type StreamsThread = WorkerThread<HttpStreamsCommand, HttpStreamsReport>;

/** The HTTP threads of a tracker, from their start on. */
export class HttpThreads {
  /** All of them. */
  readonly all: (HttpThread | StreamsThread)[];
  /** All but the one of the streams. */
  readonly #serving: HttpThread[];
  readonly #tls: HttpThread[];
  /** Only where full scrapes are answered by threads that cannot send them. */
  readonly #streams: StreamsThread | null;
  readonly #options: HttpThreadsOptions;
  readonly #fullScrapeTimes = createFullScrapeTimes();
  /** Answers to reloads that are yet to come, and why those that came could not reload. */
  #awaitedReloads = 0;
  #reloading = Promise.withResolvers<void>();
  #reloadProblems: string[] = [];

  constructor(options: HttpThreadsOptions) {
    this.#options = options;
    const { http, https } = options.sockets;
    const needsStreams = options.config.fullScrape && http.backend === "libc" && http.workers.length > 0;
    this.#streams = needsStreams ? this.#startStreams() : null;
    const plain = http.workers.map((sockets, index) => this.#start(`http-${index + 1}`, index, sockets));
    this.#tls = https.workers.map((sockets, index) =>
      this.#start(`https-${index + 1}`, plain.length + index, sockets)
    );
    this.#serving = [...plain, ...this.#tls];
    this.all = [...this.#serving, ...this.#streams === null ? [] : [this.#streams]];
  }

  /** Serves TLS with this pair from now on, logs what comes of it, and resolves then. There must be threads for TLS. */
  reload(tls: TlsPair): Promise<void> {
    this.#awaitedReloads += this.#tls.length;
    for (const thread of this.#tls) thread.post({ kind: "reload", tls });
    return this.#reloading.promise;
  }

  /** Asks all of them to stop; the stop flag must be set. */
  stop(): void {
    for (const thread of this.#serving) thread.post({ kind: "stop" });
    // Until they have stopped they may have streams to hand over.
    Promise.all(this.#serving.map(({ stopped }) => stopped)).then(() =>
      this.#streams?.post({ kind: "stop" })
    );
  }

  #start(name: string, index: number, sockets: HttpSockets): HttpThread {
    const { config, modules, table, access, statistics, counters, firstRow, control, onDeath } =
      this.#options;
    const plainThreads = this.#options.sockets.http.workers.length;
    const start: HttpStartMessage = {
      kind: "start",
      sockets,
      table,
      counters,
      workerIndex: firstRow + index,
      trustedProxies: config.trustedProxies,
      limits: {
        maxConnections: Math.max(Math.floor(config.httpMaxConnections / plainThreads), 1),
        headerTimeoutSec: config.httpHeaderTimeoutSec,
        keepAliveTimeoutSec: config.httpKeepAliveTimeoutSec,
        maxUnsentBytes: Math.max(Math.floor(UNSENT_BYTES_MAX / plainThreads), THREAD_UNSENT_BYTES_MIN),
      },
      settings: {
        intervalSec: config.intervalSec,
        minIntervalSec: config.minIntervalSec,
        warningMessage: config.warningMessage,
        trackerId: config.trackerId,
        fullScrape: config.fullScrape,
        fullScrapeIntervalSec: config.fullScrapeIntervalSec,
        statsPath: config.statsPath,
        statsFrom: config.statsFrom,
        statsHashes: config.statsHashes,
        redirectUrl: config.redirectUrl,
      },
      access,
      statistics,
      heartbeat: createHeartbeat(),
      fullScrapeTimes: this.#fullScrapeTimes,
      control,
    };
    return new WorkerThread<HttpWorkerCommand, HttpWorkerReport>(
      name,
      modules.http,
      start,
      onDeath,
      (report) => {
        if (report.kind === "stream") this.#stream(report);
        else if (report.kind === "fullScrape") tellFullScrape(report);
        else if (report.kind === "reloaded") this.#reloaded(null);
        else if (report.kind === "reloadFailed") this.#reloaded(report.message);
      },
    );
  }

  #startStreams(): StreamsThread {
    const { config, modules, sockets, table, counters, firstRow, onDeath } = this.#options;
    return new WorkerThread<HttpStreamsCommand, HttpStreamsReport>(
      "http-streams",
      modules.httpStreams,
      {
        kind: "start",
        table,
        counters,
        workerIndex: firstRow + sockets.http.workers.length + sockets.https.workers.length,
        heartbeat: createHeartbeat(),
        sendTimeoutSec: config.httpHeaderTimeoutSec,
      },
      onDeath,
      (report) => {
        if (report.kind === "fullScrape") tellFullScrape(report);
      },
    );
  }

  #stream(message: HttpStreamMessage): void {
    this.#streams?.post(message);
  }

  #reloaded(problem: string | null): void {
    if (problem !== null) this.#reloadProblems.push(problem);
    if (--this.#awaitedReloads > 0) return;
    const problems = this.#reloadProblems;
    this.#reloadProblems = [];
    this.#reloading.resolve();
    this.#reloading = Promise.withResolvers();
    if (problems.length === 0) log.info("SIGHUP: HTTPS has the new certificate now");
    else log.error(`SIGHUP: HTTPS keeps the old certificate: ${problems[0]}`);
  }
}

function tellFullScrape({ client }: HttpFullScrapeMessage): void {
  log.client(client, "is given a full scrape");
}
