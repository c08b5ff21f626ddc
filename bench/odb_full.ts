/**
 * Dumps and loads a state of full size: a table that was filled peer by peer is saved, the file loaded into an empty
 * table, and that saved as after a restart, for some rounds. The table has the medians of the rounds.
 *
 * Run as `deno task bench:odb [OPTIONS]`, on Linux.
 *
 * @module
 */

import { count, file, readArguments, share, valueOf } from "../src/config/mod.ts";
import { ipv6Path, loadOdb, saveOdb, statOf, sumPath } from "../src/odb/mod.ts";
import { SyntheticState } from "../src/odb_tools/synthetic.ts";
import {
  createTable,
  type Family,
  IPV4,
  IPV6,
  type PeerTable,
  RECORD_BYTES,
  restorePeers,
  restoreTorrent,
  setTableMinute,
  tableStats,
} from "../src/peers/mod.ts";
import { isSmall, NOW_MIN } from "./data.ts";
import { formatTable, median, type Runs } from "./rounds.ts";
import { GROUP, helpLine } from "./settings.ts";
import { measure, type Usage } from "./usage.ts";

const SETTINGS = {
  rounds: count({ name: "rounds", group: GROUP, metavar: "COUNT", default: "5", help: "Rounds." }, 1, 1000),
  torrents: count(
    { name: "torrents", group: GROUP, metavar: "COUNT", default: isSmall ? "1k" : "100k", help: "Torrents." },
    1,
    10_000_000,
  ),
  peers: count(
    { name: "peers", group: GROUP, metavar: "COUNT", default: isSmall ? "100k" : "10M", help: "Peers." },
    1,
    100_000_000,
  ),
  ipv6: share({ name: "ipv6", group: GROUP, metavar: "SHARE", default: "0%", help: "IPv6 peers." }),
  file: file({
    name: "file",
    group: GROUP,
    metavar: "FILE",
    default: "/dev/shm/odb_full.odb",
    help: "The state file. It is replaced, and removed in the end.",
  }),
};

/** What is alike in every state. */
const STATE = { seed: 1, seedersShare: 0.5, ageMaxMin: 44, skew: 0 };

function main(): void {
  const given = readArguments(Deno.args, Object.values(SETTINGS));
  if (typeof given === "string") {
    console.log(helpLine(Object.values(SETTINGS)));
    return;
  }
  const path = valueOf(SETTINGS.file, given);
  const limits = { torrents: valueOf(SETTINGS.torrents, given), peers: valueOf(SETTINGS.peers, given) };
  const dumpsFilled: Runs<Usage> = { name: "dump of a filled table", results: [] };
  const loads: Runs<Usage> = { name: "load", results: [] };
  const dumpsLoaded: Runs<Usage> = { name: "dump of a loaded table", results: [] };
  try {
    const table = createEmpty(limits);
    fill(table, new SyntheticState({ ...limits, ...STATE, ipv6Share: valueOf(SETTINGS.ipv6, given) }));
    saveOdb(table, path); // To warm up.
    for (let round = 0; round < valueOf(SETTINGS.rounds, given); round++) {
      dumpsFilled.results.push(measure(() => saveOdb(table, path)));
      const loaded = createEmpty(limits);
      const bytesEmpty = tableStats(loaded).bytesUsed;
      const usage = measure(() => loadOdb(loaded, path));
      usage.peakBytes -= tableStats(loaded).bytesUsed - bytesEmpty;
      loads.results.push(usage);
      dumpsLoaded.results.push(measure(() => saveOdb(loaded, path)));
    }
    report(table, path, [dumpsFilled, loads, dumpsLoaded]);
  } finally {
    for (const name of [path, ipv6Path(path)].flatMap((name) => [name, sumPath(name)])) {
      if (statOf(name) !== null) Deno.removeSync(name);
    }
  }
}

function createEmpty({ torrents, peers }: { torrents: number; peers: number }): PeerTable {
  const table = createTable({ maxPeers: peers, maxTorrents: torrents, peerIds: false });
  setTableMinute(table, NOW_MIN);
  return table;
}

function fill(table: PeerTable, state: SyntheticState): void {
  let records = new Uint8Array(0);
  const fillFamily = (slot: number, family: Family): void => {
    const size = state.counts[family] * RECORD_BYTES[family];
    if (size > records.length) records = new Uint8Array(size);
    state.records(family, records, 0, state.counts[family]);
    restorePeers(table, slot, family, records, 0, state.counts[family]);
  };
  while (state.next()) {
    const slot = restoreTorrent(table, state.hashWords, 0, state.completed);
    fillFamily(slot, IPV4);
    fillFamily(slot, IPV6);
  }
}

const HEADINGS = ["", "M peers/s CPU", "M peers/s", "CPU ns/peer", "MB beyond the table"];

/** Prints the medians of the rounds, and what the table and the file came to. */
function report(table: PeerTable, path: string, all: Runs<Usage>[]): void {
  const { torrents, peers, bytesUsed } = tableStats(table);
  const rows = all.map((runs) => {
    const cpuMs = median(runs, (usage) => usage.cpuMs);
    return [
      runs.name,
      (peers / cpuMs / 1000).toFixed(1),
      (peers / median(runs, (usage) => usage.wallMs) / 1000).toFixed(1),
      (cpuMs * 1e6 / peers).toFixed(1),
      // The most of all: what the system takes back of an earlier table meanwhile makes the others less.
      (Math.max(...runs.results.map((usage) => usage.peakBytes)) / 2 ** 20).toFixed(1),
    ];
  });
  console.log(`${torrents} torrents, ${peers} peers`);
  console.log(formatTable([HEADINGS, ...rows]));
  const fileBytes = [path, ipv6Path(path)].reduce((sum, name) => sum + (statOf(name)?.size ?? 0), 0);
  console.log(
    `bytes a peer: ${(bytesUsed / peers).toFixed(2)} of the table, ${
      (fileBytes / peers).toFixed(2)
    } of the file`,
  );
}

if (import.meta.main) main();
