// Loads a state file into a new table. For whole_load_test.ts.
import { loadOdb } from "../../src/odb/mod.ts";
import { createTable } from "../../src/peers/mod.ts";

const LIMITS = { maxPeers: 1_000_000, maxTorrents: 1_000_000, peerIds: false };

const { state, torrents } = loadOdb(createTable(LIMITS), Deno.args[0]).ipv4;
if (state !== "whole" || torrents === 0) {
  throw new Error(`Loaded ${torrents} torrents, the file is ${state}.`);
}
