// A process may have only so many files open, connections among them.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { program } from "./clients/programs.ts";
import { type Program, sourceProgram, startTracker, TempFolder } from "./harness.ts";
import { httpAnnounce, httpGet } from "./http_client.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { UdpClient } from "./udp_client.ts";

const FILES = 200;
const HALF_A_HEAD = new TextEncoder().encode("GET /");

/** The tracker, allowed so many open files. */
function limitedProgram(files: number): Program {
  const { command, args, cwd } = sourceProgram();
  return { command: "bash", args: ["-c", `ulimit -n ${files}; exec "$@"`, "bash", command, ...args], cwd };
}

testWith(
  [GLIBC, program("bash")],
  "however many connect, files are left to save the state",
  async () => {
    using folder = new TempFolder();
    const args = ["--listen", "127.0.0.1:0", "--odb", folder.file("state.odb")];
    await using tracker = await startTracker(args, limitedProgram(FILES));
    assertMatch(
      tracker.log,
      /warning the system allows 200 open files, too few for --http-max-connections 10000: it is 100/,
    );
    const [http] = tracker.http;
    const idle: Deno.TcpConn[] = [];
    try {
      for (let i = 0; i < 2 * FILES; i++) {
        const connection = await Deno.connect(http);
        idle.push(connection);
        await connection.write(HALF_A_HEAD);
      }
      assertEquals((await httpGet(http, "/health")).status, 200);
      assert([...Deno.readDirSync(`/proc/${tracker.pid}/fd`)].length < FILES - 20);
      const hash = randomHash();
      using client = await UdpClient.connect(tracker.udp[0]);
      await client.announce({ hash, port: 1 });
      assertEquals((await httpAnnounce(http, hash, { port: 2 })).peers, ["127.0.0.1:1"]);
      tracker.signal("SIGUSR2");
      await tracker.waitForLog(/saved 1 torrents and 2 peers/);
    } finally {
      for (const connection of idle) connection.close();
    }
    assertEquals(await tracker.stop(), 0, tracker.log);
  },
);

testWith([GLIBC, program("bash")], "a limit that is enough is not warned of", async () => {
  const args = ["--listen", "127.0.0.1:0", "--http-max-connections", "1"];
  await using tracker = await startTracker(args, limitedProgram(2 * FILES));
  assertEquals(/open files/.test(tracker.log), false, tracker.log);
});

testWith(
  [GLIBC, program("bash")],
  "a backend without a bound on connections is not warned of one",
  async () => {
    const args = ["--listen", "127.0.0.1:0", "--http-backend", "deno"];
    await using tracker = await startTracker(args, limitedProgram(2 * FILES));
    assertEquals(/open files/.test(tracker.log), false, tracker.log);
  },
);
