import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { HttpEndpoint } from "../../src/addresses/mod.ts";
import { type HttpBackend, openDenoHttp, type OpenHttp, openHttp } from "../../src/http/mod.ts";
import { closeSockets, openLibc, SocketError } from "../../src/os/mod.ts";
import { TempFolder } from "../harness.ts";
import { tcp, testBackends } from "./http_worker.ts";

const ANY = tcp("127.0.0.1");

function portOf(endpoint: HttpEndpoint): number {
  assert(endpoint.kind === "tcp");
  return endpoint.port;
}

function unix(path: string): HttpEndpoint {
  return { kind: "unix", path, proxyHeader: "X-Real-IP", serves: "all" };
}

/** The file descriptors that a worker gets. */
function fdsOf(open: OpenHttp): number[] {
  return open.workers.flatMap((worker) => worker.backend === "libc" ? worker.fds : []);
}

async function assertRefused(
  backend: HttpBackend,
  endpoints: HttpEndpoint[],
  code: string,
): Promise<SocketError> {
  const error = await assertRejects(() => openHttp(endpoints, 2, backend), SocketError);
  assertEquals(error.code, code);
  return error;
}

testBackends(
  "openHttp() gives each endpoint of port 0 a free port of its own, and leaves them free",
  async (backend) => {
    const open = await openHttp([ANY, ANY, ANY], 2, backend);
    assertEquals(open.workers.length, 2);
    assertEquals(new Set(open.endpoints.map(portOf)).size, 3);
    assert(open.endpoints.every((endpoint) => portOf(endpoint) > 0));
    open.close();
    const again = await openHttp(open.endpoints, 2, backend);
    assertEquals(again.endpoints, open.endpoints);
    again.close();
  },
);

testBackends("openHttp() of nothing needs no workers", async (backend) => {
  const { endpoints, workers } = await openHttp([], 2, backend);
  assertEquals([endpoints, workers], [[], []]);
});

testBackends("openHttp() refuses a port in use, even one that its user would share", async (backend) => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0, reusePort: true });
  const endpoint: HttpEndpoint = {
    kind: "tcp",
    hostname: "127.0.0.1",
    port: taken.addr.port,
    proxyHeader: null,
    serves: "all",
  };
  const error = await assertRefused(backend, [ANY, endpoint], "EADDRINUSE");
  assertMatch(error.message, new RegExp(`^Cannot open HTTP 127\\.0\\.0\\.1:${taken.addr.port}: .*in use`));
});

testBackends("openHttp() refuses what it has open itself", async (backend) => {
  const open = await openHttp([ANY], 2, "libc");
  await assertRefused(backend, open.endpoints, "EADDRINUSE");
  open.close();
  await assertRefused(backend, [open.endpoints[0], open.endpoints[0]], "EADDRINUSE");
});

testBackends("openHttp() refuses an address that the machine does not have", async (backend) => {
  await assertRefused(backend, [tcp("192.0.2.1")], "EADDRNOTAVAIL");
});

testBackends("openHttp() replaces the file of a socket that nobody listens at", async (backend) => {
  using folder = new TempFolder();
  const path = `${folder.path}/http.sock`;
  const listener = Deno.listen({ transport: "unix", path: `${path}.new` });
  Deno.renameSync(`${path}.new`, path);
  listener.close();
  assertEquals(Deno.lstatSync(path).isSocket, true);
  const open = await openHttp([unix(path)], 2, backend);
  open.close();
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

testBackends("openHttp() refuses a socket that somebody listens at, and leaves its file", async (backend) => {
  using folder = new TempFolder();
  const path = `${folder.path}/http.sock`;
  using _taken = Deno.listen({ transport: "unix", path });
  const error = await assertRefused(backend, [ANY, unix(path)], "EADDRINUSE");
  assertMatch(error.message, new RegExp(`^Cannot open HTTP unix:${path}: another program`));
  (await Deno.connect({ transport: "unix", path })).close();
});

testBackends("openHttp() refuses a path with a file that is no socket, and leaves it", async (backend) => {
  using folder = new TempFolder();
  const path = `${folder.path}/http.sock`;
  Deno.writeTextFileSync(path, "precious");
  await assertRefused(backend, [unix(path)], "EADDRINUSE");
  assertEquals(Deno.readTextFileSync(path), "precious");
});

testBackends("openHttp() refuses a path in a folder that is not there", async (backend) => {
  const error = await assertRefused(backend, [unix("/nowhere/http.sock")], "ENOENT");
  assertMatch(error.message, /the folder is not there/);
});

testBackends(
  "the first worker of Deno has the sockets of paths, all workers of libc share them",
  async (backend) => {
    using folder = new TempFolder();
    const path = `${folder.path}/http.sock`;
    const open = await openHttp([unix(path)], 3, backend);
    if (backend === "deno") assertEquals(open.workers.length, 1);
    else assertEquals(new Set(fdsOf(open)).size, 3);
    open.close();
  },
);

testBackends("openHttp() that fails leaves no socket open and no file", async (backend) => {
  using folder = new TempFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint: HttpEndpoint = {
    kind: "tcp",
    hostname: "127.0.0.1",
    port: taken.addr.port,
    proxyHeader: null,
    serves: "all",
  };
  await assertRefused(backend, [unix(`${folder.path}/http.sock`), endpoint], "EADDRINUSE");
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("openDenoHttp() gives its workers what they are to serve with", async () => {
  const tls = { cert: "certificate", key: "key" };
  const { workers, endpoints, reason } = await openDenoHttp([ANY], 2, tls, "because");
  assertEquals([reason, workers], [
    "because",
    [0, 1].map(() => ({ backend: "deno" as const, endpoints, tls })),
  ]);
});

testBackends("openHttp() takes libc where it is wanted or can be had", async (backend) => {
  const { libc } = openLibc();
  const open = await openHttp([ANY], 1, backend === "libc" ? "auto" : "deno");
  assertEquals(open.backend, backend);
  assertEquals(open.reason === null, backend === "libc");
  if (libc !== null) closeSockets(libc, fdsOf(open));
});
