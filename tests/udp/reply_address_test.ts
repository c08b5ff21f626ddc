import { assertEquals } from "@std/assert";
import { openLibc } from "../../src/os/mod.ts";
import { rawRequest } from "./handler.ts";
import { UdpServer } from "./server.ts";

const PROTOCOL_ID = 0x41727101980n;
/** So many that each of two workers has some of them. */
const CLIENTS = 16;
const { reason } = openLibc();

/** This machine's IPv6 addresses that can be used without naming an interface. */
function ownAddresses6(): string[] {
  return Deno.networkInterfaces()
    .filter(({ family, address }) => family === "IPv6" && !address.startsWith("fe80:"))
    .map(({ address }) => address);
}

/** Asks the server at `hostname` from many ports, and returns from which addresses the answers came. */
async function answeringAddresses(hostname: string, port: number): Promise<string[]> {
  const addresses = new Set<string>();
  const loopback = hostname.includes(":") ? "::1" : "127.0.0.1";
  for (let index = 0; index < CLIENTS; index++) {
    // Not connected, so that it takes answers from anywhere.
    const client = Deno.listenDatagram({ transport: "udp", hostname: loopback, port: 0 });
    await client.send(rawRequest(PROTOCOL_ID, 0, 16), { transport: "udp", hostname, port });
    const [answer, from] = await client.receive();
    client.close();
    assertEquals(answer.length, 16);
    addresses.add((from as Deno.NetAddr).hostname);
  }
  return [...addresses];
}

for (const workerCount of [1, 2]) {
  Deno.test({
    name: `answers leave from the address they were asked at, with ${workerCount} workers`,
    ignore: reason !== null,
    async fn() {
      // The last is not a wildcard, and is served by the same threads.
      const endpoints = ["0.0.0.0", "::", "127.0.0.9"].map((hostname) => ({ hostname, port: 0 }));
      await using server = await UdpServer.start(endpoints, workerCount, "libc");
      const asked = [
        ["127.0.0.1", "127.0.0.5"],
        ["127.0.0.1", "127.0.0.5", "::1", ...ownAddresses6()],
        ["127.0.0.9"],
      ];
      for (const [index, { port }] of server.addresses.entries()) {
        for (const hostname of asked[index]) {
          assertEquals(await answeringAddresses(hostname, port), [hostname]);
        }
      }
    },
  });
}
