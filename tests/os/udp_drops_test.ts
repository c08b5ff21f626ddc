import { assertEquals, assertThrows } from "@std/assert";
import { closeSockets, openUdpPort, readUdpDrops } from "../../src/os/mod.ts";
import { sumDrops } from "../../src/os/udp_drops.ts";
import { dropsOfSockets, overflow } from "../receive_buffer.ts";
import { testWithLibc } from "./libc.ts";

// The kernel pads the lines of the first file with spaces, and not those of the second.
const UDP4 =
  `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
 5560: 0100007F:1B39 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 149930 2 00000000caa8677d 12         
 5560: 0100007F:1B39 00000000:0000 07 00000000:00018FC0 00:00000000 00000000     0        0 149931 2 00000000caa8677e 300        
 5560: 0100007F:1B39 00000000:0000 07 00000000:00018FC0 00:00000000 00000000     0        0 149931 2 00000000caa8677e 301        
 5561: 0100007F:1B3A 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 149932 2 000000001b9c687f 4000        
 5560: 00000000:1B39 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 149933 2 000000001b9c687f 50000       
14155: 4D0200C0:0035 0100007F:1B39 01 00000000:00000000 00:00000000 00000000   101        0 149425 2 00000000962e4174 4294967295 
`;
const UDP6 =
  `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 2010: 00000000000000000000000000000000:9D28 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 149932 2 000000005e4b3f7f 7
 7162: 00000000000000000000000001000000:9D28 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 149931 2 000000002b73f7f5 80
 7163: B80D0120000000000000000042000000:0001 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 149935 2 000000002b73f7f6 900
`;

Deno.test("sumDrops() sums the sockets of an IPv4 address, each once and with its last count", () => {
  assertEquals(sumDrops(UDP4, [{ hostname: "127.0.0.1", port: 6969 }]), 313);
  assertEquals(sumDrops(UDP4, [{ hostname: "0.0.0.0", port: 6969 }]), 50_000);
  assertEquals(sumDrops(UDP4, [{ hostname: "192.0.2.77", port: 53 }]), 2 ** 32 - 1);
});

Deno.test("sumDrops() sums the sockets of several addresses", () => {
  assertEquals(
    sumDrops(UDP4, [{ hostname: "127.0.0.1", port: 6969 }, { hostname: "127.0.0.1", port: 6970 }]),
    4313,
  );
});

Deno.test("sumDrops() knows IPv6 addresses", () => {
  assertEquals(sumDrops(UDP6, [{ hostname: "::", port: 0x9d28 }]), 7);
  assertEquals(sumDrops(UDP6, [{ hostname: "::1", port: 0x9d28 }]), 80);
  assertEquals(sumDrops(UDP6, [{ hostname: "2001:db8::42", port: 1 }]), 900);
});

Deno.test("sumDrops() counts nothing for an address that has no socket", () => {
  assertEquals(sumDrops(UDP4, [{ hostname: "127.0.0.2", port: 6969 }]), 0);
  assertEquals(sumDrops(UDP4, []), 0);
  assertEquals(sumDrops("", [{ hostname: "127.0.0.1", port: 6969 }]), 0);
});

Deno.test("sumDrops() takes IP literals only", () => {
  assertThrows(() => sumDrops(UDP4, [{ hostname: "localhost", port: 6969 }]), TypeError, "localhost");
});

testWithLibc("readUdpDrops() tells what the kernel dropped, in both families", async (libc) => {
  const ports = ["127.0.0.1", "::1"].map((hostname) => openUdpPort(libc, { hostname, port: 0 }, 1));
  const addresses = ports.map(({ address }) => address);
  assertEquals(readUdpDrops(addresses), 0);
  for (const address of addresses) {
    await overflow(address);
    assertEquals(readUdpDrops([address]), dropsOfSockets(address.port)[0]);
  }
  assertEquals(readUdpDrops(addresses), addresses.flatMap(({ port }) => dropsOfSockets(port)).reduce(add));
  for (const { fds } of ports) closeSockets(libc, fds);
  assertEquals(readUdpDrops(addresses), 0);
});

function add(a: number, b: number): number {
  return a + b;
}
