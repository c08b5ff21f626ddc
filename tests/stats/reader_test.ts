import { assertEquals } from "@std/assert";
import {
  COUNTER,
  counterRow,
  countLatency,
  createCounters,
  FAILURE_UNKNOWN,
  HISTORY_COLUMNS,
  HISTORY_ROWS,
  HISTORY_STEP_SEC,
  HTTP_LATENCY,
  httpErrorCounter,
  StatsReader,
  SUPERVISOR_ROW,
  type TableReport,
  UDP_LATENCY,
  udpErrorCounter,
} from "../../src/stats/mod.ts";

const START_UNIX_MS = 1_800_000_000_500;

/** A reader of two workers, its clock and all that it reads in the test's hands. */
class ReaderFixture {
  readonly counters = createCounters(2);
  readonly supervisor = counterRow(this.counters, SUPERVISOR_ROW);
  readonly workers = [counterRow(this.counters, 0), counterRow(this.counters, 1)];
  readonly table: TableReport = {
    torrents: 1,
    peers: 5,
    seeders: 2,
    leechers: 3,
    completed: 4,
    bytesUsed: 6,
    bytesReserved: 7,
    rejectedFull: 8,
    maxTorrents: 9,
    maxPeers: 20,
  };
  isReady = true;
  /** Seconds since the start. */
  sec = 0;
  /** Seconds by which the date was set back since. */
  setBackSec = 0;
  readonly reader: StatsReader;

  /** `before` is done to the counters before the reader is made. */
  constructor(before: (supervisor: Float64Array) => void = () => {}) {
    before(this.supervisor);
    this.reader = new StatsReader({
      version: "1.2.3",
      counters: this.counters,
      workers: ["udp-1", "http-1"],
      table: () => ({ ...this.table }),
      isSaved: true,
      isReady: () => this.isReady,
      usage: () => ({ residentBytes: 4096 * (1 + this.sec), cpuSec: this.sec / 2 }),
      nowSec: () => 1000 + this.sec,
      unixMs: () => START_UNIX_MS + (this.sec - this.setBackSec) * 1000,
    });
  }

  /** Lets a second pass at a time, does `each` in it, and takes a snapshot; returns the last. */
  pass(seconds: number, each: () => void = () => {}) {
    for (let i = 0; i < seconds; i++) {
      this.sec++;
      each();
      this.reader.read();
    }
    return this.reader.read();
  }
}

Deno.test("a snapshot has the counts of each worker, and their sums with those of earlier runs", () => {
  const fixture = new ReaderFixture((supervisor) => {
    supervisor[COUNTER.udpConnects] = 100;
    supervisor[COUNTER.countingSinceUnix] = 1_700_000_000;
    supervisor[udpErrorCounter("bad_port")] = 10;
  });
  const [udp, http] = fixture.workers;
  udp[COUNTER.udpConnects] = 1;
  udp[COUNTER.udpAnnounces] = 2;
  udp[COUNTER.udpScrapes] = 3;
  udp[COUNTER.completed] = 4;
  udp[udpErrorCounter("bad_port")] = 5;
  udp[udpErrorCounter("too_short")] = 6;
  http[COUNTER.httpConnections] = 7;
  http[COUNTER.httpAnnounces] = 8;
  http[COUNTER.httpScrapes] = 9;
  http[COUNTER.httpFullScrapes] = 10;
  http[COUNTER.httpFullScrapeBytes] = 11;
  http[COUNTER.completed] = 12;
  http[httpErrorCounter("not_found")] = 13;
  countLatency(udp, UDP_LATENCY, 60, 2);
  countLatency(http, HTTP_LATENCY, 70_000, 1);
  fixture.supervisor[COUNTER.udpDropped] = 14;
  const snapshot = fixture.pass(3);

  const ofUdp = {
    udpConnects: 1,
    udpAnnounces: 2,
    udpScrapes: 3,
    udpErrors: 11,
    udpDropped: 0,
    httpConnections: 0,
    httpAnnounces: 0,
    httpScrapes: 0,
    httpFullScrapes: 0,
    httpFullScrapeBytes: 0,
    httpErrors: 0,
    completed: 4,
  };
  const ofHttp = {
    httpConnections: 7,
    httpAnnounces: 8,
    httpScrapes: 9,
    httpFullScrapes: 10,
    httpFullScrapeBytes: 11,
    httpErrors: 13,
  };
  const nothing = Object.fromEntries(Object.keys(ofUdp).map((name) => [name, 0])) as typeof ofUdp;
  assertEquals(snapshot.workers, [
    { name: "udp-1", requests: ofUdp },
    { name: "http-1", requests: { ...nothing, ...ofHttp, completed: 12 } },
  ]);
  assertEquals(snapshot.requests, {
    ...ofUdp,
    ...ofHttp,
    udpConnects: 101,
    udpErrors: 21,
    udpDropped: 14,
    completed: 16,
  });
  const { sinceStart } = snapshot;
  assertEquals(sinceStart.requests, { ...ofUdp, ...ofHttp, udpDropped: 14, completed: 16 });
  assertEquals([sinceStart.udpErrorCauses.bad_port, sinceStart.httpErrorCauses.not_found], [5, 13]);
  assertEquals([snapshot.udpErrorCauses.bad_port, snapshot.udpErrorCauses.too_short], [15, 6]);
  assertEquals(snapshot.httpErrorCauses.not_found, 13);
  assertEquals(snapshot.udpLatency.counts, [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(snapshot.httpLatency.counts, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assertEquals([snapshot.udpLatency.sumUs, snapshot.httpLatency.sumUs], [120, 70_000]);
  assertEquals(snapshot.table, fixture.table);
  assertEquals([snapshot.version, snapshot.uptimeSec, snapshot.countingSinceUnix], [
    "1.2.3",
    3,
    1_700_000_000,
  ]);
  assertEquals([snapshot.startedUnixMs, snapshot.timeUnixMs], [START_UNIX_MS, START_UNIX_MS + 3000]);
  assertEquals([snapshot.residentBytes, snapshot.cpuSec], [4 * 4096, 1.5]);
});

Deno.test("rates are averages over a minute and over five, or since the start, and never of earlier runs", () => {
  const fixture = new ReaderFixture((supervisor) => supervisor[COUNTER.udpAnnounces] = 1e9);
  const rates = () => {
    const { ratesMinute, ratesFiveMinutes } = fixture.reader.read();
    return [ratesMinute.udpAnnounces, ratesFiveMinutes.udpAnnounces];
  };
  const [row] = fixture.workers;
  assertEquals(rates(), [0, 0]);
  fixture.pass(10, () => row[COUNTER.udpAnnounces] += 30);
  assertEquals(rates(), [30, 30]);
  fixture.pass(60, () => row[COUNTER.udpAnnounces] += 6);
  assertEquals(rates(), [6, (300 + 360) / 70]);
  fixture.pass(240);
  assertEquals(rates(), [0, 360 / 300]);
  fixture.pass(60);
  assertEquals(rates(), [0, 0]);
});

Deno.test("what is wrong is told by a condition and a sentence", () => {
  const fixture = new ReaderFixture();
  const condition = () => {
    const { condition, problem } = fixture.reader.read();
    return [condition, problem];
  };
  fixture.isReady = false;
  assertEquals(condition(), ["starting", null]);
  fixture.isReady = true;
  assertEquals(condition(), ["well", null]);
  fixture.table.peers = 20;
  const full = (peers: number, torrents: number) =>
    `full: the table holds ${peers} of 20 peers and ${torrents} of 9 torrents, and new ones are answered but not stored`;
  assertEquals(condition(), ["full", full(20, 1)]);
  fixture.table.peers = 19;
  assertEquals(condition(), ["well", null]);
  fixture.table.torrents = 9;
  assertEquals(condition(), ["full", full(19, 9)]);
  fixture.table.torrents = 8;
  fixture.table.rejectedFull++;
  assertEquals(condition(), ["full", full(19, 8)], "somebody has just found no room");
  fixture.pass(59);
  assertEquals(condition(), ["full", full(19, 8)]);
  fixture.pass(1);
  assertEquals(condition(), ["well", null]);
  fixture.table.peers = 20;
  fixture.supervisor[COUNTER.odbOverdueSec] = 60;
  fixture.supervisor[COUNTER.odbFailure] = 28;
  assertEquals(condition(), [
    "degraded",
    "degraded: a save has been due for 60 seconds: no space is left",
  ]);
});

Deno.test("a snapshot tells of the saves", () => {
  const fixture = new ReaderFixture();
  const values = {
    odbSaves: 1,
    odbSaveFailures: 2,
    odbFailingSinceUnix: 3,
    odbFailure: FAILURE_UNKNOWN,
    odbLastSaveUnix: 4,
    odbLastSaveMs: 5,
    odbLastSaveBytes: 2 ** 40,
    odbRestoredTorrents: 6,
    odbRestoredPeers: 7,
    odbLeftOutPeers: 8,
  };
  for (const [name, value] of Object.entries(values)) {
    fixture.supervisor[COUNTER[name as keyof typeof values]] = value;
  }
  assertEquals(fixture.reader.read().odb, {
    isSaved: true,
    saves: 1,
    saveFailures: 2,
    failingSinceUnix: 3,
    lastError: "see the log",
    lastSaveUnix: 4,
    lastSaveMs: 5,
    lastSaveBytes: 2 ** 40,
    restoredTorrents: 6,
    restoredPeers: 7,
    leftOutPeers: 8,
  });
});

Deno.test("the history has a row for every step, of the requests in it and of how things were at its end", () => {
  const fixture = new ReaderFixture((supervisor) => {
    supervisor[COUNTER.udpConnects] = 1e9;
    supervisor[COUNTER.odbLastSaveUnix] = 1_800_000_000 - 100;
  });
  const [udp, http] = fixture.workers;
  const empty = fixture.reader.history;
  fixture.pass(HISTORY_STEP_SEC - 1);
  assertEquals(fixture.reader.history, empty);
  fixture.pass(1, () => {
    udp[COUNTER.udpConnects] += 5;
    udp[COUNTER.udpAnnounces] += 10;
    udp[COUNTER.udpScrapes] += 15;
    udp[COUNTER.completed] += 20;
    udp[udpErrorCounter("too_short")] += 1;
    http[httpErrorCounter("full")] += 4;
    http[COUNTER.httpAnnounces] += 30;
    http[COUNTER.httpScrapes] += 35;
    fixture.supervisor[COUNTER.udpDropped] += 40;
  });
  fixture.table.peers = 10;
  fixture.pass(HISTORY_STEP_SEC);
  assertEquals(fixture.reader.history, {
    stepSec: HISTORY_STEP_SEC,
    columns: {
      timeUnix: [1_800_000_005, 1_800_000_010],
      udpConnects: [1, 0],
      udpAnnounces: [2, 0],
      udpScrapes: [3, 0],
      httpAnnounces: [6, 0],
      httpScrapes: [7, 0],
      errors: [1, 0],
      dropped: [8, 0],
      completed: [4, 0],
      torrents: [1, 1],
      seeders: [2, 2],
      leechers: [3, 3],
      residentBytes: [6 * 4096, 11 * 4096],
      tableFill: [0.25, 0.5],
      saveAgeSec: [105, 110],
    },
  });
  assertEquals(empty.columns.timeUnix, [], "what was given out before has not changed");
});

Deno.test("the history keeps an hour, and nothing for the age of a save that never was", () => {
  const fixture = new ReaderFixture();
  fixture.pass(HISTORY_STEP_SEC * (HISTORY_ROWS + 3));
  const { columns } = fixture.reader.history;
  for (const name of HISTORY_COLUMNS) assertEquals(columns[name].length, HISTORY_ROWS, name);
  assertEquals(columns.timeUnix[0], 1_800_000_000 + HISTORY_STEP_SEC * 4);
  assertEquals(columns.timeUnix.at(-1), 1_800_000_000 + HISTORY_STEP_SEC * (HISTORY_ROWS + 3));
  assertEquals(columns.saveAgeSec.every((age) => age === null), true);
});

Deno.test("late snapshots do not put off the rows of the history, and a long pause makes one row", () => {
  const fixture = new ReaderFixture();
  const times = () => fixture.reader.history.columns.timeUnix.map((time) => time - 1_800_000_000);
  const [row] = fixture.workers;
  for (const sec of [4.5, 6.25, 9.75, 10.5]) {
    fixture.sec = sec;
    fixture.reader.read();
  }
  assertEquals(times(), [6, 11]);
  row[COUNTER.udpAnnounces] += 100;
  for (const sec of [60.5, 61, 64, 65, 66]) {
    fixture.sec = sec;
    fixture.reader.read();
  }
  assertEquals(times(), [6, 11, 61, 66]);
  assertEquals(fixture.reader.history.columns.udpAnnounces, [0, 0, 2, 0]);
});

Deno.test("the rows of the history ascend, though the date is set back", () => {
  const fixture = new ReaderFixture();
  const times = () => fixture.reader.history.columns.timeUnix.map((time) => time - 1_800_000_000);
  fixture.pass(3 * HISTORY_STEP_SEC);
  assertEquals(times(), [5, 10, 15]);
  fixture.setBackSec = 3;
  fixture.pass(HISTORY_STEP_SEC);
  assertEquals(times(), [5, 10, 15, 17], "it is still in order");
  fixture.setBackSec = 3600;
  fixture.pass(HISTORY_STEP_SEC);
  assertEquals(times(), [5, 10, 15, 17, 22].map((sec) => sec - 3597));
});
