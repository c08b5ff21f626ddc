import { assertEquals } from "@std/assert";
import { COUNTER, counterRow, createCounters, statsJson, sumCounters } from "../../src/stats/mod.ts";

Deno.test("statsJson() sums the workers' counters and names everything", () => {
  const counters = createCounters(2);
  const supervisor = counterRow(counters, -1);
  supervisor[COUNTER.udpDropped] = 77;
  supervisor[COUNTER.odbSaves] = 3;
  supervisor[COUNTER.odbSaveFailures] = 0;
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
    udp: { connects: 2, announces: 20, scrapes: 200, errors: 2000, dropped: 77 },
    http: { announces: 20_000, scrapes: 200_000, errors: 2_000_001 },
    odb: {
      saves: 3,
      last_save_unix: 1_700_000_000,
      last_save_ms: 12,
      last_save_bytes: 2 ** 40,
      restored_torrents: 89,
      restored_peers: 1011,
    },
    table: { bytes_used: 6, bytes_reserved: 7, rejected_full: 8 },
  });
});
