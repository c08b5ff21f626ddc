import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { probeHttp } from "../../src/http/mod.ts";
import { SocketError } from "../../src/os/mod.ts";

const ANY = { hostname: "127.0.0.1", port: 0 };

Deno.test("probeHttp() gives each endpoint of port 0 a free port of its own, and leaves them free", () => {
  const endpoints = probeHttp([ANY, ANY, ANY]);
  assertEquals(endpoints.map(({ hostname }) => hostname), ["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
  assertEquals(new Set(endpoints.map(({ port }) => port)).size, 3);
  assertEquals(probeHttp(endpoints), endpoints);
});

Deno.test("probeHttp() of nothing is nothing", () => assertEquals(probeHttp([]), []));

Deno.test("probeHttp() refuses a port in use, even one that its user would share", () => {
  using taken = Deno.listen({ ...ANY, reusePort: true });
  const endpoint = { hostname: "127.0.0.1", port: taken.addr.port };
  const error = assertThrows(() => probeHttp([ANY, endpoint]), SocketError);
  assertEquals(error.code, "EADDRINUSE");
  assertMatch(error.message, new RegExp(`127\\.0\\.0\\.1:${endpoint.port}\\b.*in use`));
});

Deno.test("probeHttp() refuses an endpoint that is given twice", () => {
  const [endpoint] = probeHttp([ANY]);
  const error = assertThrows(() => probeHttp([endpoint, endpoint]), SocketError);
  assertEquals(error.code, "EADDRINUSE");
});

Deno.test("probeHttp() refuses an address that the machine does not have", () => {
  const error = assertThrows(() => probeHttp([{ hostname: "192.0.2.1", port: 0 }]), SocketError);
  assertEquals(error.code, "EADDRNOTAVAIL");
});
