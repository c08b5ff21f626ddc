/** Who the process is: what root may do is done, and then it is somebody else. @module */

import { type Config, ConfigError } from "./config/mod.ts";
import { log } from "./log.ts";
import {
  allowRealtime,
  becomeUser,
  changeRoot,
  findGroup,
  findGroups,
  findUser,
  openLibc,
  type User,
} from "./os/mod.ts";
import type { Sockets } from "./sockets.ts";

const ROOT = 0;
/** From sources, threads read their modules when they start: behind another root, or as another user, they could not. */
const NEEDS_EXECUTABLE = "needs the executable, whose parts are all in it";
/** Lower ports are for root alone, as systems are set up. */
const FREE_PORT_MIN = 1024;

/**
 * The user that the process is to become; null when it is to stay who it is. Throws a ConfigError when `config` asks for
 * what cannot be, and for a process that would go on as root unasked.
 */
export function findNewUser({ user, group, allowRoot }: Config): User | null {
  const own = Deno.uid();
  if (user === null) {
    if (own !== ROOT || allowRoot) return null;
    throw new ConfigError(
      "root",
      "the tracker does not run as root; --user NAME lets it become another user once its addresses are open, " +
        "--allow-root lets it stay root",
    );
  }
  const found = resolveUser(user, group);
  if (found.uid === ROOT && !allowRoot) {
    throw new ConfigError(`--user ${user}`, "is root; name another user, or give --allow-root instead");
  }
  if (own === found.uid && group === null) return null;
  if (own !== ROOT) {
    throw own === found.uid
      ? new ConfigError(`--group ${group}`, `only root can take another group, and this is user ${own}`)
      : new ConfigError(`--user ${user}`, `only root can become another user, and this is user ${own}`);
  }
  if (!Deno.build.standalone) throw new ConfigError(`--user ${user}`, NEEDS_EXECUTABLE);
  return found;
}

/** Throws a ConfigError when the machine does not know the user or the group of `config`. */
export function checkUser({ user, group }: Config): void {
  if (user !== null) resolveUser(user, group);
}

/** What to tell who checks a setting from sources: they do not start with it, but it may be meant for the executable. */
export function executableAdvice(setting: "user" | "chroot"): string[] {
  return Deno.build.standalone
    ? []
    : [`${setting}: ${NEEDS_EXECUTABLE}; from sources the tracker does not start`];
}

/**
 * Becomes the user of `config`, for a process that only tries what that user may do with files, and then ends. Returns
 * what there is to be warned of, a sentence each: who the files are tried as instead, for only root may become another,
 * or that a start from sources does not. Throws as `checkUser` does, and an Error when the system refuses.
 */
export function tryAsUser(config: Config): string[] {
  if (config.user === null) return [];
  const user = resolveUser(config.user, config.group);
  const own = Deno.uid();
  if (own === user.uid && config.group === null) return [];
  if (own !== ROOT) return [`user: files were tried as user ${own}; root can try them as ${config.user}`];
  becomeNow(user, config, false);
  return executableAdvice("user");
}

/** The user and group of these names, as this machine knows them. Throws a ConfigError when it does not. */
function resolveUser(user: string, group: string | null): User {
  const { libc, reason } = openLibc();
  if (libc === null) throw new ConfigError(`--user ${user}`, `needs the C library, and ${reason}`);
  const found = findUser(libc, user);
  if (found === null) throw new ConfigError(`--user ${user}`, "this machine has no such user");
  const gid = group === null ? found.gid : findGroup(libc, group);
  if (gid !== null) return { ...found, gid, groups: findGroups(libc, found.name, gid) };
  throw group === null
    ? new ConfigError(`--user ${user}`, "this machine does not know the user, so --group NAME is needed too")
    : new ConfigError(`--group ${group}`, "this machine has no such group");
}

/** Makes `folder` the root of all paths, unless it is null. Throws a ConfigError when it cannot be. */
export function enterChroot(folder: string | null): void {
  if (folder === null) return;
  const source = `--chroot ${folder}`;
  if (!Deno.build.standalone) throw new ConfigError(source, NEEDS_EXECUTABLE);
  const { libc, reason } = openLibc();
  if (libc === null) throw new ConfigError(source, `needs the C library, and ${reason}`);
  try {
    changeRoot(libc, folder);
  } catch (error) {
    throw new ConfigError(source, error instanceof Error ? error.message : String(error));
  }
}

/**
 * Becomes `user`, unless that is null, once `sockets` are open. Those that were opened at paths become the user's too; what
 * is opened later is, and what was passed is the service manager's. The right to open low ports stays where HTTPS, and other servers of Deno's, need it, now and with each certificate.
 * Throws an Error when the system refuses.
 */
export function dropPrivileges(user: User | null, config: Config, sockets: Sockets): void {
  if (user === null) return;
  for (const path of sockets.http.openedPaths) Deno.chownSync(path, user.uid, user.gid);
  becomeNow(user, config, needsLowPorts(sockets));
  log.info(`running as user ${user.name ?? user.uid}`);
}

function becomeNow(user: User, config: Config, keepLowPorts: boolean): void {
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot become user ${user.uid}: ${reason}`);
  if (config.udpRealtime) allowRealtime(libc);
  becomeUser(libc, user, keepLowPorts);
  for (const path of filesReadAnew(config)) warnIfUnreadable(path, user);
}

/** Whether a port is yet to be opened that is not for everybody. */
function needsLowPorts({ udp, http, https }: Sockets): boolean {
  const endpoints = [http, https].filter(({ backend }) => backend === "deno").flatMap(({ endpoints }) =>
    endpoints
  );
  const addresses = [
    ...udp.backend === "deno" ? udp.addresses : [],
    ...endpoints.filter((endpoint) => endpoint.kind === "tcp"),
  ];
  return addresses.some(({ port }) => port < FREE_PORT_MIN);
}

/** What SIGHUP takes anew. */
function filesReadAnew({ tls, whitelist, blacklist, denyFromFile, statsTokenFile }: Config): string[] {
  const files = [
    tls?.certPath ?? null,
    tls?.keyPath ?? null,
    whitelist,
    blacklist,
    denyFromFile,
    statsTokenFile,
  ];
  return files.filter((path) => path !== null);
}

function warnIfUnreadable(path: string, { name, uid }: User): void {
  try {
    Deno.openSync(path).close();
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    log.warning(`user ${name ?? uid} cannot read ${path}, so SIGHUP will not take a new one: ${reason}`);
  }
}
