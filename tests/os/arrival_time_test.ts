import { assert, assertEquals } from "@std/assert";
import {
  closeSockets,
  DatagramBatch,
  DatagramSender,
  type Libc,
  microsecondsBetween,
  MonotonicClock,
  openUdpPort,
  RealtimeClock,
  receiveArrivalTimes,
} from "../../src/os/mod.ts";
import { ARRIVAL_TIME_BYTES, arrivalMicroseconds } from "../../src/os/arrival_time.ts";
import { until } from "../within.ts";
import { testWithLibc } from "./libc.ts";

/** How long a datagram lies unread. */
const UNREAD_US = 50_000;
const DEADLINE_MS = 10_000;

/** Two sockets of a loopback address, of which one sends to the other. */
class Pair implements Disposable {
  readonly receiver: number;
  readonly #libc: Libc;
  readonly #sender: number;
  readonly #datagrams: DatagramSender;

  constructor(libc: Libc, hostname: string) {
    const { fds: [receiver], address } = openUdpPort(libc, { hostname, port: 0 }, 1);
    this.receiver = receiver;
    this.#libc = libc;
    this.#sender = openUdpPort(libc, { hostname, port: 0 }, 1).fds[0];
    this.#datagrams = new DatagramSender(libc, address, 16, false);
  }

  /** Sends so many datagrams; they have arrived when it returns. */
  send(count: number): void {
    for (let index = 0; index < count; index++) this.#datagrams.queue(1, 0);
    this.#datagrams.send(this.#sender);
  }

  [Symbol.dispose](): void {
    closeSockets(this.#libc, [this.receiver, this.#sender]);
  }
}

Deno.test("arrivalMicroseconds() reads the message that the kernel writes", () => {
  const bytes = new Uint8Array(4 + ARRIVAL_TIME_BYTES);
  const view = new DataView(bytes.buffer, 4);
  view.setBigUint64(0, 32n, true);
  view.setInt32(8, 1, true);
  view.setInt32(12, 35, true);
  for (const seconds of [0, 1, 1_790_000_000, 2 ** 32 + 5]) {
    view.setBigUint64(16, BigInt(seconds), true);
    view.setBigUint64(24, 123_456_789n, true);
    const microseconds = BigInt(seconds) * 1_000_000n + 123_456n;
    assertEquals(arrivalMicroseconds(new Uint32Array(bytes.buffer), 1), Number(microseconds % 2n ** 30n));
  }
});

for (const hostname of ["127.0.0.1", "::1"]) {
  testWithLibc(
    `the kernel tells when a datagram came to ${hostname}, however late it is read`,
    async (libc) => {
      const realtime = new RealtimeClock(libc);
      const monotonic = new MonotonicClock(libc);
      const batch = new DatagramBatch(libc, "arrivalTime");
      using pair = new Pair(libc, hostname);
      receiveArrivalTimes(libc, pair.receiver);
      /** Sends a datagram and lets it lie; returns between which moments it was sent, both since `startUs`. */
      const sendFrom = (startUs: number) => {
        const beforeUs = microsecondsBetween(startUs, realtime.nowMicroseconds());
        pair.send(1);
        const afterUs = microsecondsBetween(startUs, realtime.nowMicroseconds());
        monotonic.sleep(UNREAD_US);
        return { beforeUs, afterUs };
      };
      const ask = () => {
        const startUs = realtime.nowMicroseconds();
        const sendings = [sendFrom(startUs), sendFrom(startUs)];
        assertEquals(batch.receive(pair.receiver), sendings.length);
        const isToldOf = ({ beforeUs, afterUs }: typeof sendings[0], index: number) => {
          const arrivedUs = microsecondsBetween(startUs, batch.arrivedMicroseconds(index));
          return beforeUs <= arrivedUs && arrivedUs <= afterUs;
        };
        return Promise.resolve(sendings.every(isToldOf));
      };
      // The kernel begins to note arrivals a moment after it is told to.
      await until(DEADLINE_MS, ask, () => "The kernel tells when datagrams were read");
    },
  );
}

testWithLibc("without a message there is no arrival time, not that of the datagram before", (libc) => {
  const batch = new DatagramBatch(libc, "arrivalTime");
  using told = new Pair(libc, "127.0.0.1");
  using untold = new Pair(libc, "127.0.0.1");
  receiveArrivalTimes(libc, told.receiver);
  for (const [pair, isTold] of [[untold, false], [told, true], [untold, false], [told, true]] as const) {
    pair.send(3);
    assertEquals(batch.receive(pair.receiver), 3);
    for (const index of [0, 1, 2]) assertEquals(batch.arrivedMicroseconds(index) >= 0, isTold);
  }
});

testWithLibc("RealtimeClock tells the time of the day", (libc) => {
  const clock = new RealtimeClock(libc);
  const beforeMs = Date.now();
  const nowUs = clock.nowMicroseconds();
  const elapsedUs = microsecondsBetween(beforeMs * 1000 % 2 ** 30, nowUs);
  assert(elapsedUs <= (Date.now() - beforeMs + 1) * 1000, `${elapsedUs} µs`);
});
