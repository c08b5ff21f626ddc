import type { Config } from "../../src/config/mod.ts";
import { examine, type Finding, type Machine } from "../../src/doctor/mod.ts";
import { parseConfig } from "../../src/config/mod.ts";

/** A machine with nothing to be said about it, a part of it changed. */
export interface Changes extends Partial<Machine> {
  /** Files of /proc and /sys that have other text; null takes one away. */
  files?: Record<string, string | null>;
}

const MIB = 1024 ** 2;
const FILES: Record<string, string> = {
  "/proc/meminfo": "MemTotal:        8000000 kB\nMemFree:          100000 kB\n",
  "/proc/net/dev": "Inter-| Receive\n face |bytes\n    lo: 1 1 0\n  eth0: 1 1 0\n",
  "/proc/net/if_inet6": "fe80000000000000021b21fffeee0001 02 40 20 80     eth0\n",
  "/proc/net/snmp": "Udp: InDatagrams NoPorts RcvbufErrors\nUdp: 10 2 0\n",
  "/proc/net/softnet_stat": "0000000a 00000000 00000001\n0000000b 00000000 00000001\n",
  "/proc/self/limits":
    "Limit   Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files     \n",
  "/proc/sys/kernel/osrelease": "6.1.0-18-amd64\n",
  "/proc/sys/net/core/netdev_max_backlog": "1000\n",
  "/proc/sys/net/core/rmem_max": "8388608\n",
  "/proc/sys/net/core/wmem_max": "8388608\n",
  "/proc/sys/net/ipv4/udp_mem": "90000\t120000\t180000\n",
  "/sys/class/net/eth0/device/uevent": "DRIVER=virtio_net\n",
  "/sys/class/net/eth0/queues/rx-0/rps_cpus": "0\n",
};

/** A machine made for a test. */
export function fakeMachine({ files = {}, ...changes }: Changes = {}): Machine {
  const all: Record<string, string | null> = { ...FILES, ...files };
  return {
    cores: 2,
    noLibcReason: null,
    userId: 1000,
    mayBeRealtime: true,
    read: (path) => all[path] ?? null,
    freeBytes: () => 1000 * MIB,
    fileBytes: () => 0,
    refusal: () => null,
    ...changes,
  };
}

/** What the doctor finds of a machine when the tracker is to run with `args`. */
export function findings(changes: Changes = {}, args: string[] = []): Finding[] {
  return examine(fakeMachine(changes), configOf(args));
}

/** What one of the checks finds; fails unless that is one finding. */
export function finding(check: string, changes: Changes = {}, args: string[] = []): Finding {
  const found = findings(changes, args).filter((finding) => finding.check === check);
  if (found.length !== 1) throw new Error(`${check} has ${found.length} findings`);
  return found[0];
}

function configOf(args: string[]): Config {
  const command = parseConfig(args, {}, { cores: 2 });
  if (!("config" in command)) throw new Error(`No configuration: ${args.join(" ")}`);
  return command.config;
}
