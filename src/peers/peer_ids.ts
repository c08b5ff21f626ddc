/**
 * Peer ids. The first eight bytes of one name the client program and its version (BEP 20), and millions of peers share a
 * few thousand of those: each is kept once, in a list that all threads share, and the peers refer to it.
 *
 * ```
 * id in an id block (words)
 * 0      client: 0 = no id is known; odd = its entry in the list * 2 + 1; even = a block of its own in the ids heap
 * 1 - 3  the last twelve bytes
 *
 * list of clients: the words of an entry, open addressing; zeros = nothing
 * ```
 *
 * The list takes CLIENTS_MAX and is never emptied. Whoever fills it with made-up clients gains that those that come after
 * take a block of memory each.
 *
 * @module
 */

import { hashClient } from "./keyed_hash.ts";
import {
  CLIENT_ENTRIES,
  CLIENT_WORDS,
  CLIENTS_MAX,
  CONTROL_CLIENTS,
  CONTROL_CLIENTS_LOCK,
  HASH_WORDS,
} from "./layout.ts";
import { lock, unlock } from "./lock.ts";
import type { PeerTable } from "./table.ts";

/** Words of an id as it is kept. */
export const ID_WORDS = 4;

const NO_CLIENT = 0;
const NO_ENTRY = -1;

/** Index in the words of the ids heap of the id of the peer at `position`. */
export function idAt(table: PeerTable, block: number, position: number): number {
  return (table.peers.words[(block + 1) >>> 0] + 1 + position * ID_WORDS) >>> 0;
}

/** Says of a peer at a position where nobody was that its id is not known. Ids are kept. */
export function writeNoId(table: PeerTable, block: number, position: number): void {
  table.ids!.words[idAt(table, block, position)] = NO_CLIENT;
}

/**
 * Writes the id whose five words begin at `id[from]` to a position where nobody was. Ids are kept. One whose first eight
 * bytes are zeros counts as unknown, and without memory for its client so does any.
 */
export function writeId(
  table: PeerTable,
  block: number,
  position: number,
  id: Uint32Array,
  from: number,
): void {
  const { words } = table.ids!;
  const at = idAt(table, block, position);
  words[at] = clientOf(table, id[from], id[from + 1]);
  for (let i = 1; i < ID_WORDS; i++) words[(at + i) >>> 0] = id[from + i + 1];
}

/** Says that a peer is about to go, or to be given another id. Ids are kept. */
export function releaseId(table: PeerTable, block: number, position: number): void {
  const client = table.ids!.words[idAt(table, block, position)];
  if ((client & 1) === 0) table.ids!.free(client);
}

/** Copies the ids of `count` peers from `position` on to `target`, five words each, from index `to` on. Ids are kept. */
export function readIds(
  table: PeerTable,
  block: number,
  position: number,
  count: number,
  target: Uint32Array,
  to: number,
): void {
  const { words } = table.ids!;
  const clients = table.clients!;
  for (let i = 0; i < count; i++, to += HASH_WORDS) {
    const at = idAt(table, block, position + i);
    const client = words[at];
    if (client === NO_CLIENT) {
      target.fill(0, to, to + HASH_WORDS);
      continue;
    }
    if ((client & 1) !== 0) {
      target[to] = clients[client - 1];
      target[to + 1] = clients[client];
    } else {
      target[to] = words[(client + 1) >>> 0];
      target[to + 1] = words[(client + 2) >>> 0];
    }
    for (let word = 1; word < ID_WORDS; word++) target[to + word + 1] = words[(at + word) >>> 0];
  }
}

/** What stands for the client with this beginning of its ids; NO_CLIENT when there is no memory. */
function clientOf(table: PeerTable, first: number, second: number): number {
  if (first === 0 && second === 0) return NO_CLIENT;
  const entry = entryOf(table, first, second);
  if (entry !== NO_ENTRY) return entry * CLIENT_WORDS + 1;
  const ids = table.ids!;
  const block = ids.allocate(CLIENT_WORDS);
  if (block === 0) return NO_CLIENT;
  ids.words[block + 1] = first;
  ids.words[block + 2] = second;
  return block;
}

/** The client's entry in the list, where it is entered if it is new and there is room; else NO_ENTRY. */
function entryOf(table: PeerTable, first: number, second: number): number {
  const { control } = table;
  // The first word of an entry is written last, so one that begins with zero could be taken for half of another.
  if (first === 0) return NO_ENTRY;
  const found = findEntry(table, first, second);
  if (isAt(table, found, first, second)) return found;
  if (Atomics.load(control, CONTROL_CLIENTS) >= CLIENTS_MAX) return NO_ENTRY;
  lock(control, CONTROL_CLIENTS_LOCK);
  try {
    const clients = table.clients!;
    const entry = findEntry(table, first, second);
    if (isAt(table, entry, first, second)) return entry;
    if (control[CONTROL_CLIENTS] >= CLIENTS_MAX) return NO_ENTRY;
    control[CONTROL_CLIENTS]++;
    Atomics.store(clients, entry * CLIENT_WORDS + 1, second);
    Atomics.store(clients, entry * CLIENT_WORDS, first);
    return entry;
  } finally {
    unlock(control, CONTROL_CLIENTS_LOCK);
  }
}

/** The entry where the client is, or, if it is not there, would be. Another thread may just be entering one. */
function findEntry(table: PeerTable, first: number, second: number): number {
  const clients = table.clients!;
  let entry = hashClient(table.keys, first, second) & (CLIENT_ENTRIES - 1);
  while (Atomics.load(clients, entry * CLIENT_WORDS) !== 0 && !isAt(table, entry, first, second)) {
    entry = (entry + 1) & (CLIENT_ENTRIES - 1);
  }
  return entry;
}

function isAt(table: PeerTable, entry: number, first: number, second: number): boolean {
  const clients = table.clients!;
  // Whoever sees the first word, which is written last, sees the second.
  return Atomics.load(clients, entry * CLIENT_WORDS) === first &&
    clients[entry * CLIENT_WORDS + 1] === second;
}
