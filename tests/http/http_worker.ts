// HTTP workers as main runs them, of either backend, for tests.
import type { Cidr, HttpEndpoint } from "../../src/addresses/mod.ts";
import {
  createFullScrapeTimes,
  HTTP_CONTROL_STOP,
  type HttpBackend,
  type HttpLimits,
  type HttpSettings,
  type HttpSockets,
  type HttpStartMessage,
  type HttpStreamsCommand,
  type HttpStreamsReport,
  httpStreamsWorkerUrl,
  type HttpWorkerCommand,
  type HttpWorkerReport,
  httpWorkerUrl,
  openDenoHttp,
  type OpenHttp,
  openHttp,
  type StatisticsParts,
  type TlsPair,
} from "../../src/http/mod.ts";
import { openLibc } from "../../src/os/mod.ts";
import { createTable, type PeerTable } from "../../src/peers/mod.ts";
import { latencyOf } from "../../src/stats/latency.ts";
import {
  createCounters,
  createHeartbeat,
  HTTP_LATENCY,
  type RequestReport,
  requestsOf,
  sumCounters,
} from "../../src/stats/mod.ts";
import type { Endpoint } from "../harness.ts";
import { PROCESS_MS } from "../process.ts";
import { GLIBC, type Requirement, testWith } from "../requirements.ts";
import { within } from "../within.ts";
import { exampleStatistics } from "./example_statistics.ts";

// Here and not in the first test that needs it, which would seem to leave the library open.
openLibc();

/** How long a client of the streams worker may take nothing. */
const SEND_TIMEOUT_SEC = 1;

const LIMITS: HttpLimits = {
  maxConnections: 1000,
  headerTimeoutSec: 20,
  keepAliveTimeoutSec: 20,
  maxUnsentBytes: 16 * 1024 * 1024,
};
const SETTINGS: HttpSettings = {
  intervalSec: 1800,
  minIntervalSec: 900,
  warningMessage: null,
  trackerId: null,
  fullScrape: true,
  fullScrapeIntervalSec: 1,
  statsPath: "stats",
  statsFrom: [],
  statsHashes: false,
  redirectUrl: null,
};

/** Registers a test of what both backends do. */
export function testBackends(
  name: string,
  test: (backend: HttpBackend) => Promise<void>,
  requirements: Requirement[] = [],
): void {
  testWith([...requirements, GLIBC], `${name} (libc)`, () => test("libc"));
  testWith(requirements, `${name} (deno)`, () => test("deno"));
}

/** A TCP address on a free port. */
export function tcp(hostname: string): HttpEndpoint {
  return { kind: "tcp", hostname, port: 0, proxyHeader: null, serves: "all" };
}

/** How a thread answers its start message, and what it reports then. */
class TestThread<Command, Report extends { kind: string }> {
  readonly #worker: Worker;
  readonly #reports: Report[] = [];
  #wake: () => void = () => {};

  constructor(url: string, onReport: (report: Report) => boolean = () => false) {
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if (onReport(data)) return;
      this.#reports.push(data);
      this.#wake();
    };
  }

  send(command: Command): void {
    this.#worker.postMessage(command);
  }

  /** The next report that nobody has read yet. The first is late where Deno checks the worker's types before it runs. */
  async report(): Promise<Report> {
    const arrival = new Promise<void>((resolve) => this.#wake = resolve);
    if (this.#reports.length === 0) await within(PROCESS_MS, arrival, () => "The worker reports nothing");
    return this.#reports.shift()!;
  }

  async expect(kind: Report["kind"]): Promise<void> {
    const report = await this.report();
    if (report.kind !== kind) throw new Error(`Not ${kind} but ${JSON.stringify(report)}`);
  }
}

/** One HTTP worker. */
export type TestWorker = TestThread<HttpWorkerCommand, HttpWorkerReport>;

/** Starts a worker that was sent nothing yet. */
export function startThread(): TestWorker {
  return new TestThread(httpWorkerUrl);
}

export interface ServersOptions {
  backend: HttpBackend;
  endpoints?: HttpEndpoint[];
  workerCount?: number;
  limits?: Partial<HttpLimits>;
  trustedProxies?: Cidr[];
  settings?: Partial<HttpSettings>;
  statistics?: StatisticsParts;
  tls?: TlsPair | null;
}

/** Workers on one table, as main starts them, with a streams worker where the backend needs one. */
export class TestServers implements AsyncDisposable {
  readonly table: PeerTable = createTable({ maxPeers: 100_000, maxTorrents: 10_000, peerIds: true });
  readonly workers: TestWorker[] = [];
  /** Who was given a full scrape, as the workers told it. */
  readonly fullScrapeClients: string[] = [];
  readonly #options: ServersOptions;
  readonly #open: OpenHttp;
  readonly #counters: SharedArrayBuffer;
  readonly #fullScrapeTimes = createFullScrapeTimes();
  readonly #control = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #streams: TestThread<HttpStreamsCommand, HttpStreamsReport> | null;

  private constructor(options: ServersOptions, open: OpenHttp) {
    this.#options = options;
    this.#open = open;
    this.#counters = createCounters(open.workers.length + 1);
    this.#streams = open.backend === "libc"
      ? new TestThread(httpStreamsWorkerUrl, (report) => this.#noteFullScrape(report))
      : null;
  }

  /** Starts workers that all listen on the endpoints, 127.0.0.1 and a free port if none are named. */
  static async start(options: ServersOptions): Promise<TestServers> {
    const { backend, endpoints = [tcp("127.0.0.1")], workerCount = 1, tls = null } = options;
    const open = tls === null
      ? await openHttp(endpoints, workerCount, backend)
      : await openDenoHttp(endpoints, workerCount, tls, "TLS");
    const servers = new TestServers(options, open);
    await servers.#startAll();
    return servers;
  }

  /** What is served, with real ports. */
  get endpoints(): HttpEndpoint[] {
    return this.#open.endpoints;
  }

  /** The TCP address of that index among the endpoints. */
  address(index = 0): Endpoint {
    const endpoint = this.endpoints[index];
    if (endpoint.kind !== "tcp") throw new Error(`Not an address: ${endpoint.path}`);
    return endpoint;
  }

  /** What all workers have counted. */
  get requests(): RequestReport {
    return requestsOf(sumCounters(this.#counters));
  }

  /** Requests whose duration was counted by all workers, and the sum of the durations in microseconds. */
  get latency(): { count: number; sumUs: number } {
    const { counts, sumUs } = latencyOf(sumCounters(this.#counters), HTTP_LATENCY);
    return { count: counts.reduce((sum, count) => sum + count), sumUs };
  }

  async #startAll(): Promise<void> {
    this.#streams?.send({
      kind: "start",
      table: this.table.buffers,
      counters: this.#counters,
      workerIndex: this.#open.workers.length,
      sendTimeoutSec: SEND_TIMEOUT_SEC,
      heartbeat: createHeartbeat(),
    });
    await this.#streams?.expect("ready");
    for (const [index, sockets] of this.#open.workers.entries()) {
      const worker: TestWorker = new TestThread(httpWorkerUrl, (report) => {
        if (report.kind === "stream") this.#streams?.send(report);
        return report.kind === "stream" || this.#noteFullScrape(report);
      });
      this.workers.push(worker);
      worker.send(this.#startMessage(sockets, index));
      await worker.expect("ready");
    }
  }

  /** Whether the report was of a full scrape. */
  #noteFullScrape(report: HttpWorkerReport | HttpStreamsReport): boolean {
    if (report.kind === "fullScrape") this.fullScrapeClients.push(report.client);
    return report.kind === "fullScrape";
  }

  #startMessage(sockets: HttpSockets, workerIndex: number): HttpStartMessage {
    const { limits, trustedProxies = [], settings, statistics = exampleStatistics() } = this.#options;
    return {
      kind: "start",
      sockets,
      table: this.table.buffers,
      counters: this.#counters,
      workerIndex,
      trustedProxies,
      limits: { ...LIMITS, ...limits },
      settings: { ...SETTINGS, ...settings },
      statistics,
      access: null,
      heartbeat: createHeartbeat(),
      fullScrapeTimes: this.#fullScrapeTimes,
      control: this.#control,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Atomics.store(new Int32Array(this.#control), HTTP_CONTROL_STOP, 1);
    for (const worker of this.workers) worker.send({ kind: "stop" });
    for (const worker of this.workers) await worker.expect("stopped");
    this.#streams?.send({ kind: "stop" });
    await this.#streams?.expect("stopped");
    this.#open.removeFiles();
  }
}
