/** `--check-config`: what would keep the tracker from starting, or disappoint later. @module */

import { AccessLists } from "./access_lists.ts";
import { type Config, configAdvice } from "./config/mod.ts";
import { enterDirectory } from "./directory.ts";
import { setupLog } from "./log.ts";
import { checkReplaceable, folderOf, ipv6Path, resolveTarget, sumPath } from "./odb/mod.ts";
import { createTable } from "./peers/mod.ts";
import { checkUser, executableAdvice, tryAsUser } from "./privileges.ts";
import { restore } from "./restore.ts";
import { readTls } from "./tls.ts";

/** Tries something, and throws, or rejects with, what is wrong. Nothing is served, and no file is changed. */
type Check = (config: Config) => unknown;

/** What the tracker does with files before it becomes the user of `--user`. */
const BEFORE_USER: readonly Check[] = [
  ({ directory }) => enterDirectory(directory),
  ({ tls, https }) => tls !== null && readTls(tls, https[0]),
  (config) => AccessLists.read(config),
];

/** What it does as that user. */
const AS_USER: readonly Check[] = [
  (config) => config.odb !== null && restore(createTable(config), config.odb, true),
  ({ odb, odbReadonly }) => odb !== null && !odbReadonly && trySaving(odb),
];

/**
 * Tries what can be tried without serving, and prints problems and warnings, one a line. `warnings` are those that
 * there are already. Resolves to whether there are no problems. The process may be another user's then, and shall end.
 */
export async function checkConfig(config: Config, warnings: readonly string[]): Promise<boolean> {
  // What the file of the state has to say is for the operator too.
  setupLog({ logLevel: "warning" });
  const problems: string[] = [];
  const unchecked: string[] = [];
  const becomeUser: Check = () => unchecked.push(...tryAsUser(config));
  const isElsewhere = config.chroot !== null;
  if (isElsewhere) {
    unchecked.push(
      "chroot: files are not looked for, they are beneath another root",
      ...executableAdvice("chroot"),
    );
  }
  for (const check of isElsewhere ? [checkUser] : [...BEFORE_USER, becomeUser, ...AS_USER]) {
    try {
      await check(config);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  for (const warning of [...warnings, ...unchecked, ...configAdvice(config)]) {
    console.error(`warning: ${warning}`);
  }
  for (const problem of problems) console.error(`problem: ${problem}`);
  if (problems.length === 0) console.log("the configuration can be used");
  return problems.length === 0;
}

/**
 * Throws when no file can be made beside the ODB file or its IPv6 file, or their checksum files cannot be replaced. A
 * tracker that runs meanwhile is not disturbed.
 */
function trySaving(odb: string): void {
  for (const path of [odb, ipv6Path(odb)]) {
    try {
      const target = resolveTarget(path);
      Deno.removeSync(Deno.makeTempFileSync({ dir: folderOf(target), prefix: ".tracker-check-" }));
      checkReplaceable(sumPath(target));
    } catch (error) {
      throw new Error(`Cannot save to ${path}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
