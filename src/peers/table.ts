/**
 * The shared buffers of the peer table and a thread's views of them.
 *
 * @module
 */

import { KEY_WORDS } from "./keyed_hash.ts";
import { formatHeap, Heap, HEAP_BYTES_MAX } from "./heap.ts";
import {
  CLIENT_ENTRIES,
  CLIENT_WORDS,
  CONTROL_KEYS,
  CONTROL_MINUTE,
  CONTROL_PEERS,
  CONTROL_SLOT_HIGH,
  CONTROL_TORRENTS,
  CONTROL_WORDS,
  HASH_WORDS,
  LINE_WORDS,
  PEERS_MAX,
  PEERS_PER_ADDRESS_MAX,
  SHARD_COMPLETED_F64,
  SHARD_COUNT,
  SHARD_LEECHERS,
  SHARD_REJECTED_F64,
  SHARD_SEEDERS,
  TORRENTS_MAX,
} from "./layout.ts";
import { Place } from "./place.ts";

/** What the table may hold; it is reserved at once and used as it fills. */
export interface TableLimits {
  /** Peers of both families together, 1 to PEERS_MAX. */
  readonly maxPeers: number;
  /** Torrents, 1 to TORRENTS_MAX. */
  readonly maxTorrents: number;
  /** Keep peer ids for dictionary answers. */
  readonly peerIds: boolean;
  /** Peers of one address (IPv6: of one /64) in one torrent, 1 to PEERS_PER_ADDRESS_MAX; absent or 0 = as many as there are. */
  readonly maxPeersPerAddress?: number;
}

/** What another thread needs to attach to a table: plain data and shared memory. */
export interface TableBuffers {
  readonly limits: TableLimits;
  readonly control: SharedArrayBuffer;
  readonly torrents: SharedArrayBuffer;
  readonly peers: SharedArrayBuffer;
  readonly ids: SharedArrayBuffer | null;
  readonly clients: SharedArrayBuffer | null;
}

/** One thread's views of a table. Made by {@linkcode createTable} or {@linkcode attachTable}. */
export class PeerTable {
  readonly buffers: TableBuffers;
  readonly maxPeers: number;
  readonly maxTorrents: number;
  /** 0 = as many as there are. */
  readonly maxPeersPerAddress: number;
  /** Control words and shard lines, see layout.ts. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** The same memory, for the float64 sums in the shard lines. */
  readonly controlF64: Float64Array<SharedArrayBuffer>;
  /** Torrent lines. */
  readonly torrents: Uint32Array<SharedArrayBuffer>;
  /** Peer blocks and torrent indexes. */
  readonly peers: Heap;
  /** Peer-id blocks; null when ids are not kept. */
  readonly ids: Heap | null;
  /** Beginnings of peer ids, see peer_ids.ts; null when ids are not kept. */
  readonly clients: Uint32Array<SharedArrayBuffer> | null;
  /** Words that key the hashes: nobody outside can aim at one slot. */
  readonly keys: Int32Array;
  /** Number of the batch whose announces this thread answers (batch.ts); 0 = none, each answer may be seen at once. */
  batch = 0;
  /** Something that depends on all that touch.ts has read. */
  touched = 0;
  /** Peers for which restoring has found no room. */
  restoreRefused = 0;
  /** Peers that it has left out because there are too many of their address. */
  restoreCrowded = 0;
  /** The peer that was found or added last. */
  readonly place: Place = new Place();
  /** Where a peer stands that is about to move. */
  readonly heldPlace: Place = new Place();
  /** A peer id on its way from one position to another. */
  readonly heldId: Uint32Array = new Uint32Array(HASH_WORDS);

  constructor(buffers: TableBuffers) {
    this.buffers = buffers;
    this.maxPeers = buffers.limits.maxPeers;
    this.maxTorrents = buffers.limits.maxTorrents;
    this.maxPeersPerAddress = buffers.limits.maxPeersPerAddress ?? 0;
    this.control = new Int32Array(buffers.control);
    this.controlF64 = new Float64Array(buffers.control);
    this.torrents = new Uint32Array(buffers.torrents, 0, buffers.torrents.byteLength / 4);
    this.peers = new Heap(buffers.peers);
    this.ids = buffers.ids === null ? null : new Heap(buffers.ids);
    this.clients = buffers.clients === null ? null : new Uint32Array(buffers.clients);
    this.keys = this.control.slice(CONTROL_KEYS, CONTROL_KEYS + KEY_WORDS);
  }

  /** Whether peer ids are kept. */
  get peerIds(): boolean {
    return this.ids !== null;
  }
}

/**
 * Reserves the memory for a table within `limits`. Throws a RangeError when a limit is out of range or the system
 * does not grant the reservation.
 */
export function createTable(limits: TableLimits): PeerTable {
  const { maxPeers, maxTorrents, maxPeersPerAddress = 0 } = limits;
  checkLimit("maxPeers", maxPeers, PEERS_MAX);
  checkLimit("maxTorrents", maxTorrents, TORRENTS_MAX);
  if (maxPeersPerAddress !== 0) {
    checkLimit("maxPeersPerAddress", maxPeersPerAddress, PEERS_PER_ADDRESS_MAX);
  }
  const buffers: TableBuffers = {
    limits,
    control: new SharedArrayBuffer((CONTROL_WORDS + SHARD_COUNT * LINE_WORDS) * 4),
    torrents: reserve((maxTorrents + 1) * LINE_WORDS * 4),
    // Room for every peer being IPv6, its share of an index and of its block's slack, and for every torrent's blocks.
    peers: reserve(Math.min(HEAP_BYTES_MAX, maxPeers * 32 + maxTorrents * 96 + 2 ** 20)),
    ids: limits.peerIds
      // Room for every peer being of a client of its own.
      ? reserve(Math.min(HEAP_BYTES_MAX, maxPeers * 40 + maxTorrents * 48 + 2 ** 20))
      : null,
    clients: limits.peerIds ? new SharedArrayBuffer(CLIENT_ENTRIES * CLIENT_WORDS * 4) : null,
  };
  formatHeap(buffers.peers);
  if (buffers.ids !== null) formatHeap(buffers.ids);
  const control = new Int32Array(buffers.control);
  control[CONTROL_SLOT_HIGH] = 1;
  control.set(crypto.getRandomValues(new Int32Array(KEY_WORDS)), CONTROL_KEYS);
  return new PeerTable(buffers);
}

/** Another thread's view of the table that `buffers` came from. */
export function attachTable(buffers: TableBuffers): PeerTable {
  return new PeerTable(buffers);
}

/** What the table holds, summed over its shards; an instant behind while other threads announce. */
export interface TableStats {
  torrents: number;
  peers: number;
  seeders: number;
  leechers: number;
  /** Completed downloads of the torrents in the table. */
  completed: number;
  /** Bytes in use, and bytes reserved for the limits. */
  bytesUsed: number;
  bytesReserved: number;
  /** Announces that were answered but not stored because the table was full. */
  rejectedFull: number;
}

/** Counts what the table holds. Reads 64 KiB; takes no lock. */
export function tableStats(table: PeerTable): TableStats {
  const { control, controlF64, buffers } = table;
  let seeders = 0;
  let leechers = 0;
  let completed = 0;
  let rejectedFull = 0;
  for (let shard = 0; shard < SHARD_COUNT; shard++) {
    const line = CONTROL_WORDS + shard * LINE_WORDS;
    seeders += control[line + SHARD_SEEDERS];
    leechers += control[line + SHARD_LEECHERS];
    completed += controlF64[(line + SHARD_COMPLETED_F64) / 2];
    rejectedFull += controlF64[(line + SHARD_REJECTED_F64) / 2];
  }
  const torrents = Atomics.load(control, CONTROL_TORRENTS);
  return {
    torrents,
    peers: seeders + leechers,
    seeders,
    leechers,
    completed,
    bytesUsed: buffers.control.byteLength + (torrents + 1) * LINE_WORDS * 4 + table.peers.bytesUsed +
      (table.ids?.bytesUsed ?? 0) + (buffers.clients?.byteLength ?? 0),
    bytesReserved: buffers.control.byteLength + buffers.torrents.byteLength + buffers.peers.byteLength +
      (buffers.ids?.byteLength ?? 0) + (buffers.clients?.byteLength ?? 0),
    rejectedFull,
  };
}

/**
 * The table's clock, minutes since 1970. The keeper alone moves it. It sweeps each minute, or, after a walk that has
 * kept it from that, soon enough: so however long the process was suspended, no peer's one-byte age goes round.
 */
export function tableMinute(table: PeerTable): number {
  return Atomics.load(table.control, CONTROL_MINUTE);
}

/** Sets the table's clock. The keeper's, and the start's before there is a keeper. */
export function setTableMinute(table: PeerTable, minute: number): void {
  Atomics.store(table.control, CONTROL_MINUTE, minute);
}

/** Counts `count` peers more; false, and nothing counted, when that would be more than `maxPeers`. */
export function countPeers(table: PeerTable, count: number): boolean {
  if (Atomics.add(table.control, CONTROL_PEERS, count) + count <= table.maxPeers) return true;
  uncountPeers(table, count);
  return false;
}

/** Counts `count` peers less. */
export function uncountPeers(table: PeerTable, count: number): void {
  Atomics.sub(table.control, CONTROL_PEERS, count);
}

function checkLimit(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new RangeError(`Cannot create a table, ${name} must be 1 to ${max}: ${value}`);
  }
}

/** Whole pages of shared memory, not one of them touched yet. A growable buffer starts on a page, a fixed one does not. */
function reserve(bytes: number): SharedArrayBuffer {
  const length = Math.ceil(bytes / 65536) * 65536;
  try {
    return new SharedArrayBuffer(length, { maxByteLength: length });
  } catch (cause) {
    const size = Math.ceil(length / 2 ** 20);
    throw new RangeError(`Cannot reserve ${size} MiB of memory for the peer table`, { cause });
  }
}
