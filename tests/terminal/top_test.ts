// `tracker top` without a terminal, and what it says of answers that are none.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeCertificate } from "../certificates.ts";
import { program } from "../clients/programs.ts";
import { randomHash } from "../compact_peers.ts";
import {
  type Outcome,
  type Program,
  runToEnd,
  sourceProgram,
  startTracker,
  TempFolder,
  Tracker,
} from "../harness.ts";
import { testWith } from "../requirements.ts";
import { UdpClient } from "../udp_client.ts";
import { Stub, TOKEN } from "./stub.ts";

function once(url: string, options: string[] = [], program: Program = sourceProgram()): Promise<Outcome> {
  return runToEnd(["top", "--once", ...options, url], program);
}

/** What it says of a tracker that it gets such an answer from. */
async function complaintAbout(answer: (request: Request) => Response): Promise<string> {
  await using stub = new Stub();
  stub.answer = answer;
  const { code, log } = await once(`http://${stub.host}`);
  assertEquals(code, 1);
  assert(log.startsWith(`${stub.host} `) && log.endsWith("\n"), log);
  return log.slice(stub.host.length + 1, -1);
}

Deno.test("tracker top --once prints what there is, and ends", async () => {
  await using stub = new Stub();
  const { code, log } = await once(`http://${stub.host}/`);
  assertEquals(code, 0);
  const lines = log.split("\n");
  assertEquals(lines[0], `tracker 0.1.0 at ${stub.host}  well, up 2 h 3 min`);
  assertMatch(log, /^UDP announces +- +406 +366$/m);
  assertMatch(log, /^ +1,310 +900 +410 +5,000 {2}0123456789abcdef0123456789abcdef00000000$/m);
  assertEquals(lines.length, 41);
  assertMatch(log, /^[ -~░█\n]*$/);
});

Deno.test("tracker top prints a frame each interval where there is no terminal", async () => {
  await using stub = new Stub();
  await using top = new Tracker(["top", "--interval", "1", `http://${stub.host}`], sourceProgram());
  await top.waitForLog(
    /\n\ntracker 0\.1\.0 at .*\n\nA second .*the last 1 s\nUDP announces +777 +406 +366 {2}█\n/,
  );
  await top.waitForLog(/ {2}the last 2 s\n/);
  assert(!top.log.includes("\x1b"));
  await top.kill();
});

testWith([program("sh")], "tracker top ends when nobody reads it any more", async () => {
  await using stub = new Stub();
  const { command, args, cwd } = sourceProgram();
  const line = '{ "$@"; echo "ended with $?" >&2; } | head -n 1';
  const top = ["top", "--interval", "1", `http://${stub.host}`];
  const { code, log } = await runToEnd([], {
    command: "sh",
    args: ["-c", line, "sh", command, ...args, ...top],
    cwd,
  });
  assertEquals(code, 0);
  assertEquals(log.split("\n").sort(), [
    "",
    "ended with 0",
    `tracker 0.1.0 at ${stub.host}  well, up 2 h 3 min`,
  ]);
});

Deno.test("tracker top says why there is nothing to show", async () => {
  const status = (code: number) => () => new Response("<html>\x1b[2J</html>", { status: code });
  assertEquals(await complaintAbout(status(401)), "asks for a token: --token-file");
  assertMatch(await complaintAbout(status(403)), /^does not show its statistics to this address/);
  assertMatch(await complaintAbout(status(404)), /^has no statistics there/);
  assertEquals(await complaintAbout(status(503)), "has no statistics yet");
  assertEquals(await complaintAbout(status(500)), "answered with status 500");
  assertEquals(await complaintAbout(status(200)), "answered with something else than statistics");
});

Deno.test("tracker top does not wait for the end of an answer that has none", async () => {
  const chunk = new Uint8Array(65_536).fill(0x20);
  const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
  assertEquals(
    await complaintAbout(() => new Response(endless())),
    "cannot be asked: it answers without end",
  );
});

Deno.test("tracker top says when there is nobody to ask", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, log } = await once(`http://127.0.0.1:${port}`);
  assertEquals(code, 1);
  assertMatch(log, new RegExp(`^127\\.0\\.0\\.1:${port} cannot be asked: .*refused.*\\n$`));
});

Deno.test("tracker top asks with its token, and the tracker itself, whatever proxy there is", async () => {
  using folder = new TempFolder();
  Deno.writeTextFileSync(folder.file("token"), `${TOKEN}\n`);
  await using stub = new Stub();
  stub.answer = (request) => {
    if (request.headers.get("authorization") === `Bearer ${TOKEN}`) stub.answer = null;
    return new Response(null, { status: 401 });
  };
  const env = { HTTP_PROXY: "http://127.0.0.1:1", no_proxy: "tracker.example" };
  const program = { ...sourceProgram(), env };
  const options = ["--token-file", folder.file("token")];
  assertEquals(
    (await once(`http://${stub.host}`, [], program)).log,
    `${stub.host} asks for a token: --token-file\n`,
  );
  await once(`http://${stub.host}`, options, program);
  assertEquals(stub.answer, null);
});

testWith([program("openssl")], "tracker top asks over TLS, and only whom it can trust", async () => {
  using folder = new TempFolder();
  const { certPath, keyPath } = await makeCertificate(folder, "tracker", false);
  await using stub = new Stub({
    cert: Deno.readTextFileSync(certPath),
    key: Deno.readTextFileSync(keyPath),
  });
  const stranger = await once(`https://${stub.host}`);
  assertEquals(stranger.code, 1);
  assertMatch(stranger.log, /cannot be asked: .*certificate/);
  const known = await once(`https://${stub.host}`, [], { ...sourceProgram(), env: { DENO_CERT: certPath } });
  assertEquals([known.code, known.log.split("\n")[0]], [
    0,
    `tracker 0.1.0 at ${stub.host}  well, up 2 h 3 min`,
  ]);
});

Deno.test("tracker top shows a tracker that is asked, wherever its statistics are", async () => {
  using folder = new TempFolder();
  Deno.writeTextFileSync(folder.file("tokens"), `# made up\n${TOKEN}\n`);
  await using tracker = await startTracker([
    ...["--listen", "127.0.0.1:0", "--stats-path", "private", "--stats-hashes"],
    ...["--stats-token-file", folder.file("tokens")],
  ]);
  const url = `http://127.0.0.1:${tracker.http[0].port}/private`;
  assertMatch((await once(url)).log, / asks for a token: --token-file\n$/);
  const args = ["top", "--interval", "1", "--token-file", folder.file("tokens"), url];
  await using top = new Tracker(args, sourceProgram());
  using udp = await UdpClient.connect(tracker.udp[0]);
  const hash = randomHash();
  await udp.announce({ hash, port: 1001, left: 0 });
  await udp.announce({ hash, port: 1002 });
  await top.waitForLog(/^Swarms +1 torrents, 1 seeders, 1 leechers, 0 completed$/m);
  await top.waitForLog(/^State +is not saved to a file$/m);
  await top.waitForLog(new RegExp(`^ +2 +1 +1 +0 {2}${hash.toHex()}$`, "m"));
  await tracker.stop();
  await top.waitForLog(/ cannot be asked: .*\nIt is asked again every 1 s\. What follows is \d+ s old\.\n/);
  await top.kill();
});

Deno.test("tracker top knows its command line", async () => {
  const help = await runToEnd(["top", "--help"]);
  assertEquals(help.code, 0);
  assertMatch(help.log, /^tracker top: shows[^]*--interval SECONDS[^]*--token-file FILE/);
  assertMatch((await runToEnd(["top", "--version"])).log, /^tracker \d/);
  const wrong = await runToEnd(["top", "udp://127.0.0.1:6969"]);
  assertEquals([wrong.code, wrong.log.split(":", 2).join(":")], [2, "udp://127.0.0.1"]);
});
