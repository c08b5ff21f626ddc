/** Torrents that are in the table and must not be, by the lists of info hashes. @module */

import { Access, type AccessParts } from "./access/mod.ts";
import { log } from "./log.ts";
import { dropRefused, type IsRefused, type PeerTable, type Rest, tableStats } from "./peers/mod.ts";

/** Watches the lists for one table. The keeper's, and the start's before there is a keeper. */
export class RefusedTorrents {
  readonly #table: PeerTable;
  readonly #access: Access | null;
  /** The version of the lists by which the table was last searched; 0 = it was not yet. */
  #searchedBy = 0;

  /** With `access` null no torrent is refused. */
  constructor(table: PeerTable, access: AccessParts | null) {
    this.#table = table;
    this.#access = access === null ? null : new Access(access);
  }

  /** For sweeps: one that was let in by the old lists while the table was searched by the new goes in the next of them. */
  readonly isRefused: IsRefused = (hash, at) =>
    this.#access !== null && this.#access.refusesTorrent(hash, at);

  /** Whether there are lists, and others than those by which the table was last searched. */
  get areNew(): boolean {
    return this.#version !== this.#searchedBy;
  }

  /** Drops the refused torrents when the lists are new, with rests if there are any. */
  dropIfNew(rest?: Rest): void {
    if (!this.areNew) return;
    this.#searchedBy = this.#version;
    dropRefused(this.#table, this.isRefused, rest);
  }

  get #version(): number {
    return this.#access?.torrentsVersion ?? 0;
  }
}

/** Drops what the lists refuse out of a table that was just restored from `path`, and says so. */
export function leaveOutRefused(table: PeerTable, access: AccessParts | null, path: string): void {
  const { torrents } = tableStats(table);
  new RefusedTorrents(table, access).dropIfNew();
  const leftOut = torrents - tableStats(table).torrents;
  if (leftOut > 0) log.info(`left out ${leftOut} torrents of ${path} that are refused by the lists`);
}
