import { mayBecomeRealtime, openLibc } from "../src/os/mod.ts";

/** Something that a test needs of the machine: its name for people, and whether it is there. */
export interface Requirement {
  name: string;
  present: boolean;
}

/**
 * Registers a test that needs more of the machine than Deno. Where something is missing the test is reported as ignored,
 * and a line says what would let it run.
 */
export function testWith(requirements: Requirement[], name: string, test: () => Promise<void>): void {
  const missing = requirements.filter(({ present }) => !present).map((requirement) => requirement.name);
  if (missing.length > 0) console.log(`SKIPPED "${name}": not found here: ${missing.join(", ")}`);
  Deno.test({ name, ignore: missing.length > 0, fn: test });
}

/** The loopback address ::1. */
export const IPV6_LOOPBACK: Requirement = { name: "the IPv6 address ::1", present: canListenOn("::1") };

/** Sockets through libc: Linux with glibc. */
export const GLIBC: Requirement = {
  name: "glibc on Linux",
  present: Deno.build.os === "linux" && Deno.build.env === "gnu",
};

/** Whatever the system lets root do. */
export const ROOT: Requirement = {
  name: "the rights of root",
  present: Deno.build.os !== "windows" && Deno.uid() === 0,
};

/** Threads that go before all others: as root, or where RLIMIT_RTPRIO allows it. */
export const MAY_BE_REALTIME: Requirement = {
  name: "the right to real-time threads",
  present: mayBeRealtime(),
};

function mayBeRealtime(): boolean {
  const { libc } = openLibc();
  return libc !== null && mayBecomeRealtime(libc);
}

/** Limits beyond those that the process has itself: for root, though not in every container. */
export const MAY_RAISE_LIMITS: Requirement = {
  name: "the right to raise limits (CAP_SYS_RESOURCE)",
  present: hasCapability(24),
};

function hasCapability(number: number): boolean {
  try {
    const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))!;
    return (BigInt(`0x${effective}`) >> BigInt(number) & 1n) === 1n;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function canListenOn(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
