// The threads of HTTP, as far as one depends on another; what they run is the test's.
import { assertMatch } from "@std/assert";
import type { OpenHttp } from "../src/http/mod.ts";
import { HttpThreads } from "../src/http_threads.ts";
import { createTable } from "../src/peers/mod.ts";
import { createCounters } from "../src/stats/mod.ts";
import { configOf } from "./config/expect.ts";
import { PROCESS_MS } from "./process.ts";
import { within } from "./within.ts";

/** A worker that gets ready, and then runs `code` for whatever it is told, of the kind `kind`. */
function moduleOf(code: string): string {
  const source = `self.onmessage = async ({ data: { kind, fd } }) => {
    if (kind === "start") return self.postMessage({ kind: "ready" });
    ${code}
  }`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** Asked to stop, it finds that a stream was asked for just before. */
const HTTP = moduleOf(`
  await new Promise((resolve) => setTimeout(resolve, 100));
  self.postMessage({ kind: "stream", fd: 7, head: "", gzip: false });
  self.postMessage({ kind: "stopped" });
  self.close();
`);
/** Dies, saying what it was told first. */
const STREAMS = moduleOf(`throw new Error(kind + " " + fd);`);

/** Dies as soon as it is told something else than to start, saying how much it lets wait for clients. */
const WAITING = `data:text/javascript,${
  encodeURIComponent(`let bytes = 0;
  self.onmessage = ({ data: { kind, limits } }) => {
    if (kind !== "start") throw new Error("waiting " + bytes);
    bytes = limits.maxUnsentBytes;
    self.postMessage({ kind: "ready" });
  }`)
}`;

/** So many threads of HTTP that run `http`, and what `args` ask for. */
function threadsOf(
  count: number,
  http: string,
  args: string[],
  onDeath: (name: string, reason: string) => void,
): HttpThreads {
  const none: OpenHttp = {
    backend: "deno",
    reason: "",
    endpoints: [],
    workers: [],
    openedPaths: [],
    close() {},
    removeFiles() {},
  };
  const workers = Array.from({ length: count }, () => ({ backend: "libc" as const, endpoints: [], fds: [] }));
  return new HttpThreads({
    config: configOf(args),
    modules: { http, httpStreams: STREAMS },
    sockets: {
      udp: { backend: "deno", reason: "", addresses: [], workers: [], close() {} },
      http: { ...none, backend: "libc", workers },
      https: none,
    },
    table: createTable({ maxPeers: 1, maxTorrents: 1, peerIds: false }).buffers,
    counters: createCounters(count),
    firstRow: 0,
    access: null,
    statistics: null,
    control: new SharedArrayBuffer(4),
    onDeath,
  });
}

for (const [count, mebibytes] of [[1, 32], [4, 8], [20, 2]]) {
  Deno.test(`each of ${count} threads lets ${mebibytes} MiB wait for clients`, async () => {
    const reasons: string[] = [];
    const dead = Promise.withResolvers<void>();
    const threads = threadsOf(count, WAITING, [], (_, reason) => {
      if (reasons.push(reason.replace(/^.*waiting /s, "")) === count) dead.resolve();
    });
    await Promise.all(threads.all.map(({ ready }) => ready));
    threads.stop();
    await within(PROCESS_MS, dead.promise, () => `${reasons.length} are dead`);
    const expected = String(mebibytes * 1024 * 1024);
    for (const reason of reasons) assertMatch(reason, new RegExp(`^${expected}`));
  });
}

Deno.test("streams that are asked for while the tracker stops are sent", async () => {
  const death = Promise.withResolvers<string>();
  const threads = threadsOf(1, HTTP, ["--full-scrape"], (_, reason) => death.resolve(reason));
  await Promise.all(threads.all.map(({ ready }) => ready));
  threads.stop();
  const told = await within(PROCESS_MS, death.promise, () => "The streams worker is told nothing");
  assertMatch(told, /Error: stream 7$/);
  await Promise.all(threads.all.map(({ stopped }) => stopped));
});
