import { assertEquals } from "@std/assert";
import { TempFolder } from "../harness.ts";
import { assertRefused, configOf, warningsOf } from "./expect.ts";

/** The addresses that are served, as texts. */
function served(args: string[]): { udp: string[]; http: string[] } {
  const { udp, http } = configOf(args);
  const text = ({ hostname, port }: { hostname: string; port: number }) => `${hostname} ${port}`;
  return { udp: udp.map(text), http: http.map((endpoint) => endpoint.kind === "tcp" ? text(endpoint) : "") };
}

Deno.test("-i holds for the ports that follow it", () => {
  assertEquals(
    served([
      "-p",
      "80",
      "-i",
      "127.0.0.1",
      "-p",
      "6969",
      "-P",
      "6970",
      "-i",
      "::1",
      "-p",
      "2710",
      "-P",
      "81",
    ]),
    { udp: ["127.0.0.1 6970", "::1 81"], http: ["0.0.0.0 80", "127.0.0.1 6969", "::1 2710"] },
  );
  assertEquals(served(["-p", "80"]), { udp: [], http: ["0.0.0.0 80"] });
  assertEquals(served(["-P", "0", "-i", "127.0.0.1"]), { udp: ["0.0.0.0 0"], http: [] });
});

Deno.test("-i without a port is an address for both protocols", () => {
  assertEquals(served(["-i", "127.0.0.1"]), { udp: ["127.0.0.1 6969"], http: ["127.0.0.1 6969"] });
  assertEquals(served(["-i", "127.0.0.1", "-i", "::1"]), { udp: ["::1 6969"], http: ["::1 6969"] });
});

Deno.test("a value may be attached to its letter", () => {
  assertEquals(served(["-i127.0.0.1", "-p80", "-P81"]), { udp: ["127.0.0.1 81"], http: ["127.0.0.1 80"] });
});

Deno.test("letters stand for our options", () => {
  const config = configOf([
    ...[
      "-r",
      "https://tracker.example/",
      "-d",
      "/srv",
      "-u",
      "nobody",
      "-A",
      "192.0.2.1",
      "-A",
      "2001:db8::1",
    ],
    ...["-w", "white.txt", "-b", "black.txt"],
  ]);
  assertEquals(
    config,
    configOf([
      ...["--redirect-url=https://tracker.example/", "--directory=/srv", "--user=nobody"],
      ...["--stats-from=192.0.2.1", "--stats-from=2001:db8::1"],
      ...["--whitelist=white.txt", "--blacklist=black.txt"],
    ]),
  );
  assertEquals(config.defaultListen, true);
});

Deno.test("of two values for one thing the last one counts", () => {
  const { user, whitelist } = configOf(["-u", "a", "-w", "1", "-u", "b", "-w", "2"]);
  assertEquals([user, whitelist], ["b", "2"]);
});

Deno.test("our own options go beside those of opentracker", () => {
  const args = ["-p", "80", "--http", "127.0.0.1:81", "-u", "a", "--user=b", "--interval=20m"];
  assertEquals(served(args), { udp: [], http: ["0.0.0.0 80", "127.0.0.1 81"] });
  const { user, intervalSec } = configOf(args, { TRACKER_USER: "c", TRACKER_INTERVAL: "700" });
  assertEquals([user, intervalSec], ["b", 1200]);
  assertEquals(configOf(["-u", "a"], { TRACKER_USER: "c" }).user, "a");
});

Deno.test("-f is read where it stands", () => {
  using folder = new TempFolder();
  const path = folder.file("opentracker.conf");
  Deno.writeTextFileSync(path, "listen.tcp 127.0.0.1:80\ntracker.user file\n");
  const args = ["-i", "127.0.0.2", "-u", "before", "-f", path, "-p", "81"];
  assertEquals(served(args), { udp: [], http: ["127.0.0.1 80", "127.0.0.2 81"] });
  assertEquals(configOf(args).user, "file");
  assertEquals(configOf([...args, "-u", "behind"]).user, "behind");
  assertEquals(configOf([...args, "--user", "ours"]).user, "ours");
});

Deno.test("-f says how the file of our --odb is kept, and names another only if it has one", () => {
  using folder = new TempFolder();
  const path = folder.file("opentracker.conf");
  const state = (conf: string, args: string[], environment = {}) => {
    Deno.writeTextFileSync(path, conf);
    const { odb, odbReadonly } = configOf(["-f", path, ...args], environment);
    return [odb, odbReadonly];
  };
  assertEquals(state("persist.mode null\n", ["--odb", "ours.odb"]), ["ours.odb", true]);
  assertEquals(state("persist.mode null\n", [], { TRACKER_ODB: "ours.odb" }), ["ours.odb", true]);
  assertEquals(state("persist.mode dump\n", [], { TRACKER_ODB: "ours.odb" }), ["ours.odb", false]);
  assertEquals(state("persist.file its.odb\n", [], { TRACKER_ODB: "ours.odb" }), ["its.odb", false]);
});

Deno.test("what opentracker syncs with is left out with a warning", () => {
  assertEquals(warningsOf(["-s", "9696", "-i", "127.0.0.1"]), ["-s 9696: is not supported, and left out"]);
  assertEquals(warningsOf(["-i", "127.0.0.1"]), []);
});

Deno.test("wrong values and missing ones are refused", () => {
  const address = "must be an IP address, where one belongs with :PORT";
  assertRefused(["-i", "localhost"], `-i localhost: ${address}`);
  assertRefused(["-A", "10.0.0.0/8"], `-A 10.0.0.0/8: ${address}`);
  for (const port of ["65536", "x", "-1", "8e1"]) {
    assertRefused(["-p", port], `-p ${port}: must have a port from 0 to 65535`);
  }
  assertRefused(["-p"], "-p: needs a value: -p PORT");
  assertRefused(["-f", ""], "-f: needs a value: -f FILE");
  assertRefused(
    ["-r", "ftp://x"],
    "-r ftp://x: must be an address of at most 2048 bytes that begins with http:// or https://",
  );
  assertRefused(["-p", "80", "-p", "80"], "-p 80 and -p 80: name the same TCP address twice");
});

Deno.test("a long name behind one dash is no letter with its value", () => {
  assertRefused(["-user", "x"], "-user: unknown option; did you mean --user?");
  assertRefused(["-blacklist=x"], "-blacklist: unknown option; did you mean --blacklist?");
  assertRefused(["-print-config"], "-print-config: unknown option; did you mean --print-config?");
  assertRefused(["--", "-p", "80"], "-p: is not an option; --help lists the options");
});
