// UDP workers as the tracker starts them, over a table of their own, without the rest of the tracker.
import type { Endpoint } from "../../src/addresses/mod.ts";
import { createTable } from "../../src/peers/mod.ts";
import { latencyOf } from "../../src/stats/latency.ts";
import { COUNTER, createCounters, createHeartbeat, sumCounters, UDP_LATENCY } from "../../src/stats/mod.ts";
import {
  CONTROL_STOP,
  openUdp,
  type UdpBackend,
  type UdpStartMessage,
  type UdpWorkerCommand,
  type UdpWorkerReport,
  udpWorkerUrl,
} from "../../src/udp/mod.ts";

/** Workers that serve. Dispose of them to stop them in order. */
export class UdpServer implements AsyncDisposable {
  /** The addresses served, as `openUdp` told them. */
  readonly addresses: Endpoint[];
  /** The addresses that each worker said it serves. */
  readonly served: Endpoint[][];
  readonly #workers: Worker[];
  readonly #control: SharedArrayBuffer;
  readonly #counters: SharedArrayBuffer;

  private constructor(
    addresses: Endpoint[],
    served: Endpoint[][],
    workers: Worker[],
    control: SharedArrayBuffer,
    counters: SharedArrayBuffer,
  ) {
    this.addresses = addresses;
    this.served = served;
    this.#workers = workers;
    this.#control = control;
    this.#counters = counters;
  }

  /** `beforeServing` may send datagrams, which then wait together. The secret is that of the connection ids. */
  static async start(
    endpoints: Endpoint[],
    workerCount: number,
    backend: UdpBackend,
    beforeServing: (addresses: Endpoint[], secret: Uint32Array) => Promise<void> = () => Promise.resolve(),
  ): Promise<UdpServer> {
    const table = createTable({ maxPeers: 10_000, maxTorrents: 1000, peerIds: true });
    const { addresses, workers: sockets } = openUdp(endpoints, workerCount, backend);
    const secret = crypto.getRandomValues(new Uint32Array(2));
    await beforeServing(addresses, secret);
    const control = new SharedArrayBuffer(4);
    const counters = createCounters(sockets.length);
    const workers = sockets.map(() => new Worker(udpWorkerUrl, { type: "module" }));
    const served: Endpoint[][] = [];
    for (const [workerIndex, worker] of workers.entries()) {
      const start: UdpStartMessage = {
        kind: "start",
        sockets: sockets[workerIndex],
        table: table.buffers,
        counters,
        workerIndex,
        secret,
        access: null,
        heartbeat: createHeartbeat(),
        control,
        settings: { intervalSec: 1800, realtime: false },
      };
      worker.postMessage(start);
      const report = await nextReport(worker);
      if (report.kind !== "ready") throw new Error(`A worker said ${report.kind} instead of ready`);
      served.push(report.addresses);
    }
    return new UdpServer(addresses, served, workers, control, counters);
  }

  /** Announces answered by all workers, for tests that count them. */
  get announces(): number {
    return sumCounters(this.#counters)[COUNTER.udpAnnounces];
  }

  /** Requests whose duration was counted by all workers, and the sum of the durations in microseconds. */
  get latency(): { count: number; sumUs: number } {
    const { counts, sumUs } = latencyOf(sumCounters(this.#counters), UDP_LATENCY);
    return { count: counts.reduce((sum, count) => sum + count), sumUs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Atomics.store(new Int32Array(this.#control), CONTROL_STOP, 1);
    const stop: UdpWorkerCommand = { kind: "stop" };
    await Promise.all(this.#workers.map(async (worker) => {
      const report = nextReport(worker);
      worker.postMessage(stop);
      const { kind } = await report;
      if (kind !== "stopped") throw new Error(`A worker said ${kind} instead of stopped`);
    }));
  }
}

function nextReport(worker: Worker): Promise<UdpWorkerReport> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
  });
}
