import { assertEquals, assertMatch } from "@std/assert";
import { finding, findings } from "./fake_machine.ts";

const MIB = 1024 ** 2;
const ODB = ["--odb", "/var/lib/tracker/state.odb"];

Deno.test("each address is tried by its own protocol, and Unix-domain sockets are not", () => {
  const tried: string[] = [];
  const refusal = (protocol: string, { hostname, port }: { hostname: string; port: number }) => {
    tried.push(`${protocol} ${hostname} ${port}`);
    return null;
  };
  const args = [
    "--listen",
    "[::]:6969",
    "--http",
    "unix:/run/tracker/http.sock@X-Real-IP",
    "--udp",
    "127.0.0.1:80",
  ];
  findings({ refusal }, args);
  assertEquals(tried, ["UDP :: 6969", "UDP 127.0.0.1 80", "TCP :: 6969"]);
});

Deno.test("a port that is in use may be the tracker's, and a command tells", () => {
  const { verdict, text, commands } = finding("ports", { refusal: () => "EADDRINUSE" }, [
    "--udp",
    "127.0.0.1:69",
  ]);
  assertEquals(verdict, "advice");
  assertMatch(text, /^UDP 127\.0\.0\.1:69 is in use/);
  assertEquals(commands, ["ss --udp --listening --processes --numeric 'sport = :69'"]);
});

Deno.test("a port that is root's is a problem", () => {
  const { verdict, commands } = finding("ports", { refusal: () => "EACCES" }, ["--http", "0.0.0.0:80"]);
  assertEquals(verdict, "problem");
  assertEquals(commands, ["sysctl -w net.ipv4.ip_unprivileged_port_start=80"]);
});

Deno.test("an address that is not the machine's is a problem", () => {
  const refusal = () => "EADDRNOTAVAIL";
  const { verdict, text } = finding("ports", { refusal }, ["--udp", "192.0.2.1:6969"]);
  assertEquals(verdict, "problem");
  assertMatch(text, /no interface of this machine has the address/);
  // The tracker takes 0.0.0.0 then.
  assertEquals(findings({ refusal }).filter(({ check }) => check === "ports").map(({ verdict }) => verdict), [
    "advice",
    "advice",
  ]);
});

Deno.test("root is advised against, unless the tracker is told to become another user", () => {
  assertMatch(finding("user", { userId: 0 }).text, /would refuse to run as root/);
  assertMatch(finding("user", { userId: 0 }, ["--allow-root"]).text, /would run as root/);
  assertEquals(finding("user", { userId: 0 }, ["--user", "nobody"]).verdict, "ok");
  assertEquals(finding("user", { userId: 1000 }).verdict, "ok");
  assertEquals(findings({ userId: null }).some(({ check }) => check === "user"), false);
});

Deno.test("a save needs room for both files beside the old ones", () => {
  const space = (freeBytes: number) => ({
    fileBytes: (path: string) => path.endsWith("6") ? 100 * MIB : 200 * MIB,
    freeBytes: () => freeBytes,
  });
  assertEquals(finding("state-space", space(299 * MIB), ODB).verdict, "problem");
  assertEquals(finding("state-space", space(599 * MIB), ODB).verdict, "advice");
  assertEquals(finding("state-space", space(600 * MIB), ODB).verdict, "ok");
  assertEquals(finding("state-space", { freeBytes: () => 63 * MIB }, ODB).verdict, "advice");
  assertEquals(
    findings(space(0), [...ODB, "--odb-readonly"]).some(({ check }) => check === "state-space"),
    false,
  );
});

Deno.test("the space of the state's own folder counts", () => {
  const asked: string[] = [];
  const freeBytes = (folder: string) => {
    asked.push(folder);
    return 1000 * MIB;
  };
  for (const odb of ["/var/lib/tracker/state.odb", "/state.odb", "state.odb"]) {
    findings({ freeBytes }, ["--odb", odb]);
  }
  assertEquals(asked, ["/var/lib/tracker/", "/", "."]);
});

Deno.test("a folder that cannot be reached is a problem", () => {
  const freeBytes = () => {
    throw new Error("no such folder");
  };
  const { verdict, text } = finding("state-space", { freeBytes }, ODB);
  assertEquals(verdict, "problem");
  assertMatch(text, /no such folder$/);
});
