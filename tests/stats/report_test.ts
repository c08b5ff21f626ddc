import { assertEquals } from "@std/assert";
import {
  COUNTER,
  counterRow,
  createCounters,
  FAILURE_UNKNOWN,
  failureText,
  healthProblem,
  statsJson,
  sumCounters,
  SUPERVISOR_ROW,
} from "../../src/stats/mod.ts";

Deno.test("statsJson() sums the workers' counters and names everything", () => {
  const counters = createCounters(2);
  const supervisor = counterRow(counters, SUPERVISOR_ROW);
  supervisor[COUNTER.udpDropped] = 77;
  supervisor[COUNTER.odbSaves] = 3;
  supervisor[COUNTER.odbSaveFailures] = 4;
  supervisor[COUNTER.odbFailingSinceUnix] = 1_700_000_500;
  supervisor[COUNTER.odbFailure] = 28;
  supervisor[COUNTER.countingSinceUnix] = 1_600_000_000;
  supervisor[COUNTER.odbLastSaveUnix] = 1_700_000_000;
  supervisor[COUNTER.odbLastSaveMs] = 12;
  supervisor[COUNTER.odbLastSaveBytes] = 2 ** 40;
  supervisor[COUNTER.odbRestoredTorrents] = 89;
  supervisor[COUNTER.odbRestoredPeers] = 1011;
  for (let worker = 0; worker < 2; worker++) {
    const row = counterRow(counters, worker);
    row[COUNTER.udpConnects] = 1;
    row[COUNTER.udpAnnounces] = 10;
    row[COUNTER.udpScrapes] = 100;
    row[COUNTER.udpErrors] = 1000;
    row[COUNTER.httpAnnounces] = 10_000;
    row[COUNTER.httpScrapes] = 100_000;
    row[COUNTER.httpErrors] = 1_000_000 + worker;
  }
  const table = {
    torrents: 1,
    peers: 5,
    seeders: 2,
    leechers: 3,
    completed: 4,
    bytesUsed: 6,
    bytesReserved: 7,
    rejectedFull: 8,
  };
  assertEquals(JSON.parse(statsJson(sumCounters(counters), table, 61.9)), {
    torrents: 1,
    peers: 5,
    seeders: 2,
    leechers: 3,
    completed: 4,
    uptime_s: 61,
    counting_since_unix: 1_600_000_000,
    udp: { connects: 2, announces: 20, scrapes: 200, errors: 2000, dropped: 77 },
    http: { announces: 20_000, scrapes: 200_000, errors: 2_000_001 },
    odb: {
      saves: 3,
      save_failures: 4,
      failing_since_unix: 1_700_000_500,
      last_error: "no space is left",
      last_save_unix: 1_700_000_000,
      last_save_ms: 12,
      last_save_bytes: 2 ** 40,
      restored_torrents: 89,
      restored_peers: 1011,
    },
    table: { bytes_used: 6, bytes_reserved: 7, rejected_full: 8 },
  });
});

Deno.test("every failure has words, and no failure has none", () => {
  assertEquals([0, 27, FAILURE_UNKNOWN, 9999].map(failureText), [
    "",
    "the file would be larger than the system lets it be",
    "see the log",
    "error 9999 of the system",
  ]);
});

Deno.test("the tracker is unwell as long as a save is overdue", () => {
  const supervisor = counterRow(createCounters(0), SUPERVISOR_ROW);
  assertEquals(healthProblem(supervisor), null);
  supervisor[COUNTER.odbOverdueSec] = 3700;
  assertEquals(
    healthProblem(supervisor),
    "degraded: a save has been due for 3700 seconds: the save does not end",
  );
  supervisor[COUNTER.odbFailure] = 30;
  assertEquals(
    healthProblem(supervisor),
    "degraded: a save has been due for 3700 seconds: the file system is read-only",
  );
});

Deno.test("rows of counters do not meet in a cache line, and no counter is out of its row", () => {
  const counters = createCounters(2);
  const rows = [SUPERVISOR_ROW, 0, 1].map((index) => counterRow(counters, index));
  for (const row of rows) {
    assertEquals([row.byteOffset % 64, row.byteLength % 64], [0, 0]);
    for (const index of Object.values(COUNTER)) row[index] += 1;
  }
  for (const index of Object.values(COUNTER)) assertEquals(sumCounters(counters)[index], rows.length);
});
