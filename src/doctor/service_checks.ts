/** Checks of what the tracker is told to do here: its ports, its user, its file. @module */

import { type Endpoint, formatEndpoint } from "../addresses/mod.ts";
import type { Config } from "../config/mod.ts";
import { advice, type Finding, formatBytes, ok, problem } from "./finding.ts";
import { type Machine, readNumber } from "./machine.ts";

const ROOT = 0;
/** A save writes the new file beside the old one. */
const STATE_COPIES = 2;
/** What a file that is not there yet may grow to before anybody looks again. */
const STATE_BYTES_MIN = 64 * 1024 ** 2;
const STATE_SUFFIXES = ["", "6"];
/** Where ports begin that any user may open, unless the machine says otherwise. */
const UNPRIVILEGED_PORT = 1024;

/** Whether each address can be opened. */
export function ports(machine: Machine, config: Config): Finding[] {
  const tcp = [...config.http, ...config.https].filter((endpoint) => endpoint.kind === "tcp");
  return [
    ...config.udp.map((endpoint) => port(machine, "UDP", endpoint)),
    ...tcp.map((endpoint) => port(machine, "TCP", endpoint)),
  ];
}

function port(machine: Machine, protocol: "UDP" | "TCP", { hostname, port }: Endpoint): Finding {
  const name = `${protocol} ${formatEndpoint({ hostname, port })}`;
  const code = machine.refusal(protocol, { hostname, port });
  switch (code) {
    case null:
      return ok("ports", `${name} is free.`);
    case "EADDRINUSE":
      return advice("ports", `${name} is in use; by the tracker, if it runs already. This tells by whom:`, [
        `ss --${protocol.toLowerCase()} --listening --processes --numeric 'sport = :${port}'`,
      ]);
    case "EACCES":
      return problem(
        "ports",
        `${name} may not be opened by this user: ports below ${
          firstFreePort(machine)
        } are root's. A service is given ` +
          "them by AmbientCapabilities=CAP_NET_BIND_SERVICE in its unit; this gives them to everybody:",
        [`sysctl -w net.ipv4.ip_unprivileged_port_start=${port}`],
      );
    case "EAFNOSUPPORT":
    case "EADDRNOTAVAIL":
      // That there is no IPv6 is another check's to say.
      return hostname === "::"
        ? advice("ports", `${name} cannot be opened: ${code}.`)
        : problem("ports", `${name} cannot be opened: no interface of this machine has the address.`);
    default:
      return problem("ports", `${name} cannot be opened: ${code}.`);
  }
}

function firstFreePort(machine: Machine): number {
  return readNumber(machine, "/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? UNPRIVILEGED_PORT;
}

/** Whether the tracker would serve the world as root. */
export function user({ userId }: Machine, { user, allowRoot }: Config): Finding | null {
  if (userId === null) return null;
  if (userId !== ROOT) return ok("user", `The tracker would run as user ${userId}.`);
  if (user !== null) return ok("user", `The tracker would become ${user} once its addresses are open.`);
  return advice(
    "user",
    `Started from here the tracker would ${
      allowRoot ? "run" : "refuse to run"
    } as root, which it has no need of: run it ` +
      "as a service with a user of its own, or give it --user.",
  );
}

/** Whether there is room for a save; not told of a file beneath another root. */
export function stateSpace(machine: Machine, config: Config): Finding | null {
  const { odb } = config;
  if (odb === null || config.odbReadonly || config.chroot !== null) return null;
  const folder = odb.includes("/") ? odb.slice(0, odb.lastIndexOf("/") + 1) : ".";
  try {
    const stateBytes = STATE_SUFFIXES.reduce((sum, suffix) => sum + machine.fileBytes(odb + suffix), 0);
    const freeBytes = machine.freeBytes(folder);
    const text = `The files of --odb ${odb} have ${formatBytes(stateBytes)}, and ${
      formatBytes(freeBytes)
    } are free there`;
    if (freeBytes < stateBytes) {
      return problem("state-space", `${text}: there is no room for the new files that a save writes.`);
    }
    if (freeBytes >= Math.max(STATE_COPIES * stateBytes, STATE_BYTES_MIN)) {
      return ok("state-space", `${text}.`);
    }
    return advice(
      "state-space",
      `${text}. A save needs that much again, and more when there are more peers.`,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem("state-space", `The folder of --odb ${odb} cannot be used: ${reason}`);
  }
}
