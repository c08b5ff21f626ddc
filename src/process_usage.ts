/**
 * What the process uses. For main alone: the module that tells of processor time takes a thread a while to load.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { openLibc, SystemFile } from "./os/mod.ts";
import type { ProcessUsage } from "./stats/mod.ts";

const STATUS = "/proc/self/status";
const RESIDENT_KIB = /^VmRSS:\s*(\d+) kB$/m;
const US_PER_SEC = 1e6;

/** Returns what tells what this process uses, all of its threads together. To be called before the root changes. */
export function processUsage(): () => ProcessUsage {
  const status = openStatus();
  return () => {
    const { user, system } = cpuUsage();
    const [, residentKib] = RESIDENT_KIB.exec(status?.read() ?? "") ?? [];
    return {
      // Deno's own reading wants the path of that file.
      residentBytes: residentKib === undefined ? Deno.memoryUsage().rss : Number(residentKib) * 1024,
      cpuSec: (user + system) / US_PER_SEC,
    };
  };
}

function openStatus(): SystemFile | null {
  const { libc } = openLibc();
  try {
    return libc === null ? null : new SystemFile(libc, STATUS);
  } catch {
    return null;
  }
}
