import { assertEquals } from "@std/assert";
import type { Libc } from "../../src/os/mod.ts";
import { Precedence } from "../../src/udp/precedence.ts";
import { MAY_BE_REALTIME, testWith } from "../requirements.ts";
import { SCHED_OTHER, SCHED_RR, threadsOf } from "../threads.ts";
import { until } from "../within.ts";

const SCHED_RESET_ON_FORK = 0x4000_0000;
const START_US = 2 ** 30 - 50_000;

/** A system with one thread. */
class FakeSystem {
  /** As the thread asked for them. */
  readonly policies: number[] = [];
  isRefusing = false;

  readonly libc = {
    calls: {
      sched_setscheduler: (thread: number, policy: number, parameters: Int32Array) => {
        assertEquals(thread, 0);
        assertEquals(policy & SCHED_RESET_ON_FORK, SCHED_RESET_ON_FORK);
        const own = policy & ~SCHED_RESET_ON_FORK;
        assertEquals(parameters[0], own === SCHED_RR ? 1 : 0);
        this.policies.push(own);
        return this.isRefusing ? -1 : 0;
      },
    },
  } as unknown as Libc;
}

/** A thread with precedence in a system of its own. */
class FakeThread {
  readonly system = new FakeSystem();
  readonly precedence = Precedence.take(this.system.libc, START_US)!;
  #nowUs = START_US;

  /** Lets time pass with nothing to do. */
  pause(seconds: number): void {
    this.#nowUs += seconds * 1e6;
    this.precedence.look(this.#nowUs % 2 ** 30, seconds * 1e6 % 2 ** 30);
  }

  /** Lets time pass of which that share was work, in turns of 1 ms. Returns what the thread asked for meanwhile. */
  run(durationMs: number, share: number): number[] {
    const before = this.system.policies.length;
    for (let turn = 0; turn < durationMs; turn++) {
      this.#nowUs += 1000;
      this.precedence.look(this.#nowUs % 2 ** 30, Math.round(1000 * (1 - share)));
    }
    return this.system.policies.slice(before);
  }
}

Deno.test("a thread that has nothing to do for a fifth of its time stays real-time", () => {
  const thread = new FakeThread();
  assertEquals(thread.system.policies, [SCHED_RR]);
  assertEquals(thread.run(10_000, 0.8), []);
  assertEquals(thread.run(10_000, 0), []);
});

Deno.test("a thread that has more to do is like the others for a second, and tries again", () => {
  const thread = new FakeThread();
  assertEquals(thread.run(199, 0.9), []);
  assertEquals(thread.precedence.missingSlackUs, 50);
  assertEquals(thread.run(1, 0.9), [SCHED_OTHER]);
  assertEquals(thread.precedence.missingSlackUs, 0);
  assertEquals(thread.run(999, 0.9), []);
  assertEquals(thread.run(1, 0.9), [SCHED_RR]);
  assertEquals(thread.precedence.missingSlackUs, 50);
  assertEquals(thread.run(1199, 0.9), [SCHED_OTHER]);
  assertEquals(thread.run(1, 0), [SCHED_RR]);
  assertEquals(thread.run(10_000, 0.5), []);
});

Deno.test("a thread that nobody asked anything for long stays real-time", () => {
  const thread = new FakeThread();
  for (const seconds of [10, 1200, 86_400]) {
    thread.pause(seconds);
    assertEquals(thread.run(10_000, 0.7), []);
  }
});

Deno.test("a thread that the system lets no longer be real-time asks once a second", () => {
  const denied = new FakeSystem();
  denied.isRefusing = true;
  assertEquals(Precedence.take(denied.libc, START_US), null);
  const thread = new FakeThread();
  assertEquals(thread.run(200, 1), [SCHED_OTHER]);
  thread.system.isRefusing = true;
  assertEquals(thread.run(2500, 1), [SCHED_RR, SCHED_RR]);
  thread.system.isRefusing = false;
  assertEquals(thread.run(500, 0), [SCHED_RR]);
});

testWith(
  [MAY_BE_REALTIME],
  "a thread that never rests is real-time and like the others by turns",
  async () => {
    const stopFlag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const worker = new Worker(new URL("./restless_worker.ts", import.meta.url), { type: "module" });
    const thread = await new Promise<number>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
      worker.postMessage(stopFlag);
    });
    const policy = () => threadsOf(Deno.pid).get(thread)?.policy;
    try {
      for (const next of [SCHED_RR, SCHED_OTHER, SCHED_RR, SCHED_OTHER]) {
        await until(10_000, () => Promise.resolve(policy() === next), () => `${policy()} is not ${next}`);
      }
    } finally {
      Atomics.store(new Int32Array(stopFlag), 0, 1);
      worker.terminate();
    }
  },
);
