import { assertEquals, assertMatch } from "@std/assert";
import { type Changes, finding, findings } from "./fake_machine.ts";

/** The names of the checks that have something to say. */
function checks(changes: Changes, args: string[] = []): string[] {
  return findings(changes, args).map(({ check }) => check);
}

Deno.test("socket buffers below what is asked for come with the command that raises them", () => {
  const files = { "/proc/sys/net/core/rmem_max": "212992\n", "/proc/sys/net/core/wmem_max": "8388607\n" };
  const receive = finding("receive-buffer", { files });
  assertEquals(receive.verdict, "advice");
  // As many as a socket of that size took when it was measured.
  assertMatch(receive.text, /room for about 512 datagrams/);
  assertEquals(receive.commands, ["sysctl -w net.core.rmem_max=8388608"]);
  assertEquals(finding("send-buffer", { files }).commands, ["sysctl -w net.core.wmem_max=8388608"]);
  assertMatch(finding("receive-buffer").text, /room for about 20164 datagrams/);
});

Deno.test("buffers are nothing to Deno's own sockets, nor to a tracker without UDP", () => {
  const files = { "/proc/sys/net/core/rmem_max": "212992\n" };
  assertEquals(checks({ files }, ["--udp-backend", "deno"]).includes("receive-buffer"), false);
  assertEquals(checks({ files, noLibcReason: "no" }).includes("receive-buffer"), false);
  assertEquals(checks({ files }, ["--http", "127.0.0.1:80"]).includes("receive-buffer"), false);
});

Deno.test("the memory of all UDP sockets must hold what each may", () => {
  const files = { "/proc/sys/net/ipv4/udp_mem": "3000\t4000\t8191\n" };
  const args = ["--udp", "127.0.0.1:1", "--udp", "127.0.0.1:2", "--udp-workers", "1"];
  const { verdict, commands } = finding("udp-memory", { files }, args);
  assertEquals(verdict, "advice");
  assertEquals(commands, ['sysctl -w net.ipv4.udp_mem="8192 8192 16384"']);
  assertEquals(finding("udp-memory", { files }, args.slice(2)).verdict, "ok");
});

Deno.test("datagrams and packets that were lost are told", () => {
  const snmp = "Udp: InDatagrams RcvbufErrors NoPorts\nUdp: 100 7 3\nUdpLite: RcvbufErrors\nUdpLite: 9\n";
  const drops = finding("udp-drops", { files: { "/proc/net/snmp": snmp } });
  assertEquals(drops.verdict, "advice");
  assertMatch(drops.text, /^7 UDP datagrams found/);
  const softnet = "00000001 00000010 00000000\n00000001 00000001 00000000\n";
  const backlog = finding("backlog", { files: { "/proc/net/softnet_stat": softnet } });
  assertMatch(backlog.text, /^17 packets found/);
  assertEquals(backlog.commands, ["sysctl -w net.core.netdev_max_backlog=2000"]);
});

Deno.test("a firewall that tracks clients is told to leave the ports out", () => {
  const folder = "/proc/sys/net/netfilter/nf_conntrack";
  const tracking = (count: number) => ({
    files: { [`${folder}_max`]: "1000\n", [`${folder}_count`]: `${count}\n` },
  });
  const args = ["--udp", "127.0.0.1:6969", "--udp", "[::1]:6969", "--udp", "127.0.0.1:80"];
  const some = finding("conntrack", tracking(799), args);
  assertEquals(some.verdict, "advice");
  assertEquals(some.commands, [
    "nft add table inet tracker",
    "nft 'add chain inet tracker in { type filter hook prerouting priority raw; }'",
    "nft 'add rule inet tracker in udp dport { 6969, 80 } notrack'",
    "nft 'add chain inet tracker out { type filter hook output priority raw; }'",
    "nft 'add rule inet tracker out udp sport { 6969, 80 } notrack'",
  ]);
  assertEquals(finding("conntrack", tracking(800), args).verdict, "problem");
  assertEquals(finding("conntrack", tracking(0), args).verdict, "ok");
  assertEquals(finding("conntrack", tracking(799), ["--http", "127.0.0.1:80"]).verdict, "ok");
  assertEquals(checks({}).includes("conntrack"), false);
});

Deno.test("a network card with one queue is shared among the cores of larger machines", () => {
  const queues = "/sys/class/net/eth0/queues";
  const { verdict, commands } = finding("receive-steering", { cores: 8 });
  assertEquals(verdict, "advice");
  assertEquals(commands, [`echo ff >${queues}/rx-0/rps_cpus`]);
  assertEquals(finding("receive-steering", { cores: 36 }).commands, [
    `echo f,ffffffff >${queues}/rx-0/rps_cpus`,
  ]);
  const steered = { cores: 8, files: { [`${queues}/rx-0/rps_cpus`]: "00000000,000000ff\n" } };
  assertEquals(finding("receive-steering", steered).verdict, "ok");
  const twoQueues = { cores: 8, files: { [`${queues}/rx-1/rps_cpus`]: "0\n" } };
  assertEquals(finding("receive-steering", twoQueues).verdict, "ok");
  assertEquals(checks({ cores: 2 }).includes("receive-steering"), false);
  const noCard = { cores: 8, files: { "/sys/class/net/eth0/device/uevent": null } };
  assertEquals(checks(noCard).includes("receive-steering"), false);
});
