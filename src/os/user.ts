/**
 * The users of the machine, and becoming one of them.
 *
 * `struct passwd` begins with two pointers, to name and password, behind which are u32 user id (16) and group id (20);
 * `struct group` likewise with its u32 group id (16).
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";

const PASSWD_UID = 16;
const PASSWD_GID = 20;
const GROUP_GID = 16;
/** Groups that one user may be in on Linux. */
const GROUPS_MAX = 65_536;
/** The highest means "leave it as it is" to the system. */
const ID_MAX = 2 ** 32 - 2;

const PR_SET_KEEPCAPS = 8;
/** Of `capset`: the version whose sets are 64 bits wide, in two pieces of u32 effective, permitted, inheritable. */
const CAPABILITY_VERSION = 0x20080522;
const CAP_NET_BIND_SERVICE = 1 << 10;

/** A user to become. */
export interface User {
  uid: number;
  gid: number;
  /** The groups whose rights the user has beside those of `gid`. */
  groups: Uint32Array<ArrayBuffer>;
  /** null for one that the machine does not know. */
  name: string | null;
}

/** The user of that name or number. The group is null for a number that the machine does not know; null: no such user. */
export function findUser(
  libc: Libc,
  text: string,
): Pick<User, "uid" | "name"> & { gid: number | null } | null {
  const uid = parseId(text);
  const found = uid === null ? libc.calls.getpwnam(cString(text)) : libc.calls.getpwuid(uid);
  if (found === null) return uid === null ? null : { uid, gid: null, name: null };
  const entry = new Deno.UnsafePointerView(found);
  const name = Deno.UnsafePointerView.getCString(entry.getPointer(0)!);
  return { uid: entry.getUint32(PASSWD_UID), gid: entry.getUint32(PASSWD_GID), name };
}

/** The id of the group of that name or number; null when there is no such group. */
export function findGroup(libc: Libc, text: string): number | null {
  const gid = parseId(text);
  if (gid !== null) return gid;
  const found = libc.calls.getgrnam(cString(text));
  return found === null ? null : new Deno.UnsafePointerView(found).getUint32(GROUP_GID);
}

/** `gid` and the groups that the machine's user of that name is in beside it; none for null. Throws an Error for too many. */
export function findGroups(libc: Libc, name: string | null, gid: number): Uint32Array<ArrayBuffer> {
  if (name === null) return new Uint32Array(0);
  const groups = new Uint32Array(GROUPS_MAX);
  const count = Uint32Array.of(groups.length);
  if (libc.calls.getgrouplist(cString(name), gid, groups, count) < 0) {
    throw new Error(`User ${name} is in more than ${GROUPS_MAX} groups`);
  }
  return groups.slice(0, count[0]);
}

/**
 * Makes the whole process, all its threads, that user for good; only root may. With `keepLowPorts` the calling thread,
 * and the threads that it starts, may open ports below 1024 all the same; nobody may do anything else that root may.
 * Throws an Error when the system refuses, and the process may be half changed then: it must end.
 */
export function becomeUser(libc: Libc, { uid, gid, groups, name }: User, keepLowPorts: boolean): void {
  const { calls } = libc;
  const check = (what: string, result: number) => {
    if (result < 0) throw new Error(`Cannot become user ${name ?? uid}: ${what}: ${errnoName(libc.errno)}`);
  };
  check("setgroups", calls.setgroups(groups.length, groups));
  check("setgid", calls.setgid(gid));
  if (keepLowPorts) check("prctl", calls.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
  check("setuid", calls.setuid(uid));
  if (!keepLowPorts) return;
  const header = Uint32Array.of(CAPABILITY_VERSION, 0);
  const sets = Uint32Array.of(CAP_NET_BIND_SERVICE, CAP_NET_BIND_SERVICE, 0, 0, 0, 0);
  check("capset", calls.capset(header, sets));
}

/** Makes `folder` the root of all paths, and the current folder. Only root may; throws an Error when refused. */
export function changeRoot(libc: Libc, folder: string): void {
  if (libc.calls.chroot(cString(folder)) < 0) {
    throw new Error(`Cannot change the root to ${folder}: ${errnoName(libc.errno)}`);
  }
  Deno.chdir("/");
}

function parseId(text: string): number | null {
  return /^\d+$/.test(text) && Number(text) <= ID_MAX ? Number(text) : null;
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
