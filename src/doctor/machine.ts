/** The machine as the checks see it, so that tests can show them another one. @module */

import { statfsSync } from "node:fs";
import type { Endpoint } from "../addresses/mod.ts";
import { mayBecomeRealtime, openLibc, readSystemFile } from "../os/mod.ts";

/** What the checks ask of a machine. */
export interface Machine {
  /** Threads that it can run at once. */
  readonly cores: number;
  /** Why the C library cannot be used; null where it can. */
  readonly noLibcReason: string | null;
  /** The user that runs this program, 0 for root; null where users have no numbers. */
  readonly userId: number | null;
  /** Whether a thread of this program may be real-time. */
  readonly mayBeRealtime: boolean;
  /** The text of a file in /proc or /sys, null when there is none or it cannot be read. */
  read(path: string): string | null;
  /** Bytes that a user may still write to the file system of `folder`; throws when the folder cannot be reached. */
  freeBytes(folder: string): number;
  /** The size of a file in bytes, 0 when it is not there. */
  fileBytes(path: string): number;
  /** Opens an address and closes it again; the system's code when it refuses, as `EADDRINUSE`, else null. */
  refusal(protocol: "UDP" | "TCP", endpoint: Endpoint): string | null;
}

/** The machine that this runs on. */
export function thisMachine(): Machine {
  const { libc, reason } = openLibc();
  return {
    cores: navigator.hardwareConcurrency,
    noLibcReason: reason,
    userId: Deno.uid(),
    mayBeRealtime: libc !== null && mayBecomeRealtime(libc),
    read(path) {
      if (libc === null) return null;
      try {
        return readSystemFile(libc, path);
      } catch {
        return null;
      }
    },
    freeBytes(folder) {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    },
    fileBytes(path) {
      try {
        return Deno.statSync(path).size;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return 0;
        throw error;
      }
    },
    refusal(protocol, endpoint) {
      try {
        open(protocol, endpoint).close();
        return null;
      } catch (error) {
        if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
        throw error;
      }
    },
  };
}

function open(protocol: "UDP" | "TCP", endpoint: Endpoint): { close(): void } {
  return protocol === "UDP"
    ? Deno.listenDatagram({ transport: "udp", ...endpoint })
    : Deno.listen({ transport: "tcp", ...endpoint });
}

/** The first number in a file of the machine; null when there is none. */
export function readNumber(machine: Machine, path: string): number | null {
  const [digits] = /\d+/.exec(machine.read(path) ?? "") ?? [];
  return digits === undefined ? null : Number(digits);
}
