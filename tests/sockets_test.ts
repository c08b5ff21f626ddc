// What is opened instead of the default address, and what is not.
import { assertEquals, assertRejects } from "@std/assert";
import { setupLog } from "../src/log.ts";
import { openLibc, SocketError } from "../src/os/mod.ts";
import { openSockets } from "../src/sockets.ts";
import { configOf } from "./config/expect.ts";

/** Of no machine (RFC 5737). */
const NOWHERE = "192.0.2.1";

// Here and not in the first test that needs it, which would seem to leave the library open.
openLibc();

Deno.test("an address for statistics that the machine does not have says nothing of IPv6", async () => {
  const lines: string[] = [];
  setupLog({ logLevel: "info" }, (line) => lines.push(line));
  const config = configOf([`--stats-listen=${NOWHERE}:0`]);
  // As the default, but at a port that nobody else has.
  const free = { hostname: "127.0.0.1", port: 0 };
  const http = config.http.map((endpoint) =>
    endpoint.serves === "clients" ? { ...endpoint, ...free } : endpoint
  );
  const passed = { udp: new Map(), http: new Map() };
  const open = () => openSockets({ config: { ...config, udp: [free], http }, passed }, null);
  const error = await assertRejects(open, SocketError);
  assertEquals([error.code, lines], ["EADDRNOTAVAIL", []]);
});
