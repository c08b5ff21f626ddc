/**
 * What the process uses. For main alone: the module that tells of processor time takes a thread a while to load.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import type { ProcessUsage } from "./stats/mod.ts";

const US_PER_SEC = 1e6;

/** What this process uses now, all of its threads together. Wants no permission. */
export function readProcessUsage(): ProcessUsage {
  const { user, system } = cpuUsage();
  return { residentBytes: Deno.memoryUsage().rss, cpuSec: (user + system) / US_PER_SEC };
}
