/** Checks of what the machine has: its kernel, libraries, cores, memory and files. @module */

import type { Config } from "../config/mod.ts";
import { connectionsWithin } from "../http/mod.ts";
import { createTable, tableStats } from "../peers/mod.ts";
import { advice, type Finding, formatBytes, ok, problem } from "./finding.ts";
import { type Machine, readNumber } from "./machine.ts";

/** The first kernel with all that the C library backend asks for: EPOLLEXCLUSIVE. */
const KERNEL_MIN = [4, 5];
/** The program and one thread of it before anything is stored, by measurement. */
const PROGRAM_BYTES = 100 * 1024 ** 2;
const THREAD_BYTES = 11 * 1024 ** 2;
/** Strict accounting: what is reserved counts, though nothing is stored there yet. */
const OVERCOMMIT_NEVER = 2;
const KIB = 1024;

/** Whether UDP and HTTP have the C library. */
export function library({ noLibcReason }: Machine, { udpBackend, httpBackend }: Config): Finding {
  if (noLibcReason === null) return ok("library", "UDP and plain HTTP can go through the C library.");
  const text = `The C library cannot be used: ${noLibcReason}.`;
  const demanding = Object.entries({ "--udp-backend": udpBackend, "--http-backend": httpBackend })
    .find(([, backend]) => backend === "libc");
  if (demanding !== undefined) return problem("library", `${text} ${demanding.join(" ")} cannot be had.`);
  return advice(
    "library",
    `${text} UDP takes several times the processor time without it, has one thread an address, and HTTP no bounds on ` +
      "connections. It is there on Linux with glibc, on x86-64 and arm64.",
  );
}

/** Whether the kernel is new enough. */
export function kernel(machine: Machine): Finding | null {
  const release = machine.read("/proc/sys/kernel/osrelease")?.trim();
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release ?? "") ?? [];
  if (minor === undefined) return null;
  const text = `The kernel is Linux ${release}`;
  const isOld = Number(major) < KERNEL_MIN[0] ||
    (Number(major) === KERNEL_MIN[0] && Number(minor) < KERNEL_MIN[1]);
  return isOld ? problem("kernel", `${text}; ${KERNEL_MIN.join(".")} is needed.`) : ok("kernel", `${text}.`);
}

/** Whether clients of IPv6 can be served. */
export function ipv6(machine: Machine, config: Config): Finding | null {
  const interfaces = machine.read("/proc/net/if_inet6");
  if (machine.read("/proc/net/dev") === null) return null;
  const hasIpv6 = interfaces !== null && interfaces.trim() !== "";
  const [asked] = [...config.udp, ...config.http, ...config.https].filter((endpoint) => {
    return "hostname" in endpoint && endpoint.hostname.includes(":");
  });
  if (asked === undefined || hasIpv6) {
    return ok("ipv6", hasIpv6 ? "The machine has IPv6." : "The machine has no IPv6, and none is asked for.");
  }
  if (config.defaultListen) {
    return advice("ipv6", "The machine has no IPv6: only clients of IPv4 are served.");
  }
  return problem("ipv6", "The machine has no IPv6, and an IPv6 address is to be served.");
}

/** Whether HTTP may have as many connections as it is told to. */
export function openFiles(machine: Machine, config: Config): Finding | null {
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(machine.read("/proc/self/limits") ?? "") ?? [];
  const hasHttp = config.http.length > 0 && config.httpBackend !== "deno" && machine.noLibcReason === null;
  if (hard === undefined || !hasHttp) return null;
  const files = hard === "unlimited" ? Infinity : Number(hard);
  const connections = connectionsWithin(files);
  const text = `A process started from here may open ${hard} files`;
  if (connections >= config.httpMaxConnections) {
    return ok("open-files", `${text}, enough for --http-max-connections ${config.httpMaxConnections}.`);
  }
  return advice(
    "open-files",
    `${text}: --http-max-connections would be ${connections} and not ${config.httpMaxConnections}. For a service, ` +
      "LimitNOFILE= in its unit says how many.",
    [`ulimit -Hn ${2 * config.httpMaxConnections}`],
  );
}

/** Whether the threads have cores. */
export function threads({ cores }: Machine, { udp, udpWorkers }: Config): Finding | null {
  if (udp.length === 0) return null;
  const text = `UDP has ${udpWorkers} of --udp-workers, and the machine ${cores} cores.`;
  return udpWorkers <= cores
    ? ok("threads", text)
    : advice("threads", `${text} Workers beyond the cores wait for each other.`);
}

/** Whether the threads have their cores as soon as they want them. */
export function realtime({ mayBeRealtime, noLibcReason }: Machine, config: Config): Finding | null {
  if (config.udp.length === 0 || !config.udpRealtime || noLibcReason !== null) return null;
  if (mayBeRealtime) {
    return ok("realtime", "The threads of UDP can be real-time: other programs do not delay them.");
  }
  return advice(
    "realtime",
    "A process started from here may not have real-time threads: an answer may wait some milliseconds for other programs. " +
      "A service may where its unit has LimitRTPRIO=1 and no RestrictRealtime=.",
  );
}

/** Whether the table has room in memory when it is full, every peer being of IPv6 and of a client of its own. */
export function memory(machine: Machine, config: Config): Finding | null {
  const tableBytes = reservedBytes(config);
  if (tableBytes === null) {
    const isStrict = readNumber(machine, "/proc/sys/vm/overcommit_memory") === OVERCOMMIT_NEVER;
    return problem(
      "memory",
      `The system does not grant the memory that --max-peers ${config.maxPeers} and --max-torrents ` +
        `${config.maxTorrents} stand for; ask for less.`,
      isStrict ? ["sysctl -w vm.overcommit_memory=0"] : [],
    );
  }
  const machineBytes = availableBytes(machine);
  if (machineBytes === null) return null;
  const threadCount = config.udpWorkers + 2 * config.httpWorkers + 1;
  const programBytes = PROGRAM_BYTES + threadCount * THREAD_BYTES;
  const text =
    `Full to --max-peers ${config.maxPeers} and --max-torrents ${config.maxTorrents} the tracker may take ` +
    `${formatBytes(tableBytes + programBytes)}; the machine has ${formatBytes(machineBytes)}`;
  if (tableBytes + programBytes <= machineBytes) return ok("memory", `${text}.`);
  // What the table takes whatever its limits.
  const fixedBytes = reservedBytes({ ...config, maxPeers: 1, maxTorrents: 1 }) ?? 0;
  const share = (machineBytes - programBytes - fixedBytes) / (tableBytes - fixedBytes);
  const fitting = fittingLimits(config, share);
  return advice("memory", `${text}, and whoever floods it with peers could fill that.${fitting}`);
}

/** What limits would fit when the table may be no more than `share` of what it is, as a sentence; nothing if none do. */
function fittingLimits({ maxPeers, maxTorrents }: Config, share: number): string {
  const [peers, torrents] = [maxPeers, maxTorrents].map((limit) => Math.floor((limit * share) / 1000) - 1);
  return peers < 1 || torrents < 1 ? "" : ` --max-peers ${peers}k --max-torrents ${torrents}k would fit.`;
}

/** What a table within the limits may come to; null when the system does not grant it. */
function reservedBytes(config: Config): number | null {
  try {
    return tableStats(createTable(config)).bytesReserved;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The machine's memory, or the bound of the container that this runs in. */
function availableBytes(machine: Machine): number | null {
  const [, total] = /^MemTotal:\s+(\d+) kB$/m.exec(machine.read("/proc/meminfo") ?? "") ?? [];
  if (total === undefined) return null;
  return Math.min(Number(total) * KIB, readNumber(machine, "/sys/fs/cgroup/memory.max") ?? Infinity);
}
