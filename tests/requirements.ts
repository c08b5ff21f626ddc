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

function canListenOn(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
