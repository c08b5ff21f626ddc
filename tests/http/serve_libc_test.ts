// The loop of the libc transport when the system has no room for connections, over calls of the tests' own.
import { assert, assertEquals } from "@std/assert";
import { createFullScrapeTimes, HTTP_CONTROL_STOP, HttpHandler } from "../../src/http/mod.ts";
import { LibcServer } from "../../src/http/serve_libc.ts";
import { Libc } from "../../src/os/libc.ts";
import { createTable } from "../../src/peers/mod.ts";
import { httpErrorsOf } from "../../src/stats/counters.ts";
import { counterRow, createCounters, createHeartbeat, Heartbeat } from "../../src/stats/mod.ts";
import { testWithLibc } from "../os/libc.ts";
import { tcp } from "./http_worker.ts";

const EAGAIN = 11;
const EMFILE = 24;
const ENETDOWN = 100;
const LISTENER_FD = 50;
const MAX_CONNECTIONS = 3;
const TURN_MS = 30;
const TURNS = 100;
const DATA_WORD = Deno.build.arch === "x86_64" ? 1 : 2;
const EPOLL_CTL_ADD = 1;

for (const [name, errno] of [["file descriptor", EMFILE], ["network", ENETDOWN]] as const) {
  testWithLibc(`a listener is asked now and then while there is no ${name}`, (real) => {
    const control = new Int32Array(new SharedArrayBuffer(4));
    const counters = counterRow(createCounters(1), 0);
    const lastErrno = new Int32Array(1);
    const watched = new Set<number>();
    const closed: number[] = [];
    let turns = 0;
    let accepts = 0;
    const symbols = {
      ...real.calls,
      __errno_location: () => Deno.UnsafePointer.of(lastErrno),
      epoll_create1: () => 60,
      epoll_ctl(_epoll: number, operation: number, fd: number): number {
        assertEquals(watched.has(fd), operation !== EPOLL_CTL_ADD);
        if (operation === EPOLL_CTL_ADD) watched.add(fd);
        else watched.delete(fd);
        return 0;
      },
      // There is always a connection to accept, and the listener's number is the one behind the connections'.
      epoll_wait(_epoll: number, events: AllowSharedBufferSource | null): number {
        if (++turns === TURNS) Atomics.store(control, HTTP_CONTROL_STOP, 1);
        new Int32Array(events as ArrayBuffer)[DATA_WORD] = MAX_CONNECTIONS + 1;
        return watched.size;
      },
      accept4(): number {
        accepts++;
        lastErrno[0] = turns < TURNS ? errno : EAGAIN;
        return -1;
      },
      clock_gettime(_clock: number, time: AllowSharedBufferSource | null): number {
        const words = new Uint32Array(time as ArrayBuffer);
        words[0] = Math.floor(turns * TURN_MS / 1000);
        words[2] = turns * TURN_MS % 1000 * 1e6;
        return 0;
      },
      close(fd: number): number {
        closed.push(fd);
        return 0;
      },
    };
    const handler = new HttpHandler({
      table: createTable({ maxPeers: 1, maxTorrents: 1, peerIds: false }),
      counters,
      settings: {
        intervalSec: 1800,
        minIntervalSec: 900,
        warningMessage: null,
        trackerId: null,
        fullScrape: false,
        fullScrapeIntervalSec: 1,
        statsPath: "stats",
        statsFrom: [],
        statsHashes: false,
        redirectUrl: null,
      },
      statistics: null,
      access: null,
      fullScrapeTimes: createFullScrapeTimes(),
      unixSec: () => 0,
      healthProblem: () => null,
      onFullScrape() {},
    });
    const server = new LibcServer(
      new Libc({ symbols, close() {} }),
      { backend: "libc", endpoints: [tcp("127.0.0.1")], fds: [LISTENER_FD] },
      { handler, counters, trustedProxies: [] },
      { maxConnections: MAX_CONNECTIONS, headerTimeoutSec: 10, keepAliveTimeoutSec: 10, maxUnsentBytes: 1e6 },
      () => {},
    );
    server.serve(control, new Heartbeat(createHeartbeat()));
    assertEquals(turns, TURNS);
    // A pause is 100 ms, four turns, and one more to ask.
    assert(accepts >= TURNS / 6 && accepts <= TURNS / 4 + 1, `asked ${accepts} times in ${TURNS} turns`);
    assertEquals(httpErrorsOf(counters).accept_failed, accepts - 1);
    assertEquals(closed, [LISTENER_FD, 60]);
  });
}
