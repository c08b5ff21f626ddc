/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A thread that takes precedence, tells its number, and uses its core until the flag that it is sent is set.
import { MonotonicClock, openLibc } from "../../src/os/mod.ts";
import { Precedence } from "../../src/udp/precedence.ts";
import { ownThread } from "../threads.ts";

self.onmessage = ({ data: stopFlag }: MessageEvent<SharedArrayBuffer>) => {
  const libc = openLibc().libc!;
  const clock = new MonotonicClock(libc);
  const precedence = Precedence.take(libc, clock.nowMicroseconds())!;
  self.postMessage(ownThread());
  const stop = new Int32Array(stopFlag);
  while (Atomics.load(stop, 0) === 0) precedence.look(clock.nowMicroseconds(), 0);
};
