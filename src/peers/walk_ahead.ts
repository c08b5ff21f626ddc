/**
 * Reading ahead of a walk. Copying a torrent's peers waits for memory at each step: for the directories, then for every
 * block. Reading the same places of some torrents first, step by step, lets the waits overlap; and it is done without a
 * lock, so that the lock is held for the copying alone.
 *
 * @module
 */

import {
  BLOCK_HEAD_WORDS,
  DIRECTORIES,
  IPV4,
  IPV6,
  LINE_WORDS,
  RECORD_WORDS,
  TORRENT_BLOCK,
  TORRENT_CAPACITY,
} from "./layout.ts";
import type { Family } from "./layout.ts";
import { hasDirectories, PeerRuns } from "./runs.ts";
import { peersOf } from "./swarm_size.ts";
import type { PeerTable } from "./table.ts";

/** Torrents that one call reads at most. More would push each other out of the nearest memory before they are copied. */
const TORRENTS_AHEAD = 8;
/** Peers after which it ends, with a torrent more or less. */
const PEERS_AHEAD = 2 ** 10;

/** Blocks that are read in one go. */
const BLOCKS_MAX = 64;

const run = new PeerRuns();
// Blocks to read, and the words of each. One walk a thread at a time.
const blocks = new Uint32Array(BLOCKS_MAX);
const sizes = new Uint32Array(BLOCKS_MAX);
let blockCount = 0;

/**
 * Reads what a walk is about to copy of the torrents whose line numbers stand in `numbers` from `from` on, `end` at most;
 * returns where it stopped, above `from` unless that is `end`. Believes nothing of what it reads: others may be changing
 * it, and what is not there costs a read in vain.
 *
 * Loops that wait for memory do nothing else: the shorter they are, the more of their reads are under way at once.
 */
export function readAhead(table: PeerTable, numbers: Uint32Array, from: number, end: number): number {
  const last = Math.min(end, from + TORRENTS_AHEAD);
  let touched = 0;
  let peers = 0;
  let to = from;
  for (; to < last && peers < PEERS_AHEAD; to++) {
    const line = numbers[to] * LINE_WORDS;
    touched ^= readDirectories(table, line, IPV4) ^ readDirectories(table, line, IPV6);
    peers += peersOf(table, line, IPV4) + peersOf(table, line, IPV6);
  }
  // Kept, so that the reads are not taken for useless ones.
  table.touched = touched;
  for (let i = from; i < to; i++) {
    const line = numbers[i] * LINE_WORDS;
    listBlocks(table, line, IPV4);
    listBlocks(table, line, IPV6);
  }
  readBlocks(table);
  return to;
}

/** Reads the heads of a torrent's directories of one family, if it has any. */
function readDirectories({ torrents, peers }: PeerTable, line: number, family: Family): number {
  const { words } = peers;
  const capacity = torrents[line + TORRENT_CAPACITY + family];
  if ((capacity & DIRECTORIES) === 0) return 0;
  return words[torrents[line + TORRENT_BLOCK + family]] ^ words[(capacity & ~DIRECTORIES) >>> 0];
}

/** Lists the blocks of a torrent's peers of one family; when the list is full, they are read. */
function listBlocks(table: PeerTable, line: number, family: Family): void {
  const peers = peersOf(table, line, family);
  if (peers === 0) return;
  listRole(table, line, family, false, peers);
  // Without directories, the seeders are in the leechers' block.
  if (hasDirectories(table, line, family)) listRole(table, line, family, true, peers);
}

function listRole(table: PeerTable, line: number, family: Family, seeding: boolean, peers: number): void {
  const recordWords = RECORD_WORDS[family];
  run.open(table, line, family, seeding);
  const count = Math.min(run.count, peers);
  for (let i = 0; i < count; i++) {
    run.turnTo(table, i);
    if (blockCount === BLOCKS_MAX) readBlocks(table);
    blocks[blockCount] = run.block;
    sizes[blockCount] = BLOCK_HEAD_WORDS + run.capacity * recordWords;
    blockCount++;
  }
}

/** Reads a word of each line of the blocks listed, and empties the list. */
function readBlocks(table: PeerTable): void {
  const { words } = table.peers;
  let touched = 0;
  for (let i = 0; i < blockCount; i++) {
    const block = blocks[i];
    const size = sizes[i];
    for (let at = 0; at < size; at += LINE_WORDS) touched ^= words[(block + at) >>> 0];
  }
  // Kept, so that the reads are not taken for useless ones.
  table.touched = touched;
  blockCount = 0;
}
