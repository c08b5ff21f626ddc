import { assertEquals, assertMatch } from "@std/assert";
import { finding, findings } from "./fake_machine.ts";

Deno.test("a machine that lacks nothing has nothing to do", () => {
  const found = findings({}, ["--odb", "state.odb"]);
  assertEquals(found.filter(({ verdict }) => verdict !== "ok"), []);
  assertEquals(found.filter(({ commands }) => commands.length > 0), []);
});

Deno.test("a system that is not Linux is asked for nothing that only Linux has", () => {
  const names = findings({
    noLibcReason: "the system is darwin, not linux",
    userId: 501,
    read: () => null,
  }).map(({ check, verdict }) => `${check} ${verdict}`);
  assertEquals(names, ["library advice", "ports ok", "ports ok", "user ok", "threads ok"]);
});

Deno.test("without the C library the doctor says why, and what demands it is a problem", () => {
  const noLibcReason = "libc.so.6 cannot be opened: musl";
  const { verdict, text } = finding("library", { noLibcReason });
  assertEquals(verdict, "advice");
  assertMatch(text, /cannot be used: libc\.so\.6 cannot be opened: musl\. UDP takes/);
  const demanded = finding("library", { noLibcReason }, ["--udp-backend", "libc"]);
  assertEquals(demanded.verdict, "problem");
  assertMatch(demanded.text, /--udp-backend libc cannot be had/);
});

Deno.test("kernels before 4.5 are too old", () => {
  const verdictOf = (release: string) =>
    finding("kernel", { files: { "/proc/sys/kernel/osrelease": release } }).verdict;
  assertEquals(verdictOf("3.10.0-1160.el7.x86_64\n"), "problem");
  assertEquals(verdictOf("4.4.302\n"), "problem");
  assertEquals(verdictOf("4.5.0\n"), "ok");
  assertEquals(verdictOf("10.0.1\n"), "ok");
});

Deno.test("a machine without IPv6 is a problem only where IPv6 is asked for by name", () => {
  const noIpv6 = { files: { "/proc/net/if_inet6": null } };
  assertEquals(finding("ipv6", noIpv6).verdict, "advice");
  assertEquals(finding("ipv6", noIpv6, ["--udp", "[::1]:6969"]).verdict, "problem");
  assertEquals(finding("ipv6", noIpv6, ["--udp", "0.0.0.0:6969"]).verdict, "ok");
  assertEquals(finding("ipv6", { files: { "/proc/net/if_inet6": "\n" } }).verdict, "advice");
});

Deno.test("too few open files lower the connections of HTTP", () => {
  const limits = (hard: string) => ({
    files: { "/proc/self/limits": `Max open files  1024  ${hard}  files\n` },
  });
  const few = finding("open-files", limits("4096"));
  assertEquals(few.verdict, "advice");
  assertMatch(few.text, /--http-max-connections would be 3896 and not 10000/);
  assertEquals(few.commands, ["ulimit -Hn 20000"]);
  assertEquals(finding("open-files", limits("4096"), ["--http-max-connections", "3000"]).verdict, "ok");
  assertEquals(finding("open-files", limits("unlimited")).verdict, "ok");
  assertEquals(
    findings(limits("64"), ["--udp", "0.0.0.0:1"]).some(({ check }) => check === "open-files"),
    false,
  );
});

Deno.test("more UDP workers than cores are advised against", () => {
  assertEquals(finding("threads", {}, ["--udp-workers", "2"]).verdict, "ok");
  assertEquals(finding("threads", {}, ["--udp-workers", "3"]).verdict, "advice");
});

Deno.test("UDP is better served by threads that are real-time, where they shall be", () => {
  assertEquals(finding("realtime").verdict, "ok");
  const denied = { mayBeRealtime: false };
  const { verdict, text } = finding("realtime", denied);
  assertEquals(verdict, "advice");
  assertMatch(text, /LimitRTPRIO=1/);
  for (const args of [["--no-udp-realtime"], ["--http", "127.0.0.1:1"]]) {
    assertEquals(findings(denied, args).filter(({ check }) => check === "realtime"), [], args.join(" "));
  }
});

Deno.test("a table that could outgrow the memory comes with a bound that would not", () => {
  const meminfo = (kilobytes: number) => ({ files: { "/proc/meminfo": `MemTotal:  ${kilobytes} kB\n` } });
  const small = finding("memory", meminfo(1_000_000));
  assertEquals(small.verdict, "advice");
  const [, limits] = /(--max-peers \d+k --max-torrents \d+k) would fit\.$/.exec(small.text) ?? [];
  assertEquals(finding("memory", meminfo(1_000_000), limits.split(" ")).verdict, "ok");
  // Not even the program itself has room here.
  assertMatch(finding("memory", meminfo(100_000)).text, /could fill that\.$/);
});

Deno.test("the memory of a container is its bound", () => {
  const bound = (text: string) => ({ files: { "/sys/fs/cgroup/memory.max": text } });
  assertEquals(finding("memory", bound("536870912\n")).verdict, "advice");
  assertEquals(finding("memory", bound("max\n")).verdict, "ok");
});
