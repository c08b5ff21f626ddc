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

Deno.test("streams that are asked for while the tracker stops are sent", async () => {
  const death = Promise.withResolvers<string>();
  const none: OpenHttp = {
    backend: "deno",
    reason: "",
    endpoints: [],
    workers: [],
    openedPaths: [],
    close() {},
    removeFiles() {},
  };
  const threads = new HttpThreads({
    config: configOf(["--full-scrape"]),
    modules: { http: HTTP, httpStreams: STREAMS },
    sockets: {
      udp: { backend: "deno", reason: "", addresses: [], workers: [], close() {} },
      http: { ...none, backend: "libc", workers: [{ backend: "libc", endpoints: [], fds: [] }] },
      https: none,
    },
    table: createTable({ maxPeers: 1, maxTorrents: 1, peerIds: false }).buffers,
    counters: createCounters(1),
    firstRow: 0,
    access: null,
    statistics: null,
    control: new SharedArrayBuffer(4),
    onDeath: (_, reason) => death.resolve(reason),
  });
  await Promise.all(threads.all.map(({ ready }) => ready));
  threads.stop();
  const told = await within(PROCESS_MS, death.promise, () => "The streams worker is told nothing");
  assertMatch(told, /Error: stream 7$/);
  await Promise.all(threads.all.map(({ stopped }) => stopped));
});
