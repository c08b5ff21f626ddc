import { assertEquals, assertThrows } from "@std/assert";
import { type Config, ConfigError, convertOpentrackerFile } from "../../src/config/mod.ts";
import { TempFolder } from "../harness.ts";
import { assertRefused, configOf, warningsOf } from "./expect.ts";

/** Runs `test` with a file of this content. */
function withFile<Result>(content: string, test: (path: string) => Result): Result {
  using folder = new TempFolder();
  const path = folder.file("opentracker.conf");
  Deno.writeTextFileSync(path, content);
  return test(path);
}

/** What the lines give, and their conversion gives again. */
function read(...lines: string[]): Config {
  return withFile(lines.join("\n"), (path) => {
    const config = configOf(["-f", path]);
    const converted = `${path}.toml`;
    Deno.writeTextFileSync(converted, convertOpentrackerFile(path));
    assertEquals(configOf(["--config", converted]), config);
    return config;
  });
}

/** Asserts that the file is refused, and its conversion too, with `message`, in which FILE stands for its path. */
function assertFileRefused(content: string, message: string): void {
  withFile(content, (path) => {
    const expected = message.replaceAll("FILE", path);
    assertRefused(["-f", path], expected);
    assertEquals(assertThrows(() => convertOpentrackerFile(path), ConfigError).message, expected);
  });
}

Deno.test("listeners have an address and perhaps a port, of both families", () => {
  const { udp, http } = read(
    "listen.tcp_udp 0.0.0.0",
    "listen.tcp_udp\t [::1]:2710",
    "listen.tcp 127.0.0.1:80 # by name",
    "  listen.udp   ::2  ",
    "listen.udp [::3]",
    "listen.udp 127.0.0.2:0",
  );
  const text = ({ hostname, port }: { hostname: string; port: number }) => `${hostname} ${port}`;
  assertEquals(udp.map(text), ["0.0.0.0 6969", "::1 2710", "::2 6969", "::3 6969", "127.0.0.2 0"]);
  assertEquals(http.map((endpoint) => endpoint.kind === "tcp" ? text(endpoint) : ""), [
    "0.0.0.0 6969",
    "::1 2710",
    "127.0.0.1 80",
  ]);
});

Deno.test("a file without listeners leaves the default", () => {
  assertEquals(read("# listen.tcp 127.0.0.1", "", "tracker.user a").defaultListen, true);
});

Deno.test("the other keys stand for our options", () => {
  const config = read(
    "access.whitelist /etc/opentracker/white list.txt",
    "access.blacklist ./black",
    "access.stats 192.0.2.1",
    "access.stats 2001:db8::1",
    "access.stats_path secret/stats",
    "access.proxy 192.0.2.2",
    "tracker.rootdir /var/lib/opentracker",
    "tracker.user _opentracker",
    "tracker.redirect_url https://tracker.example/",
    "listen.udp.workers 4",
  );
  assertEquals(
    config,
    configOf([
      ...["--whitelist=/etc/opentracker/white list.txt", "--blacklist=./black"],
      ...["--stats-from=192.0.2.1", "--stats-from=2001:db8::1", "--stats-path=secret/stats"],
      ...["--trusted-proxy=192.0.2.2", "--proxy-header=X-Forwarded-For"],
      ...["--directory=/var/lib/opentracker", "--user=_opentracker"],
      ...["--redirect-url=https://tracker.example/", "--udp-workers=4"],
    ]),
  );
});

Deno.test("persistence is restored, and saved unless the mode is null", () => {
  const persist = (...lines: string[]) => {
    const { odb, odbSave, odbReadonly } = read(...lines);
    return [odb, odbReadonly, odbSave.map(({ seconds, changes }) => `${seconds}:${changes}`).join()];
  };
  const rules = "900:1,300:10,60:10000";
  assertEquals(persist("persist.file a.odb"), ["a.odb", false, rules]);
  assertEquals(
    persist("persist.mode dump", "persist.file a.odb", "persist.save 900 1", "persist.save 60\t0"),
    ["a.odb", false, "900:1,60:0"],
  );
  assertEquals(persist("persist.file a.odb", "persist.save 900 1", "persist.mode null"), ["a.odb", true, ""]);
  assertEquals(persist("persist.mode null", "persist.file a.odb", "persist.mode dump"), [
    "a.odb",
    false,
    rules,
  ]);
  assertEquals(persist("persist.mode null"), [null, false, ""]);
  assertEquals(persist("persist.mode dump"), ["opentracker.odb", false, rules]);
  assertEquals(persist("persist.save 5 6"), ["opentracker.odb", false, "5:6"]);
  assertEquals(persist("tracker.user a"), [null, false, ""]);
});

Deno.test("no workers of their own for UDP is our default, and one number is for all", () => {
  assertEquals(read("listen.udp.workers 0").udpWorkers, 3);
  withFile("listen.udp.workers 2\nlisten.udp.workers 4\n", (path) => {
    assertEquals(configOf(["-f", path]).udpWorkers, 4);
    assertEquals(warningsOf(["-f", path]), [
      `listen.udp.workers 2 (${path}:1): does not count, listen.udp.workers 4 (${path}:2) is for all UDP sockets`,
    ]);
  });
});

Deno.test("what cannot be honoured is left out, with a warning that names it and its line", () => {
  const lines = [
    "livesync.cluster.listen 192.168.0.1:9696",
    "livesync.cluster.node_ip 192.168.0.4",
    "batchsync.cluster.admin_ip 10.1.1.1",
    "access.fifo_add /run/add",
    "access.fifo_delete /run/delete",
  ];
  withFile(`\n${lines.join("\n")}\ntracker.user a\n`, (path) => {
    const warnings = lines.map((line, i) => `${line} (${path}:${i + 2}): is not supported, and left out`);
    assertEquals(warningsOf(["-f", path]), warnings);
    assertEquals(convertOpentrackerFile(path).split("\n"), [
      `# Made from ${path}, a configuration of opentracker`,
      ...warnings.map((warning) => `# ${warning}`),
      "",
      "# Privileges",
      `user = "a"  # tracker.user a (${path}:7)`,
      "",
    ]);
  });
});

Deno.test("what is about HTTP is left out, with a warning, where UDP alone is served", () => {
  const lines = [
    "access.stats 192.0.2.1",
    "access.stats 192.0.2.2",
    "access.stats_path stats",
    "tracker.redirect_url https://tracker.example/",
    "access.proxy 192.0.2.3",
  ];
  const config = read("listen.udp 127.0.0.1", ...lines);
  assertEquals([config.udp.length, config.http, config.redirectUrl, config.statsPath], [
    1,
    [],
    null,
    "stats",
  ]);
  withFile(["listen.udp 127.0.0.1", ...lines].join("\n"), (path) => {
    const warnings = lines.map((line, i) => `${line} (${path}:${i + 2}): does not count, there is no HTTP`);
    assertEquals(warningsOf(["-f", path]), warnings);
    assertEquals(warningsOf(["-f", path, "--http", "127.0.0.1:80"]), []);
    assertEquals(configOf(["-f", path, "--http", "127.0.0.1:80"]).redirectUrl, "https://tracker.example/");
  });
  assertEquals(warningsOf(["-P", "6969", "-A", "192.0.2.1"]), [
    "-A 192.0.2.1: does not count, there is no HTTP",
  ]);
});

Deno.test("a broken line is refused with its number", () => {
  const address = "must be an IP address, where one belongs with :PORT";
  assertFileRefused("\nlisten.tcp tracker.example\n", `listen.tcp tracker.example (FILE:2): ${address}`);
  assertFileRefused("listen.tcp 1.2.3.4:", `listen.tcp 1.2.3.4: (FILE:1): ${address}`);
  assertFileRefused("listen.udp 1.2.3.4 80", `listen.udp 1.2.3.4 80 (FILE:1): ${address}`);
  assertFileRefused("access.proxy 10.0.0.0/8", `access.proxy 10.0.0.0/8 (FILE:1): ${address}`);
  assertFileRefused(
    "listen.udp 1.2.3.4:65536",
    "listen.udp 1.2.3.4:65536 (FILE:1): must have a port from 0 to 65535",
  );
  assertFileRefused("persist.mode sync", "persist.mode sync (FILE:1): must be null or dump");
  assertFileRefused(
    "persist.save 0 1",
    "persist.save 0 1 (FILE:1): must be SECONDS:CHANGES with 1 to 31536000 seconds and 0 to 1000000000 changes, as 300:10",
  );
  assertFileRefused(
    "listen.udp.workers many",
    "listen.udp.workers many (FILE:1): must be a whole number from 1 to 64 (k and M for thousands and millions)",
  );
  assertFileRefused("tracker.user", "tracker.user (FILE:1): needs a value");
});

Deno.test("a line of a key that is none is refused, for it may be a slip that opens the tracker", () => {
  assertFileRefused(
    "access.whitelst /w",
    "access.whitelst /w (FILE:1): unknown key; did you mean access.whitelist?",
  );
  assertFileRefused("constructor x", "constructor x (FILE:1): unknown key; opentracker has none like it");
});

Deno.test("what contradicts itself names both lines", () => {
  assertFileRefused(
    "listen.tcp 0.0.0.0\nlisten.tcp 10.0.0.5:6969\n",
    "listen.tcp 0.0.0.0 (FILE:1) and listen.tcp 10.0.0.5:6969 (FILE:2): 0.0.0.0 takes every IPv4 address; name one of them",
  );
});
