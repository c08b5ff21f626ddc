// Filling the receive buffers of UDP sockets, and what the kernel says of it, read without the tracker's code.
import type { Endpoint } from "./harness.ts";

/** Large, so that few fill a buffer, and still one packet on loopback. */
const DATAGRAM_BYTES = 60_000;
/** Many senders, so that each of the sockets that share a port gets some. */
const SENDERS = 32;
const ROUNDS_MAX = 100;

/** How many datagrams each socket that is bound to the port has dropped. Linux only. */
export function dropsOfSockets(port: number): number[] {
  const local = new RegExp(`^ *\\d+: [0-9A-F]+:${port.toString(16).padStart(4, "0")} .* (\\d+) *$`, "gim");
  return ["/proc/net/udp", "/proc/net/udp6"].flatMap((path) =>
    [...Deno.readTextFileSync(path).matchAll(local)].map(([, drops]) => Number(drops))
  );
}

/** Sends junk to sockets that nobody reads now, until each of them has dropped some. */
export async function overflow(to: Endpoint): Promise<void> {
  const hostname = to.hostname.includes(":") ? "::1" : "127.0.0.1";
  const open = () => Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const senders = Array.from({ length: SENDERS }, open);
  try {
    const junk = new Uint8Array(DATAGRAM_BYTES);
    for (let round = 0; round < ROUNDS_MAX; round++) {
      for (const sender of senders) await sender.send(junk, { transport: "udp", ...to });
      if (!dropsOfSockets(to.port).includes(0)) return;
    }
    throw new Error(
      `The sockets of port ${to.port} dropped ${dropsOfSockets(to.port)} of too many datagrams`,
    );
  } finally {
    for (const sender of senders) sender.close();
  }
}
