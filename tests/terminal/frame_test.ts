// What is shown, letter by letter, and that it fits whatever a tracker says.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { frame, type View } from "../../src/terminal/frame.ts";
import { lineText } from "../../src/terminal/line.ts";
import { parseStats } from "../../src/terminal/report.ts";
import { Samples } from "../../src/terminal/samples.ts";
import { snapshot, SNAPSHOT_UNIX_MS } from "../stats/report_source.ts";
import { stats, view } from "./views.ts";

function shown(seen: View, columns: number): string[] {
  return frame(seen, columns).map((line) => lineText(line, columns, false));
}

/** The made-up tracker, two seconds and four seconds after its first answer. */
async function samples(): Promise<Samples> {
  const { requests, cpuSec } = snapshot();
  const samples = new Samples();
  for (const [sec, announces] of [[0, 0], [2, 1600], [4, 2400]]) {
    samples.add(
      await stats({
        timeUnixMs: SNAPSHOT_UNIX_MS + sec * 1000,
        requests: { ...requests, udpAnnounces: requests.udpAnnounces + announces, udpErrors: 8004 + sec },
        cpuSec: cpuSec + sec * 0.015,
      }),
    );
  }
  return samples;
}

Deno.test("a tracker that is well, in 80 columns", async () => {
  const lines = shown(await view({ samples: await samples() }), 80);
  assertEquals(lines.slice(0, 26), [
    "tracker 0.1.0 at 127.0.0.1:6969  well, up 2 h 3 min, processor 1.5 %",
    "",
    "A second              now     1 min     5 min  the last 4 s",
    "UDP announces         400       406       366  █▅",
    "UDP connects            0       135       122  ▁▁",
    "UDP scrapes             0      12.3      11.0  ▁▁",
    "HTTP announces          0      9.82      8.84  ▁▁",
    "HTTP scrapes            0      0.49      0.44  ▁▁",
    "Errors               1.00      1.39      1.25  ██",
    "Dropped                 0      0.09      0.08  ▁▁",
    "Completed               0      0.57      0.52  ▁▁",
    "",
    "Swarms         101,234 torrents, 300,123 seeders, 156,666 leechers,",
    "               98,765 completed",
    "Memory         187.7 MB; table 61.0 MB of 1.2 GB",
    "Peers          ░░░░░░░░░░ 4.6 % of 10,000,000",
    "Torrents       █░░░░░░░░░ 5.1 % of 2,000,000",
    "State          saved 2 min 3 s ago, 9.4 MB in 345 ms; 24 saves, 2 failed",
    "",
    "Errors         UDP bad_connection_id 7,003, UDP too_short 940,",
    "               HTTP no_info_hash 150, UDP refused_torrent 61,",
    "               HTTP refused_torrent 40, HTTP not_found 17",
    "Threads        udp-1 0/s, udp-2 0/s, http-1 0/s",
    "",
    "   Peers  Seeders  Leechers  Completed  Torrent",
    "   1,310      900       410      5,000  0123456789abcdef0123456789abcdef00000000",
  ]);
  assertEquals(lines.length, 125);
});

Deno.test("in a wide terminal lists are shorter, in a narrow one they are longer", async () => {
  const causes = (columns: number) =>
    view().then((seen) =>
      shown(seen, columns).findIndex((line) => line.startsWith("Threads")) -
      shown(seen, columns).findIndex((line) => line.startsWith("Errors         UDP"))
    );
  assertEquals([await causes(200), await causes(40)], [1, 6]);
});

Deno.test("a tracker that is in trouble says so at the top", async () => {
  const odb = {
    ...snapshot().odb,
    saveFailures: 3,
    failingSinceUnix: Math.floor(SNAPSHOT_UNIX_MS / 1000) - 90,
    lastError: "no space is left",
  };
  const problem = "degraded: a save has been due for 90 seconds: no space is left";
  const seen = await view({
    answered: { stats: await stats({ condition: "degraded", problem, odb }), top: [], ageSec: 0 },
  });
  const lines = shown(seen, 80);
  assertEquals(lines.slice(0, 3), [
    "tracker 0.1.0 at 127.0.0.1:6969  degraded, up 2 h 3 min",
    problem,
    "",
  ]);
  const state = lines.findIndex((line) => line.startsWith("State"));
  assertEquals(lines.slice(state, state + 2), [
    "State          every save has failed for 1 min 30 s: no space is left",
    "               saved 2 min 3 s ago, 9.4 MB in 345 ms; 24 saves, 3 failed",
  ]);
  assert(!lines.some((line) => line.endsWith("Torrent")));
  const [title, trouble] = frame(seen, 80).map((line) => lineText(line, 80, true));
  assert(title.includes("\x1b[31mdegraded\x1b[0m"), title);
  assertEquals(trouble, `\x1b[31m${problem}\x1b[0m`);
});

Deno.test("a tracker that does not answer says so, above what is known", async () => {
  const problem = "cannot be asked: refused";
  assertEquals(shown(await view({ answered: null }), 80), ["asking 127.0.0.1:6969"]);
  assertEquals(shown(await view({ answered: null, problem }), 80), [
    "127.0.0.1:6969 cannot be asked: refused",
    "It is asked again every 2 s.",
  ]);
  assertEquals(shown(await view({ answered: null, problem, intervalSec: null }), 80), [
    "127.0.0.1:6969 cannot be asked: refused",
  ]);
  const before = await view();
  const lines = shown({ ...before, problem, answered: { ...before.answered!, ageSec: 75 } }, 80);
  assertEquals(lines.slice(0, 3), [
    "127.0.0.1:6969 cannot be asked: refused",
    "It is asked again every 2 s. What follows is 1 min 15 s old.",
    "tracker 0.1.0 at 127.0.0.1:6969  well, up 2 h 3 min",
  ]);
});

Deno.test("a tracker without a file, and one that has not saved yet", async () => {
  const state = async (odb: Partial<ReturnType<typeof snapshot>["odb"]>) => {
    const answered = { stats: await stats({ odb: { ...snapshot().odb, ...odb } }), top: [], ageSec: 0 };
    return shown(await view({ answered }), 80).find((line) => line.startsWith("State"));
  };
  assertEquals(await state({ isSaved: false }), "State          is not saved to a file");
  assertEquals(
    await state({ lastSaveUnix: 0, saves: 0, saveFailures: 0 }),
    "State          not saved since the start; 0 saves, 0 failed",
  );
});

Deno.test("lines are cut to the terminal's width, between the sequences of colours", () => {
  const line = [["abc", "bad"], ["def", "plain"], ["ghi", "good"]] as const;
  assertEquals(lineText(line, 2, true), "\x1b[31mab\x1b[0m");
  assertEquals(lineText(line, 7, true), "\x1b[31mabc\x1b[0mdef\x1b[32mg\x1b[0m");
  assertEquals(lineText(line, 7, false), "abcdefg");
});

Deno.test("whatever a tracker says, lines are printable and no wider than the terminal", async () => {
  const top = (await view()).answered!.top;
  const number = fc.oneof(fc.double({ noNaN: true }), fc.integer());
  const word = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.constant("\x1b[2J"));
  const requests = fc.record({
    udp: fc.record({ announces: number, errors_by_cause: fc.dictionary(word, number) }),
    http: fc.record({ announces: number }),
  });
  const document = fc.record({
    torrents: fc.integer(),
    peers: number,
    time_unix_ms: number,
    uptime_s: number,
    version: word,
    condition: word,
    problem: word,
    udp: fc.record({ announces: number, errors_by_cause: fc.dictionary(word, number) }),
    rates: fc.record({ minute: requests }),
    workers: fc.array(fc.record({ name: word, udp: fc.record({ announces: number }) })),
    odb: fc.record({
      is_saved: fc.boolean(),
      last_error: word,
      last_save_unix: number,
      failing_since_unix: number,
    }),
    table: fc.record({ max_peers: number, bytes_used: number }),
    process: fc.record({ resident_bytes: number, cpu_s: number }),
  });
  fc.assert(
    fc.property(
      fc.array(document, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 200 }),
      (documents, columns) => {
        const samples = new Samples();
        const all = documents.map((some) => parseStats(JSON.stringify(some))!);
        for (const some of all) samples.add(some);
        const seen = {
          name: "tracker",
          answered: { stats: all.at(-1)!, top, ageSec: 1 },
          samples,
          problem: null,
          intervalSec: 2,
        };
        for (const line of shown(seen, columns)) {
          assert(line.length <= columns, line);
          assert(/^[ -~▁-█░∞]*$/.test(line), JSON.stringify(line));
        }
      },
    ),
  );
});
