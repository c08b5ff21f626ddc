/** Filling the table from its file at start, and saying what came of it. @module */

import { ConfigError } from "./config/mod.ts";
import { log } from "./log.ts";
import { copyAside, type FileLoad, loadOdb, sumPath } from "./odb/mod.ts";
import { type PeerTable, tableStats } from "./peers/mod.ts";
import { RestoreProgress } from "./restore_progress.ts";

/**
 * Loads the ODB file `path` and the IPv6 file beside it into the empty `table`. Of a file that is damaged, or that goes
 * on behind its end mark, a copy is laid aside before the next save replaces it; with `isReadonly` nothing is written,
 * for there are no saves. Returns how many peers were left out because there are more of their address than a torrent takes.
 * Throws OdbError when one is no ODB, and ConfigError when the table has no room for all that is in them.
 */
export function restore(table: PeerTable, path: string, isReadonly: boolean): number {
  const startMs = performance.now();
  log.info(`restoring from ${path}`);
  const told = new RestoreProgress(startMs);
  const { ipv4, ipv6 } = loadOdb(table, path, (progress) => told.tick(progress, performance.now()));
  refuseLoss(table, path, [ipv4, ipv6]);
  for (const load of [ipv4, ipv6]) {
    for (const warning of load.warnings) log.warning(warning);
    if (load.state === "whole" && load.checksum === "missing") {
      log.info(`there is no ${sumPath(load.path)}: silent damage to ${load.path} could not be told`);
    }
    if (load.state === "damaged" || load.trailingBytes > 0) tellDamage(load, isReadonly);
  }
  const { torrents, peers } = tableStats(table);
  const crowded = ipv4.crowded + ipv6.crowded;
  if (ipv4.state === "missing" && ipv6.state === "missing") {
    log.info("it is not there yet: starting empty");
  } else {
    const ms = Math.round(performance.now() - startMs);
    const without = crowded === 0 ? "" : `, without ${crowded} by --max-peers-per-address`;
    log.info(`restored ${torrents} torrents and ${peers} peers from ${path} in ${ms} ms${without}`);
  }
  return crowded;
}

/** Throws a ConfigError when the table has left something out: the next save would lose it for good. */
function refuseLoss(table: PeerTable, path: string, loads: FileLoad[]): void {
  const peers = loads.reduce((sum, load) => sum + load.droppedPeers, 0);
  const torrents = loads.reduce((sum, load) => sum + load.droppedTorrents, 0);
  if (peers + torrents === 0) return;
  throw new ConfigError(
    `--odb ${path}`,
    `holds ${peers} peers and ${torrents} torrents more than --max-peers ${table.maxPeers} and ` +
      `--max-torrents ${table.maxTorrents} have room for; raise them, or move the file away`,
  );
}

/** Says what is wrong with a file, and keeps a copy of one that the next save replaces. */
function tellDamage(load: FileLoad, isReadonly: boolean): void {
  const copy = isReadonly ? null : copyAside(load.path, Math.floor(Date.now() / 1000));
  if (load.state === "damaged") {
    log.warning(describeDamage(load) + (copy === null ? "" : `; the file is kept as ${copy}`));
  } else if (copy !== null) {
    log.warning(`${load.path} is kept as ${copy} as well`);
  }
}

/** What is wrong with a damaged file, and what was had of it. */
function describeDamage({ path, damage, torrents }: FileLoad): string {
  return damage === null
    ? `${path} is damaged somewhere: ${sumPath(path)} disagrees; all ${torrents} torrents in it were restored`
    : `${path} is damaged at byte ${damage.offset}: ${damage.reason}; its ${torrents} whole torrents were restored`;
}
