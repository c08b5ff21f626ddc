// An HTTP worker as main runs it, for tests.
import {
  type HttpStartMessage,
  type HttpWorkerCommand,
  type HttpWorkerReport,
  httpWorkerUrl,
  probeHttp,
} from "../../src/http/mod.ts";
import { createTable, type PeerTable } from "../../src/peers/mod.ts";
import { createCounters } from "../../src/stats/mod.ts";
import type { Endpoint } from "../harness.ts";
import { within } from "../within.ts";

const REPORT_MS = 20_000;

/** One worker thread; its reports are read in order. Dispose it to stop it in order. */
export class TestWorker implements AsyncDisposable {
  readonly #worker = new Worker(httpWorkerUrl, { type: "module" });
  readonly #reports: HttpWorkerReport[] = [];
  #wake: () => void = () => {};

  constructor() {
    this.#worker.onmessage = (event: MessageEvent<HttpWorkerReport>) => {
      this.#reports.push(event.data);
      this.#wake();
    };
  }

  send(command: HttpWorkerCommand): void {
    this.#worker.postMessage(command);
  }

  async report(): Promise<HttpWorkerReport> {
    const arrival = new Promise<void>((resolve) => this.#wake = resolve);
    if (this.#reports.length === 0) await within(REPORT_MS, arrival, () => "The worker reports nothing");
    return this.#reports.shift()!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.send({ kind: "stop" });
    const report = await this.report();
    if (report.kind !== "stopped") throw new Error(`The worker reports ${report.kind} instead of stopped`);
  }
}

/** Workers on one table, as main starts them. */
export class TestServers implements AsyncDisposable {
  readonly table: PeerTable = createTable({ maxPeers: 10_000, maxTorrents: 1000, peerIds: true });
  readonly endpoints: Endpoint[];
  readonly #workers: TestWorker[] = [];
  readonly #counters: SharedArrayBuffer;

  private constructor(hostnames: string[], workerCount: number) {
    this.endpoints = probeHttp(hostnames.map((hostname) => ({ hostname, port: 0 })));
    this.#counters = createCounters(workerCount);
    for (let i = 0; i < workerCount; i++) this.#workers.push(new TestWorker());
  }

  /** Starts workers that all listen on a free port of every hostname. */
  static async start(hostnames: string[], workerCount = 1): Promise<TestServers> {
    const servers = new TestServers(hostnames, workerCount);
    for (const [index, worker] of servers.#workers.entries()) {
      worker.send(servers.#startMessage(index));
      const report = await worker.report();
      if (report.kind !== "ready") throw new Error(`The worker is not ready: ${JSON.stringify(report)}`);
    }
    return servers;
  }

  #startMessage(workerIndex: number): HttpStartMessage {
    return {
      kind: "start",
      table: this.table.buffers,
      counters: this.#counters,
      workerIndex,
      endpoints: this.endpoints,
      settings: { intervalSec: 1800, minIntervalSec: 900 },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#workers) await worker[Symbol.asyncDispose]();
  }
}
