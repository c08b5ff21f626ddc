/**
 * What a piece of work uses on Linux: time, processor time and memory.
 *
 * @module
 */

import process from "node:process";

/** What one piece of work has used. */
export interface Usage {
  /** Processor time of the whole process, and time that passed. */
  cpuMs: number;
  wallMs: number;
  /** Most memory (resident) that was in use more than before the work, in bytes. */
  peakBytes: number;
}

/** Does `work` and tells what it used. */
export function measure(work: () => void): Usage {
  // The kernel's mark of the most memory in use begins anew at what is in use.
  Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  const bytesBefore = statusBytes("VmRSS");
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  work();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { cpuMs: (user + system) / 1000, wallMs, peakBytes: statusBytes("VmHWM") - bytesBefore };
}

/** A field of /proc/self/status, in bytes. */
function statusBytes(field: string): number {
  const text = Deno.readTextFileSync("/proc/self/status");
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/self/status does not tell ${field}`);
  return Number(kilobytes) * 1024;
}
