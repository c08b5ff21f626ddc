/**
 * A run of the tracker: the sockets opened, privileges given up, the state restored, and then the supervisor.
 *
 * @module
 */

import { AccessLists } from "./access_lists.ts";
import { takeSockets } from "./activation.ts";
import type { Config } from "./config/mod.ts";
import { enterDirectory } from "./directory.ts";
import { lockOdb, type OdbLock } from "./odb_lock.ts";
import { provideFiles } from "./open_files.ts";
import { createTable, setTableMinute } from "./peers/mod.ts";
import { dropPrivileges, enterChroot, findNewUser } from "./privileges.ts";
import { leaveOutRefused } from "./refused_torrents.ts";
import { processUsage } from "./process_usage.ts";
import { Reports } from "./reports.ts";
import { restore } from "./restore.ts";
import { ServiceManager } from "./service_manager.ts";
import { allowForRestore } from "./service_reports.ts";
import { Signals } from "./signals.ts";
import { closeAll, openSockets, type Sockets } from "./sockets.ts";
import { MINUTE_MS, MODULES, savedOdbOf, Supervisor, type WorkerModules } from "./supervisor.ts";
import { readTls } from "./tls.ts";

/**
 * Runs the tracker until a signal stops it or a thread dies, and returns the exit code: 0 when it was stopped and its
 * state saved, else 1. Throws what keeps it from starting: ConfigError, OdbError, OdbLockedError, SocketError, RangeError,
 * or an Error with a sentence for the log. The process is to end then: signals would go on being listened for.
 * `modules` are for tests of what happens when a thread dies.
 */
export async function runTracker(config: Config, modules: WorkerModules = MODULES): Promise<number> {
  // From the first moment: a signal while a large state is read must not end it the hard way.
  const signals = new Signals();
  let lock: OdbLock | null = null;
  let opened: Sockets | null = null;
  try {
    const environment = Deno.env.toObject();
    // Behind another root neither the manager nor the machine's users could be found, nor what tells of the process.
    const manager = ServiceManager.connect(environment);
    const usage = processUsage();
    const newUser = findNewUser(config);
    enterChroot(config.chroot);
    enterDirectory(config.directory);
    const tls = config.tls === null ? null : readTls(config.tls, config.https[0]);
    const lists = await AccessLists.read(config);
    const provided = { ...config, httpMaxConnections: provideFiles(config) };
    const sockets = opened = await openSockets(takeSockets(provided, environment), tls);
    dropPrivileges(newUser, config, sockets);
    // What the new user may not do with the files of the state is known before anything is served.
    const savedOdb = savedOdbOf(config);
    lock = savedOdb === null ? null : lockOdb(savedOdb);
    const table = createTable(config);
    setTableMinute(table, Math.floor(Date.now() / MINUTE_MS));
    let leftOutPeers = 0;
    if (config.odb !== null) {
      allowForRestore(manager, config.odb);
      leftOutPeers = restore(table, config.odb, config.odbReadonly);
      leaveOutRefused(table, lists.parts, config.odb);
    }
    // What came while the state was read has its turn now.
    await new Promise((resolve) => setTimeout(resolve));
    if (signals.isStopping) return 0;
    const reports = await Reports.create(provided, sockets, lists.tokens, usage);
    const supervisor = new Supervisor(provided, modules, table, leftOutPeers, lists, sockets, reports);
    // The workers close them.
    opened = null;
    return await supervisor.run(signals, manager);
  } finally {
    if (opened !== null) closeAll(opened);
    lock?.close();
  }
}
