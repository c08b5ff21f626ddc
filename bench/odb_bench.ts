// The state file: saving a table and loading it. Deno tells the time of a whole save or load; the lines at the end tell
// peers a second.
import { loadOdb, saveOdb } from "../src/odb/mod.ts";
import { createTable, tableStats } from "../src/peers/mod.ts";
import { createFilledTable, createPopulation, inWords, sink, TABLE_SIZES } from "./data.ts";

const folder = Deno.makeTempDirSync({ prefix: "odb_bench_" });
/** The shortest time of each benchmark, by its name. */
const bestMs = new Map<string, { ms: number; peers: number }>();

for (const peers of TABLE_SIZES) {
  const population = createPopulation(peers);
  const table = createFilledTable(population);
  const path = `${folder}/${peers}.odb`;
  saveOdb(table, path);

  measure(`save ${inWords(peers)} peers`, peers, (b) => {
    b.start();
    sink.value += saveOdb(table, path).bytes;
    b.end();
  });

  measure(`load ${inWords(peers)} peers`, peers, (b) => {
    const empty = createTable({ maxPeers: peers, maxTorrents: population.torrents, peerIds: false });
    b.start();
    loadOdb(empty, path);
    b.end();
    sink.value += tableStats(empty).peers;
  });

  // Here each peer is looked for, as it is wherever a file is not in order.
  measure(`load ${inWords(peers)} peers that are there`, peers, (b) => {
    b.start();
    loadOdb(table, path);
    b.end();
    sink.value += tableStats(table).peers;
  });
}

/** A benchmark whose best time is kept for the lines at the end. */
function measure(
  name: string,
  peers: number,
  run: (b: Pick<Deno.BenchContext, "start" | "end">) => void,
): void {
  Deno.bench({
    name,
    group: "odb",
    n: 5,
    warmup: 1,
    fn(b) {
      let startMs = 0;
      run({
        start() {
          b.start();
          startMs = performance.now();
        },
        end() {
          const ms = performance.now() - startMs;
          b.end();
          bestMs.set(name, { ms: Math.min(ms, bestMs.get(name)?.ms ?? Infinity), peers });
        },
      });
    },
  });
}

addEventListener("unload", () => {
  for (const [name, { ms, peers }] of bestMs) {
    console.log(`${name}: ${(peers / ms / 1000).toFixed(1)} million peers/s at best`);
  }
  Deno.removeSync(folder, { recursive: true });
});
