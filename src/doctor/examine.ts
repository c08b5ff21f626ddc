import type { Config } from "../config/mod.ts";
import type { Finding } from "./finding.ts";
import type { Machine } from "./machine.ts";
import { ipv6, kernel, library, memory, openFiles, realtime, threads } from "./machine_checks.ts";
import {
  backlog,
  connectionTracking,
  receiveBuffer,
  receiveSteering,
  sendBuffer,
  udpDrops,
  udpMemory,
} from "./network_checks.ts";
import { ports, stateSpace, user } from "./service_checks.ts";

/** All checks, each with what it finds; null or nothing where it has no business on such a machine. */
const CHECKS: ((machine: Machine, config: Config) => Finding | Finding[] | null)[] = [
  library,
  kernel,
  ports,
  ipv6,
  user,
  threads,
  realtime,
  memory,
  openFiles,
  stateSpace,
  receiveBuffer,
  sendBuffer,
  udpMemory,
  udpDrops,
  backlog,
  connectionTracking,
  receiveSteering,
];

/** What all checks find when the tracker is to run on `machine` as `config` says. */
export function examine(machine: Machine, config: Config): Finding[] {
  return CHECKS.flatMap((check) => check(machine, config) ?? []);
}
