// The connections of the libc transport over a kernel of the tests' own.
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { ClientAddress } from "../../src/http/client_address.ts";
import { listenerRule } from "../../src/http/exchange.ts";
import { createFullScrapeTimes } from "../../src/http/full_scrape_limit.ts";
import { LibcConnections } from "../../src/http/libc_connections.ts";
import { HttpHandler, type HttpLimits, type HttpStreamMessage } from "../../src/http/mod.ts";
import { EPOLLOUT, type Libc } from "../../src/os/mod.ts";
import { createTable } from "../../src/peers/mod.ts";
import { counterRow, createCounters, requestsOf } from "../../src/stats/mod.ts";
import { testWithLibc } from "../os/libc.ts";
import { exampleStatistics } from "./example_statistics.ts";
import { FakeKernel, type FakeSocket } from "./fake_kernel.ts";
import { get } from "./raw_client.ts";

const ECONNRESET = 104;
const HEADER_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;

/** Connections over a kernel, with a handler behind them. */
class TestConnections {
  readonly kernel: FakeKernel;
  readonly connections: LibcConnections;
  readonly counters = counterRow(createCounters(1), 0);
  readonly streams: HttpStreamMessage[] = [];
  #nextFd = 100;

  constructor(libc: Libc, limits: Partial<HttpLimits> = {}, documentBytes = 9000) {
    this.kernel = new FakeKernel(libc);
    const handler = new HttpHandler({
      table: createTable({ maxPeers: 100, maxTorrents: 100, peerIds: false }),
      counters: this.counters,
      settings: {
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
      },
      statistics: exampleStatistics({ "/stats.json": "x".repeat(documentBytes) }),
      access: null,
      fullScrapeTimes: createFullScrapeTimes(),
      unixSec: () => 1_000_000,
      healthProblem: () => null,
      onFullScrape() {},
    });
    const rule = listenerRule(new ClientAddress({ header: null, trusted: [] }), false, "all");
    this.connections = new LibcConnections(
      this.kernel.sockets,
      this.kernel.epoll,
      [rule],
      { handler, counters: this.counters, trustedProxies: [] },
      {
        maxConnections: 5,
        headerTimeoutSec: 10,
        keepAliveTimeoutSec: 30,
        maxUnsentBytes: 16_500_000,
        ...limits,
      },
      (message) => this.streams.push(message),
    );
    this.connections.setTime(0);
  }

  /** A new connection over which these pieces have come, at once and one for each read. */
  open(...pieces: string[]): FakeSocket {
    const socket = this.kernel.connect(this.#nextFd);
    for (const piece of pieces) this.send(socket, piece);
    this.connections.open(this.#nextFd++, 0);
    return socket;
  }

  send(socket: FakeSocket, text: string): void {
    socket.incoming.push(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  }

  /** What epoll makes of it, until there is no more to tell of this socket. */
  run(socket: FakeSocket): void {
    for (let turns = 0; !socket.isClosed && socket.isReady; turns++) {
      assert(turns < 100_000, "epoll tells of the same for ever");
      this.connections.proceed(socket.watched!.number);
    }
  }

  /** The statuses of the answers that have left. */
  statuses(socket: FakeSocket): number[] {
    return [...socket.sent.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }
}

testWithLibc("a request that comes with its connection costs no epoll", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open(get("/health", "Connection: close"));
  assertEquals(test.statuses(socket), [200]);
  assertEquals([socket.isClosed, socket.sendingEnded], [true, false]);
  assertEquals(test.kernel.calls, { recv: 1, send: 1, close: 1 });
});

testWithLibc("a connection that stays open costs a read and a send for each request", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open(get("/health"));
  for (let i = 0; i < 3; i++) {
    test.send(socket, get("/health"));
    test.run(socket);
  }
  assertEquals(test.statuses(socket), [200, 200, 200, 200]);
  assertEquals(test.kernel.calls, { recv: 4, send: 4, epoll_ctl: 1 });
});

testWithLibc("pipelined requests are answered by one send", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open(get("/health").repeat(20));
  assertEquals(test.statuses(socket).length, 20);
  assertEquals(test.kernel.calls.send, 1);
});

testWithLibc("the end of a connection closes it, whatever is half done", (libc) => {
  for (const text of ["", "GET", get("/health"), `${get("/health")}GET`]) {
    const test = new TestConnections(libc);
    const socket = test.open(...text === "" ? [] : [text]);
    assertEquals(socket.isClosed, false);
    socket.hasEnded = true;
    test.run(socket);
    assertEquals([socket.isClosed, socket.isAborted], [true, false]);
  }
});

testWithLibc("a reset closes the connection, when it is read and when it is sent to", (libc) => {
  const test = new TestConnections(libc);
  const reading = test.open();
  const sending = test.open(get("/health"));
  reading.errno = ECONNRESET;
  test.run(reading);
  sending.rooms.push(5);
  test.send(sending, get("/health"));
  test.run(sending);
  assertEquals([reading.isClosed, sending.isClosed], [true, false]);
  const blocked = test.open();
  blocked.rooms.push(5, 0);
  test.send(blocked, get("/health"));
  test.connections.proceed(blocked.watched!.number);
  assertEquals(blocked.watched?.events, EPOLLOUT);
  blocked.errno = ECONNRESET;
  test.run(blocked);
  assertEquals(blocked.isClosed, true);
});

testWithLibc("a refused client is let to read why before the connection is closed", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open("BREW / HTTP/1.1\r\n", "more");
  assertEquals(test.statuses(socket), [405]);
  assertEquals([socket.sendingEnded, socket.isClosed], [true, false]);
  test.run(socket);
  assertEquals(socket.isClosed, false);
  socket.hasEnded = true;
  test.run(socket);
  assertEquals([socket.isClosed, requestsOf(test.counters).httpErrors], [true, 1]);
});

testWithLibc("a refused client is not listened to for ever", (libc) => {
  const test = new TestConnections(libc);
  const endless = test.open("BREW / HTTP/1.1\r\n");
  for (let i = 0; i < 16; i++) test.send(endless, "x".repeat(16 * 1024));
  test.run(endless);
  assertEquals(endless.isClosed, true);
  const silent = test.open("BREW / HTTP/1.1\r\n");
  test.connections.setTime(1999);
  test.connections.expire();
  assertEquals(silent.isClosed, false);
  test.connections.setTime(2000);
  test.connections.expire();
  assertEquals(silent.isClosed, true);
});

testWithLibc("what comes behind the last request is read before the connection is closed", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open(get("/health", "Connection: close") + get("/health"));
  assertEquals(test.statuses(socket), [200]);
  assertEquals([socket.sendingEnded, socket.isClosed], [true, false]);
});

testWithLibc("the time of a head runs from its first byte, whatever comes then", (libc) => {
  const test = new TestConnections(libc);
  const silent = test.open();
  const slow = test.open(get("/health"));
  test.connections.setTime(5000);
  for (let at = 5000; at < 5000 + HEADER_MS; at += 1000) {
    test.connections.setTime(at);
    test.send(slow, "G");
    test.run(slow);
    test.connections.expire();
    assertEquals([silent.isClosed, slow.isClosed], [at >= HEADER_MS, false]);
  }
  test.connections.setTime(5000 + HEADER_MS);
  test.connections.expire();
  assertEquals(slow.isClosed, true);
});

testWithLibc("the time of the next head runs anew", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open("GET /hea");
  test.connections.setTime(9000);
  test.send(socket, get("/health").slice(8) + "GET");
  test.run(socket);
  test.connections.setTime(18_999);
  test.connections.expire();
  assertEquals([test.statuses(socket), socket.isClosed], [[200], false]);
  test.connections.setTime(19_000);
  test.connections.expire();
  assertEquals(socket.isClosed, true);
});

testWithLibc("the time between requests runs from the last answer", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open(get("/health"));
  test.connections.setTime(20_000);
  test.send(socket, get("/health"));
  test.run(socket);
  for (
    const [at, isClosed] of [[20_000 + KEEP_ALIVE_MS - 1, false], [20_000 + KEEP_ALIVE_MS, true]] as const
  ) {
    test.connections.setTime(at);
    test.connections.expire();
    assertEquals(socket.isClosed, isClosed);
  }
});

testWithLibc("a client that does not take its answers is not read from, and is dropped in time", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open();
  socket.rooms.push(100, 0);
  test.send(socket, get("/health").repeat(10));
  test.send(socket, get("/health"));
  test.connections.proceed(socket.watched!.number);
  assertEquals([socket.watched?.events, socket.incoming.length], [EPOLLOUT, 1]);
  test.connections.setTime(HEADER_MS);
  test.connections.expire();
  assertEquals([socket.isClosed, socket.isAborted, socket.sent.length], [true, true, 100]);
});

testWithLibc("a client that takes its answers late gets all of them", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open();
  socket.rooms.push(100, 0, 1, 7);
  test.send(socket, get("/health").repeat(30) + "GET /hea");
  test.send(socket, get("/health", "Connection: close").slice(8));
  test.run(socket);
  assertEquals(test.statuses(socket).length, 31);
  assertEquals([socket.isClosed, socket.isAborted], [true, false]);
});

testWithLibc("answers wait for a client in small numbers", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open();
  socket.rooms.push(1, 0);
  test.send(socket, get("/stats.json").repeat(5));
  test.connections.proceed(socket.watched!.number);
  assertEquals(test.kernel.calls.send, 1);
  test.run(socket);
  assertEquals(test.statuses(socket).length, 5);
  assertEquals(test.kernel.calls.send, 7);
});

testWithLibc("where too much waits for clients, those go for which it has waited for longest", (libc) => {
  const test = new TestConnections(libc, { maxConnections: 40 }, 1_000_000);
  const slow = Array.from({ length: 20 }, () => test.open());
  for (const socket of slow) {
    socket.rooms.push(1000, 0);
    test.send(socket, get("/stats.json"));
    test.connections.proceed(socket.watched!.number);
  }
  // Epoll may have told of any of them in this turn.
  assertEquals(slow.some(({ isClosed }) => isClosed), false);
  test.connections.expire();
  assertEquals(slow.map(({ isAborted }) => isAborted), slow.map((_, index) => index < 4));
  for (const socket of slow.slice(4)) {
    test.run(socket);
    assertEquals([test.statuses(socket), socket.isClosed], [[200], false]);
  }
  // What has left does not count any more.
  test.connections.expire();
  assertEquals(slow.filter(({ isClosed }) => isClosed).length, 4);
});

testWithLibc(
  "where too many are open those go that are idle, then those at a head, the oldest first",
  (libc) => {
    const test = new TestConnections(libc, { maxConnections: 4 });
    const heads = [test.open("GET"), test.open("GET")];
    const idle = [test.open(get("/health")), test.open(get("/health"))];
    test.connections.setTime(1000);
    test.send(idle[0], get("/health"));
    test.run(idle[0]);
    const order = [idle[1], idle[0], heads[0], heads[1]];
    for (const [index, next] of order.entries()) {
      assertEquals(order.map(({ isClosed }) => isClosed), order.map((_, i) => i < index));
      const newest = test.open("GET");
      assertEquals([next.isClosed, newest.isClosed], [true, false]);
    }
    const served = test.open(get("/health", "Connection: close"));
    assertEquals(test.statuses(served), [200]);
    const left = [0, 1, 2, 3, 4].map(() => test.connections.evict());
    assertEquals(left, [true, true, true, true, false]);
  },
);

testWithLibc("a request that comes with its connection displaces nobody", (libc) => {
  const test = new TestConnections(libc, { maxConnections: 1 });
  const idle = test.open(get("/health"));
  for (let i = 0; i < 10; i++) test.open(get("/health", "Connection: close"));
  assertEquals(idle.isClosed, false);
});

testWithLibc("a full scrape leaves with its socket", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open(get("/health") + get("/scrape", "Accept-Encoding: gzip"));
  assertEquals(test.statuses(socket), [200]);
  assertEquals([socket.isClosed, socket.watched], [false, null]);
  const [{ head, gzip }] = test.streams;
  assertMatch(head, /^HTTP\/1\.1 200 OK\r\n(.+\r\n)*Connection: close\r\n(.+\r\n)*\r\n$/);
  assertMatch(head, /\r\nContent-Encoding: gzip\r\n/);
  assertEquals([gzip, head.includes("Content-Length")], [true, false]);
  assertEquals(test.connections.evict(), false);
});

testWithLibc("HEAD of a full scrape is a head", (libc) => {
  const test = new TestConnections(libc);
  const socket = test.open(get("/scrape").replace("GET", "HEAD"));
  assertMatch(socket.sent, /^HTTP\/1\.1 200 OK\r\n(.+\r\n)*Connection: close\r\n\r\n$/);
  assertEquals([test.streams, socket.sendingEnded], [[], true]);
});

testWithLibc("a full scrape behind answers that nobody takes leaves its address the turn", (libc) => {
  const test = new TestConnections(libc);
  const blocked = test.open();
  blocked.rooms.push(5, 0);
  test.send(blocked, get("/health") + get("/scrape"));
  test.run(blocked);
  assertEquals([blocked.isClosed, test.streams.length], [true, 0]);
  for (let i = 0; i < 2; i++) test.open(get("/scrape"));
  assertEquals(test.streams.length, 1);
});

testWithLibc("at the end idle connections are closed, and answers are the last ones", (libc) => {
  const test = new TestConnections(libc);
  const idle = test.open(get("/health"));
  const slow = test.open();
  slow.rooms.push(10, 0);
  test.send(slow, get("/health"));
  test.send(slow, get("/health"));
  test.connections.proceed(slow.watched!.number);
  test.connections.beginEnd();
  test.connections.closeIdle(false);
  assertEquals([idle.isClosed, slow.isClosed, test.connections.isBusy], [true, false, true]);
  test.run(slow);
  assertEquals([test.statuses(slow), slow.isClosed, test.connections.isBusy], [[200, 200], true, false]);
  const last = test.open(get("/health"));
  assertMatch(last.sent, /\r\nConnection: close\r\n/);
  const stuck = test.open("BREW / HTTP/1.1\r\n");
  test.connections.closeIdle(true);
  assertEquals([last.isClosed, stuck.isClosed, test.connections.isBusy], [true, true, false]);
});

testWithLibc("at the end a request that has come in part is waited for", (libc) => {
  const test = new TestConnections(libc);
  const early = test.open();
  const late = test.open("GET /health HTTP/1.1\r\n");
  test.connections.beginEnd();
  test.connections.closeIdle(false);
  assertEquals([early.isClosed, late.isClosed, test.connections.isBusy], [false, false, true]);
  test.send(early, get("/health"));
  test.send(late, "Host: tracker\r\n\r\n");
  for (const socket of [early, late]) test.run(socket);
  assertEquals([test.statuses(early), test.statuses(late)], [[200], [200]]);
  assertEquals(test.connections.isBusy, false);
});

const REQUESTS = [
  get("/health"),
  get("/announce?info_hash=" + "%61".repeat(20)),
  get("/stats.json"),
  get("/health").replace("GET", "HEAD"),
  "\r\n" + get("/nothing", "X: y"),
  "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
];
/** What may come behind them, and how many answers that gets. */
const ENDINGS: [text: string, answers: number][] = [
  ["", 0],
  [get("/health", "Connection: close"), 1],
  ["BREW / HTTP/1.1\r\n\r\n", 1],
  [get("/health") + "GET /\n", 2],
];

testWithLibc("however requests are cut and answers taken, the answers are the same", (libc) => {
  const pieceLengths = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });
  const rooms = fc.array(fc.nat(3000), { maxLength: 40 });
  const requests = fc.array(fc.constantFrom(...REQUESTS), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      requests,
      fc.constantFrom(...ENDINGS),
      pieceLengths,
      rooms,
      (parts, [ending, endAnswers], lengths, rooms) => {
        const text = parts.join("") + ending;
        const whole = new TestConnections(libc);
        const expected = whole.open(text);
        whole.run(expected);

        const cut = new TestConnections(libc);
        const socket = cut.open();
        socket.rooms.push(...rooms);
        let at = 0;
        for (const length of [...lengths, text.length]) {
          if (at < text.length) cut.send(socket, text.slice(at, at + length));
          at += length;
        }
        cut.run(socket);
        assertEquals(withoutDates(socket.sent), withoutDates(expected.sent));
        assertEquals(cut.statuses(socket).length, parts.length + endAnswers);
        assertEquals([socket.isClosed, socket.sendingEnded], [expected.isClosed, expected.sendingEnded]);
      },
    ),
    { numRuns: 200 },
  );
});

testWithLibc("requests cut in two at any byte are answered the same", (libc) => {
  const text = REQUESTS.join("");
  const whole = new TestConnections(libc).open(text);
  const test = new TestConnections(libc);
  for (let at = 1; at < text.length; at++) {
    const socket = test.open(text.slice(0, at));
    test.send(socket, text.slice(at));
    test.run(socket);
    assertEquals(withoutDates(socket.sent), withoutDates(whole.sent), `cut at ${at}`);
  }
});

function withoutDates(answers: string): string {
  return answers.replaceAll(/\r\nDate: [^\r]+/g, "");
}
