/**
 * What a process of this machine uses, from /proc: processor time and memory.
 *
 * @module
 */

import { type Libc, readSystemFile } from "../os/mod.ts";

/** Processor time since the process started, in microseconds. */
export interface CpuTime {
  userUs: number;
  systemUs: number;
}

/** Ticks of /proc/PID/stat: the kernel shows a hundredth of a second to every program, whatever it counts by. */
const TICK_US = 10_000;
/** Fields of /proc/PID/stat behind the name, which is in parentheses and may hold anything. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Throws when there is no such process or it cannot be read. */
export function readCpuTime(libc: Libc, pid: number | "self"): CpuTime {
  const text = readSystemFile(libc, `/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { userUs: Number(fields[USER_TICKS]) * TICK_US, systemUs: Number(fields[SYSTEM_TICKS]) * TICK_US };
}

/** Memory in use (resident), in bytes. Throws when there is no such process or it cannot be read. */
export function readResidentBytes(libc: Libc, pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readSystemFile(libc, `/proc/${pid}/status`)) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status does not tell the memory in use`);
  return Number(kilobytes) * 1024;
}

/** What was used between two readings. */
export function cpuTimeBetween(before: CpuTime, after: CpuTime): CpuTime {
  return { userUs: after.userUs - before.userUs, systemUs: after.systemUs - before.systemUs };
}
