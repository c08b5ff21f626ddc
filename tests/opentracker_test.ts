// Our tracker in the place of opentracker: its options and its configuration file, by what they make the tracker do.
import { assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, runToEnd, startTracker, TempFolder, type Tracker } from "./harness.ts";
import { httpAnnounce, httpGet, httpSend } from "./http_client.ts";
import { odbPeer, readOdb, writeOdb } from "./odb_file.ts";
import { testWith } from "./requirements.ts";
import { UdpClient } from "./udp_client.ts";

const SAMPLE = "/etc/opentracker/opentracker.conf";
const DEBIAN_SAMPLE = { name: "Debian's opentracker", present: exists(SAMPLE) };
const NOT_AUTHORIZED = "Requested download is not authorized for use with this tracker.";

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** What an announce is answered, as text. */
async function announceText(to: Endpoint, hash: Uint8Array, forwardedFor = ""): Promise<string> {
  const escaped = hash.toHex().replace(/../g, "%$&");
  const field = forwardedFor === "" ? "" : `X-Forwarded-For: ${forwardedFor}\r\n`;
  const request = `GET /announce?info_hash=${escaped}&peer_id=-TT0001-000000000001&port=7&left=1&compact=1 ` +
    `HTTP/1.1\r\nHost: tracker\r\nConnection: close\r\n${field}\r\n`;
  const { body } = await httpSend(to, new TextEncoder().encode(request));
  return new TextDecoder("latin1").decode(body);
}

/** Writes what all keys of the file can be set to at once, with everything in `folder`. */
function writeAllKeys(folder: TempFolder, listed: Uint8Array[], refused: Uint8Array): void {
  const lines = (hashes: Uint8Array[]) => hashes.map((hash) => `${hash.toHex()}\n`).join("");
  Deno.mkdirSync(folder.file("root"));
  Deno.writeTextFileSync(folder.file("root/white.txt"), lines([...listed, refused]));
  Deno.writeTextFileSync(folder.file("root/black.txt"), lines([refused]));
  Deno.writeTextFileSync(
    folder.file("opentracker.conf"),
    `# Everything at once
listen.udp.workers 1
listen.tcp_udp 127.0.0.1:0
listen.tcp 127.0.0.2:0
listen.udp 127.0.0.3:0

access.whitelist white.txt
access.blacklist ./black.txt
access.stats 192.0.2.1
access.stats_path hidden/stats
access.proxy 127.0.0.1

livesync.cluster.listen 127.0.0.1:9696
access.fifo_add /run/opentracker.fifo

tracker.rootdir ${folder.file("root")}
tracker.redirect_url https://tracker.example/

persist.mode dump
persist.file state.odb
persist.save 3600 1000000
`,
  );
}

/** What the file of `writeAllKeys` makes a tracker do, which saves its state when it is stopped. */
async function doesAllKeys(tracker: Tracker, folder: TempFolder, listed: Uint8Array, refused: Uint8Array) {
  const hostnames = (endpoints: Endpoint[]) => endpoints.map(({ hostname }) => hostname);
  assertEquals(hostnames(tracker.http), ["127.0.0.1", "127.0.0.2"]);
  assertEquals(hostnames(tracker.udp), ["127.0.0.1", "127.0.0.3"]);
  const [http] = tracker.http;

  // Whom the proxy names, and not the proxy, is a peer of the torrent.
  await announceText(http, listed, "192.0.2.77");
  using client = await UdpClient.connect(tracker.udp[1]);
  const { peers } = await client.announce({ hash: listed, port: 8 });
  assertEquals(peers, ["127.0.0.1:1", "192.0.2.77:7"]);

  for (const hash of [refused, randomHash()]) {
    assertEquals(
      await announceText(http, hash, "192.0.2.78"),
      `d14:failure reason${NOT_AUTHORIZED.length}:${NOT_AUTHORIZED}e`,
    );
  }
  assertEquals((await httpGet(http, "/stats.json")).status, 404);
  assertEquals((await httpGet(http, "/hidden/stats.json")).status, 403);
  const asked = "GET /hidden/stats.json HTTP/1.0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";
  assertEquals((await httpSend(http, new TextEncoder().encode(asked))).status, 200);
  assertMatch(
    (await httpGet(http, "/")).head,
    /^HTTP\/1\.1 302 [^]*^location: https:\/\/tracker\.example\/\r?$/im,
  );

  assertEquals(await tracker.stop(), 0, tracker.log);
  const [{ hash, peers: saved }] = readOdb(await Deno.readFile(folder.file("root/state.odb")));
  assertEquals([hash, saved.length / 8], [listed, 3]);
}

Deno.test("a configuration file of opentracker with all its keys does here what it did there", async () => {
  using folder = new TempFolder();
  const listed = randomHash(), refused = randomHash();
  writeAllKeys(folder, [listed], refused);
  const odb = folder.file("root/state.odb");
  const state = writeOdb([{ hash: listed, completed: 0, peers: odbPeer(0x7f000001, 1) }]);

  await Deno.writeFile(odb, state);
  const path = folder.file("opentracker.conf");
  await using tracker = await startTracker(["-f", path]);
  for (const line of ["livesync.cluster.listen 127.0.0.1:9696", "access.fifo_add /run/opentracker.fifo"]) {
    const number = (await Deno.readTextFile(path)).split("\n").indexOf(line) + 1;
    assertEquals(
      tracker.log.includes(`warning ${line} (${path}:${number}): is not supported`),
      true,
      tracker.log,
    );
  }
  await doesAllKeys(tracker, folder, listed, refused);

  const conversion = await runToEnd(["config", "convert", path]);
  assertEquals(conversion.code, 0, conversion.log);
  const converted = folder.file("tracker.toml");
  await Deno.writeTextFile(converted, conversion.log);
  await Deno.writeFile(odb, state);
  await using second = await startTracker(["--config", converted]);
  await doesAllKeys(second, folder, listed, refused);
});

Deno.test("options of opentracker count in their order", async () => {
  using folder = new TempFolder();
  const listed = randomHash();
  await Deno.writeTextFile(folder.file("white.txt"), `${listed.toHex()}\n`);
  await using tracker = await startTracker([
    ...["-i", "127.0.0.1", "-p", "0", "-i", "127.0.0.2", "-P", "0", "-p", "0"],
    ...["-d", folder.path, "-w", "white.txt", "-A", "192.0.2.1", "-r", "http://tracker.example/x"],
  ]);
  assertEquals(tracker.http.map(({ hostname }) => hostname), ["127.0.0.1", "127.0.0.2"]);
  assertEquals(tracker.udp.map(({ hostname }) => hostname), ["127.0.0.2"]);
  const [http] = tracker.http;
  assertEquals((await httpAnnounce(http, listed, { port: 1 })).incomplete, 1);
  assertMatch(await announceText(http, randomHash()), /not authorized/);
  assertEquals((await httpGet(http, "/stats.json")).status, 403);
  assertMatch((await httpGet(http, "/")).head, /^location: http:\/\/tracker\.example\/x\r?$/im);
});

Deno.test("-b refuses what is listed", async () => {
  using folder = new TempFolder();
  const listed = randomHash();
  await Deno.writeTextFile(folder.file("black.txt"), `${listed.toHex()}\n`);
  await using tracker = await startTracker(["-i", "127.0.0.1", "-p", "0", "-b", folder.file("black.txt")]);
  assertMatch(await announceText(tracker.http[0], listed), /not authorized/);
  assertEquals((await httpAnnounce(tracker.http[0], randomHash(), { port: 1 })).incomplete, 1);
});

Deno.test("persist.mode null restores and never saves", async () => {
  using folder = new TempFolder();
  const hash = randomHash();
  const state = writeOdb([{ hash, completed: 0, peers: odbPeer(0x7f000001, 1) }]);
  await Deno.writeFile(folder.file("state.odb"), state);
  await Deno.writeTextFile(
    folder.file("opentracker.conf"),
    `persist.file ${folder.file("state.odb")}\npersist.mode null\npersist.save 1 0\n`,
  );
  await using tracker = await startTracker(["-f", folder.file("opentracker.conf"), "-i127.0.0.1", "-p0"]);
  assertEquals((await httpAnnounce(tracker.http[0], hash, { port: 2 })).peers, ["127.0.0.1:1"]);
  assertEquals(await tracker.stop(), 0, tracker.log);
  assertEquals(await Deno.readFile(folder.file("state.odb")), state);
});

testWith([DEBIAN_SAMPLE], "Debian's configuration of opentracker serves what its whitelist has", async () => {
  using folder = new TempFolder();
  const listed = randomHash();
  const white = folder.file("white.txt"), path = folder.file("opentracker.conf");
  await Deno.writeTextFile(white, `${listed.toHex()}\n`);
  const sample = await Deno.readTextFile(SAMPLE);
  // To change the user is for root, and has tests of its own.
  await Deno.writeTextFile(
    path,
    sample.replace(/^tracker\.user.*$/m, "").replaceAll(/\/etc\S*white\S*/g, white),
  );
  await using tracker = await startTracker(["-f", path, "-i", "127.0.0.1", "-p", "0", "-P", "0"]);
  assertEquals((await httpAnnounce(tracker.http[0], listed, { port: 1 })).incomplete, 1);
  assertMatch(await announceText(tracker.http[0], randomHash()), /not authorized/);
  const checked = await runToEnd(["-f", path, "--check-config"]);
  assertEquals([checked.code, checked.log], [0, "the configuration can be used\n"]);
});

Deno.test("a conversion that is asked for wrongly is refused", async () => {
  for (
    const args of [["config"], ["config", "convert"], ["config", "x", "y"], ["config", "convert", "a", "b"]]
  ) {
    const { code, log } = await runToEnd(args);
    assertEquals(code, 2, log);
    assertMatch(log, /tracker config convert FILE/);
  }
  const { code, log } = await runToEnd(["config", "convert", "/nowhere.conf"]);
  assertEquals(code, 2);
  assertMatch(log, /^\/nowhere\.conf: cannot be read: /);
});
