/** Checks of how the system takes in what comes from the network. @module */

import type { Config } from "../config/mod.ts";
import { UDP_BUFFER_BYTES } from "../os/mod.ts";
import { advice, type Finding, formatBytes, ok, problem } from "./finding.ts";
import { type Machine, readNumber } from "./machine.ts";

/** What the kernel counts for a short datagram: its buffer and its records, by measurement. */
const DATAGRAM_BYTES = 832;
const PAGE_BYTES = 4096;
/** A table of connections that is fuller than this is about to turn clients away. */
const CONNTRACK_FULL_SHARE = 0.8;
/** With fewer cores there is no other one that would be idle. */
const STEERING_CORES_MIN = 4;

/** Whether a UDP socket may hold what comes while its thread is busy. */
export function receiveBuffer(machine: Machine, config: Config): Finding | null {
  return buffer(
    machine,
    config,
    "receive-buffer",
    "rmem_max",
    "datagrams that wait to be read; more are lost",
  );
}

/** Whether a UDP socket may hold the answers that the network card has yet to take. */
export function sendBuffer(machine: Machine, config: Config): Finding | null {
  return buffer(
    machine,
    config,
    "send-buffer",
    "wmem_max",
    "answers that wait for the network; then it reads no more",
  );
}

function buffer(
  machine: Machine,
  config: Config,
  check: string,
  name: string,
  what: string,
): Finding | null {
  const allowed = readNumber(machine, `/proc/sys/net/core/${name}`);
  if (allowed === null || !hasLibcUdp(machine, config)) return null;
  const setting = `net.core.${name}`;
  // The kernel doubles what is asked for.
  const datagrams = Math.floor((2 * Math.min(allowed, UDP_BUFFER_BYTES)) / DATAGRAM_BYTES);
  const text = `${setting} is ${allowed}: a UDP socket has room for about ${datagrams} ${what}.`;
  if (allowed >= UDP_BUFFER_BYTES) return ok(check, text);
  return advice(check, `${text} The tracker asks for ${formatBytes(UDP_BUFFER_BYTES)}.`, [
    `sysctl -w ${setting}=${UDP_BUFFER_BYTES}`,
  ]);
}

/** Whether all UDP sockets together may have what each may. */
export function udpMemory(machine: Machine, config: Config): Finding | null {
  const pages = machine.read("/proc/sys/net/ipv4/udp_mem")?.trim().split(/\s+/).map(Number);
  if (pages === undefined || !hasLibcUdp(machine, config)) return null;
  const sockets = config.udp.length * config.udpWorkers;
  const neededBytes = 2 * UDP_BUFFER_BYTES * sockets;
  const allowedBytes = pages[2] * PAGE_BYTES;
  const text =
    `net.ipv4.udp_mem allows all UDP sockets together ${formatBytes(allowedBytes)}; the tracker's ` +
    `${sockets} may come to ${formatBytes(neededBytes)}.`;
  if (allowedBytes >= neededBytes) return ok("udp-memory", text);
  const pagesNeeded = Math.ceil(neededBytes / PAGE_BYTES);
  return advice("udp-memory", text, [
    `sysctl -w net.ipv4.udp_mem="${pagesNeeded} ${pagesNeeded} ${2 * pagesNeeded}"`,
  ]);
}

/** Whether datagrams were lost already. */
export function udpDrops(machine: Machine, config: Config): Finding | null {
  const dropped = snmpCounter(machine, "RcvbufErrors");
  if (dropped === null || config.udp.length === 0) return null;
  const text =
    `${dropped} UDP datagrams found a receive buffer full since the machine started, whoever's it was`;
  return dropped === 0 ? ok("udp-drops", `${text}.`) : advice(
    "udp-drops",
    `${text}. Where the tracker's own count, udp.dropped in its statistics, rises too, give it larger receive ` +
      "buffers or more --udp-workers.",
  );
}

/** Whether packets were lost before they came to a socket. */
export function backlog(machine: Machine): Finding | null {
  const length = readNumber(machine, "/proc/sys/net/core/netdev_max_backlog");
  const lines = machine.read("/proc/net/softnet_stat")?.trim().split("\n");
  if (length === null || lines === undefined) return null;
  // The second column of each core's line, in hexadecimal.
  const dropped = lines.reduce((sum, line) => sum + parseInt(line.split(" ")[1], 16), 0);
  const text =
    `${dropped} packets found a core's queue (net.core.netdev_max_backlog, ${length}) full since the ` +
    "machine started.";
  return dropped === 0
    ? ok("backlog", text)
    : advice("backlog", text, [`sysctl -w net.core.netdev_max_backlog=${2 * length}`]);
}

/** Whether the firewall remembers every client, and has room for that. */
export function connectionTracking(machine: Machine, config: Config): Finding | null {
  const folder = "/proc/sys/net/netfilter/nf_conntrack";
  const max = readNumber(machine, `${folder}_max`);
  const count = readNumber(machine, `${folder}_count`);
  if (max === null || count === null) return null;
  const entries = `The firewall tracks ${count} connections of at most ${max}.`;
  if (count === 0 || config.udp.length === 0) return ok("conntrack", entries);
  const text = `${entries} A client of UDP is one of them for ` +
    `${
      readNumber(machine, `${folder}_udp_timeout`) ?? 30
    } seconds after each announce, and when there is no room ` +
    "its packets are lost. Leave the tracker's ports out, and allow them by rules that do not ask for a state.";
  const commands = withoutTracking([...new Set(config.udp.map(({ port }) => port))]);
  return count < CONNTRACK_FULL_SHARE * max
    ? advice("conntrack", text, commands)
    : problem("conntrack", text, commands);
}

/** The commands that keep the firewall from tracking what comes to UDP ports and leaves them. */
function withoutTracking(ports: number[]): string[] {
  const set = `{ ${ports.join(", ")} }`;
  return [
    "nft add table inet tracker",
    "nft 'add chain inet tracker in { type filter hook prerouting priority raw; }'",
    `nft 'add rule inet tracker in udp dport ${set} notrack'`,
    "nft 'add chain inet tracker out { type filter hook output priority raw; }'",
    `nft 'add rule inet tracker out udp sport ${set} notrack'`,
  ];
}

/** Whether one core alone takes in what comes from a network card. */
export function receiveSteering(machine: Machine): Finding | null {
  if (machine.cores < STEERING_CORES_MIN) return null;
  const cards = networkCards(machine);
  if (cards.length === 0) return null;
  const single = cards.filter((card) => {
    const queues = `/sys/class/net/${card}/queues`;
    const steering = machine.read(`${queues}/rx-0/rps_cpus`);
    return steering !== null && /^[0,]+$/.test(steering.trim()) &&
      machine.read(`${queues}/rx-1/rps_cpus`) === null;
  });
  if (single.length === 0) {
    return ok("receive-steering", `More than one core takes in packets from ${cards.join(", ")}.`);
  }
  return advice(
    "receive-steering",
    `One core alone takes in packets from ${single.join(", ")}. Where that core is the first to be busy, ` +
      "others may help it.",
    single.map((card) => `echo ${coreMask(machine.cores)} >/sys/class/net/${card}/queues/rx-0/rps_cpus`),
  );
}

/** Network interfaces that are devices and not made by software. */
function networkCards(machine: Machine): string[] {
  const names = (machine.read("/proc/net/dev") ?? "").matchAll(/^\s*([^\s:]+):/gm);
  return [...names].map(([, name]) => name).filter((name) => {
    return machine.read(`/sys/class/net/${name}/device/uevent`) !== null;
  });
}

/** All cores, as the kernel writes sets of them: 32 bits in hexadecimal between commas. */
function coreMask(cores: number): string {
  const digits = ((1n << BigInt(cores)) - 1n).toString(16);
  return digits.replace(/\B(?=(.{8})+$)/g, ",");
}

/** A counter of UDP in /proc/net/snmp, which has a line of names and a line of values. */
function snmpCounter(machine: Machine, name: string): number | null {
  const [names, values] = [...(machine.read("/proc/net/snmp") ?? "").matchAll(/^Udp: (.*)$/gm)]
    .map(([, fields]) => fields.split(" "));
  const value = values?.[names.indexOf(name)];
  return value === undefined ? null : Number(value);
}

function hasLibcUdp(machine: Machine, { udp, udpBackend }: Config): boolean {
  return udp.length > 0 && udpBackend !== "deno" && machine.noLibcReason === null;
}
