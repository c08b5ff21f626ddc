/** What one thread asks before it serves: all lists and limits in one place. @module */

import type { AnnounceBudgetRule } from "../config/mod.ts";
import type { Family } from "../peers/mod.ts";
import { AnnounceBudget } from "./announce_budget.ts";
import { ClientPrefixes } from "./client_prefixes.ts";
import { type HashPlace, HashSet } from "./hash_set.ts";
import { NetworkSet } from "./networks.ts";
import type { PublishedBuffers } from "./published.ts";

/** What a thread needs to ask: plain data and shared memory. What is null is not asked for. */
export interface AccessParts {
  /** Sets of info hashes (hash_set.ts). */
  whitelist: PublishedBuffers | null;
  blacklist: PublishedBuffers | null;
  /** Refused networks (networks.ts). */
  networks: PublishedBuffers | null;
  /** Beginnings of refused peer ids, 1 to 20 ASCII characters each. */
  clients: string[];
  /** What an address may announce, and the buckets for that (announce_budget.ts). */
  budget: { rule: AnnounceBudgetRule; buckets: SharedArrayBuffer } | null;
}

/** Whether these parts refuse nobody, so that nothing need be asked. */
export function isOpen({ whitelist, blacklist, networks, clients, budget }: AccessParts): boolean {
  return (whitelist ?? blacklist ?? networks ?? budget) === null && clients.length === 0;
}

/** What one thread asks. Nothing is allocated per question but when a list was published anew. */
export class Access {
  readonly #whitelist: HashSet | null;
  readonly #blacklist: HashSet | null;
  readonly #networks: NetworkSet | null;
  readonly #clients: ClientPrefixes | null;
  readonly #budget: AnnounceBudget | null;
  /** Something that depends on all that was read ahead. */
  #touched = 0;

  /** `clockMs` is for tests: it gives the milliseconds of a clock that all threads share, modulo 2^32 and signed. */
  constructor(parts: AccessParts, clockMs: () => number = systemMs) {
    const { whitelist, blacklist, networks, clients, budget } = parts;
    this.#whitelist = whitelist === null ? null : new HashSet(whitelist);
    this.#blacklist = blacklist === null ? null : new HashSet(blacklist);
    this.#networks = networks === null ? null : new NetworkSet(networks);
    this.#clients = clients.length === 0 ? null : new ClientPrefixes(clients);
    this.#budget = budget === null ? null : new AnnounceBudget(budget.buckets, budget.rule, clockMs);
  }

  /** Changes when the torrents that are refused may be others; 0 where there are no lists of them. */
  get torrentsVersion(): number {
    return (this.#whitelist?.version ?? 0) + (this.#blacklist?.version ?? 0);
  }

  /** Reads ahead what `refusesTorrent` will read for the first `count` requests: so it comes sooner, and is the same without. */
  touchTorrents(requests: readonly HashPlace[], count: number): void {
    if (this.#whitelist !== null) this.#touched ^= this.#whitelist.touch(requests, count);
    if (this.#blacklist !== null) this.#touched ^= this.#blacklist.touch(requests, count);
  }

  /** Whether the torrent of the info hash that begins at `hash[at]` is refused: not on the white list, or on the black. */
  refusesTorrent(hash: Uint32Array, at: number): boolean {
    return this.#whitelist !== null && !this.#whitelist.has(hash, at) ||
      this.#blacklist !== null && this.#blacklist.has(hash, at);
  }

  /** Whether the client of the peer id that begins at `id[at]` is refused. */
  refusesClient(id: Uint32Array, at: number): boolean {
    return this.#clients !== null && this.#clients.has(id, at);
  }

  /** Whether nobody is served at an address, which `address` begins with: 4 or 16 bytes as they lie in memory. */
  refusesAddress(family: Family, address: Uint32Array): boolean {
    return this.#networks !== null && this.#networks.has(family, address);
  }

  /** Takes the time for `claimAnnounce`. To be called before each batch of requests. */
  readClock(): void {
    this.#budget?.readClock();
  }

  /** Enters an announce from an address and returns 0, or the milliseconds before it may make another. */
  claimAnnounce(family: Family, address: Uint32Array): number {
    return this.#budget === null ? 0 : this.#budget.claim(family, address);
  }
}

/** The low 32 bits of the system's time in milliseconds. */
function systemMs(): number {
  return Date.now() | 0;
}
