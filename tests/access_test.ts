// Lists and limits as an operator meets them: options and files in, refusals out, through real sockets of both backends.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { runToEnd, startTracker, TempFolder, TEST_ARGS, type Tracker } from "./harness.ts";
import { httpAnnounce, httpScrape } from "./http_client.ts";
import { fileBytes, torrentBytes } from "./odb/helpers.ts";
import { odbPeer, readOdb, writeOdb } from "./odb_file.ts";
import { PROCESS_MS } from "./process.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { readStats, statsWhen } from "./stats.ts";
import { UdpClient } from "./udp_client.ts";
import { until } from "./within.ts";

const TORRENT_REFUSED = "Requested download is not authorized for use with this tracker.";

/** A file with a hash a line. */
function hashFile(hashes: Uint8Array[]): string {
  return `# hashes\r\n${hashes.map((hash) => `${hash.toHex()} # one\r\n`).join("")}`;
}

/** Why announces of the torrents fail, over UDP and over HTTP, which must agree; "" for each that is answered. */
async function refusals(tracker: Tracker, hashes: Uint8Array[]): Promise<string[]> {
  using client = await UdpClient.connect(tracker.udp[0]);
  const found: string[] = [];
  for (const hash of hashes) {
    const overUdp = await messageOf(client.announce({ hash, port: 1001 }), "Action 1 was answered with: ");
    const overHttp = await messageOf(httpAnnounce(tracker.http[0], hash, { port: 1002 }), "Failure reason: ");
    assertEquals(overHttp, overUdp);
    found.push(overUdp);
  }
  return found;
}

/** The error that a promise is rejected with, without its beginning; "" when it is fulfilled. */
async function messageOf(promise: Promise<unknown>, beginning: string): Promise<string> {
  try {
    await promise;
    return "";
  } catch (error) {
    const { message } = error as Error;
    assertEquals(message.startsWith(beginning), true, message);
    return message.slice(beginning.length);
  }
}

for (const [backend, needs] of [["libc", [GLIBC]], ["deno", []]] as const) {
  const args = [...TEST_ARGS, "--udp-backend", backend, "--http-backend", backend];
  const test = (name: string, run: () => Promise<void>) => testWith([...needs], `${name} (${backend})`, run);

  test("lists say which torrents are served, and anew on SIGHUP", async () => {
    using folder = new TempFolder();
    const [white, both, neither] = [randomHash(), randomHash(), randomHash()];
    const [whitelist, blacklist] = [folder.file("white"), folder.file("black")];
    await Deno.writeTextFile(whitelist, hashFile([white, both]));
    await Deno.writeTextFile(blacklist, hashFile([both]));
    const lists = ["--whitelist", whitelist, "--blacklist", blacklist];
    await using tracker = await startTracker([...args, ...lists]);
    assertMatch(
      tracker.log,
      /--whitelist: 2 info hashes in .*white\n.*--blacklist: 1 info hashes in .*black\n/,
    );
    assertEquals(await refusals(tracker, [white, both, neither]), ["", TORRENT_REFUSED, TORRENT_REFUSED]);

    await Deno.writeTextFile(whitelist, hashFile([both, neither]));
    await Deno.writeTextFile(blacklist, "");
    tracker.signal("SIGHUP");
    await tracker.waitForLog(/--blacklist: 0 info hashes/);
    assertEquals(await refusals(tracker, [white, both, neither]), [TORRENT_REFUSED, "", ""]);
    assertEquals((await httpScrape(tracker.http[0], white))?.incomplete, 0);
    // The refused one disappears from the table, the others stay.
    assertEquals((await statsWhen(tracker.http[0], ({ torrents }) => torrents === 2)).peers, 4);
    assertEquals(await tracker.stop(), 0, tracker.log);
  });

  test("clients are refused by their peer ids", async () => {
    await using tracker = await startTracker([...args, "--deny-client=-XX", "--deny-client=-TT0001"]);
    const refusal = "Your client is not authorized for use with this tracker.";
    assertEquals(await refusals(tracker, [randomHash()]), [refusal]);
    const peer = { port: 1, peer_id: "-TT0002-abcdefghijkl" };
    assertEquals((await httpAnnounce(tracker.http[0], randomHash(), peer)).incomplete, 1);
  });

  test("addresses are refused by networks on the command line and in a file", async () => {
    using folder = new TempFolder();
    const file = folder.file("networks");
    await Deno.writeTextFile(file, "# here\n127.0.0.0/8\n");
    const denied = ["--deny-from", "192.0.2.0/24", "--deny-from", "2001:db8::/32", "--deny-from-file", file];
    await using tracker = await startTracker([...args, ...denied]);
    const [http] = tracker.http;
    const announce = () => httpAnnounce(http, randomHash(), { port: 1 });
    await assertRejects(announce, Error, "Failure reason: this tracker does not serve your address");
    // Silence over UDP: what was sent is counted as an error, and not as a connect.
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const connect = Uint8Array.fromHex("00000417271019800000000001020304");
    await socket.send(connect, { transport: "udp", ...tracker.udp[0] });
    const { udp } = await statsWhen(http, ({ udp }) => udp.errors > 0);
    assertEquals([udp.errors, udp.connects], [1, 0]);
    socket.close();

    await Deno.writeTextFile(file, "10.0.0.0/8\n");
    tracker.signal("SIGHUP");
    await tracker.waitForLog(/(.*--deny-from-file: 1 networks[^]*){2}/);
    assertEquals(await refusals(tracker, [randomHash()]), [""]);
  });

  test("an address announces within its budget", async () => {
    await using tracker = await startTracker([...args, "--announce-budget", "3/1h"]);
    const [http] = tracker.http;
    using client = await UdpClient.connect(tracker.udp[0]);
    const hash = randomHash();
    for (const port of [1, 2]) await client.announce({ hash, port });
    await httpAnnounce(http, hash, { port: 3 });
    await assertRejects(
      () => httpAnnounce(http, hash, { port: 4 }),
      Error,
      "Failure reason: your address announces too often",
    );
    const before = client.received.length;
    await client.send(announceOf(client.connectionId, hash));
    await statsWhen(http, ({ udp }) => udp.errors > 0);
    // Whatever came to the announce would have come before the answer to this.
    assertEquals((await client.scrape([hash]))[0].leechers, 3);
    assertEquals(client.received.length - before, 1);
  });

  test("an address has so many peers in a torrent and no more", async () => {
    await using tracker = await startTracker([...args, "--max-peers-per-address", "2"]);
    using client = await UdpClient.connect(tracker.udp[0]);
    const [hash, other] = [randomHash(), randomHash()];
    await client.announce({ hash, port: 1 });
    await httpAnnounce(tracker.http[0], hash, { port: 2 });
    const third = await client.announce({ hash, port: 3 });
    assertEquals(third.peers, ["127.0.0.1:1", "127.0.0.1:2"]);
    assertEquals((await httpAnnounce(tracker.http[0], hash, { port: 1 })).peers, ["127.0.0.1:2"]);
    assertEquals((await client.announce({ hash: other, port: 3 })).leechers, 1);
    assertEquals((await readStats(tracker.http[0])).peers, 3);
  });
}

Deno.test("a broken line is told by its number, and the old list stays in force", async () => {
  using folder = new TempFolder();
  const hash = randomHash();
  const path = folder.file("white");
  await Deno.writeTextFile(path, hashFile([hash]));
  await using tracker = await startTracker([...TEST_ARGS, "--whitelist", path]);
  const other = randomHash();
  await Deno.writeTextFile(path, `${hashFile([other])}nonsense\n`);
  tracker.signal("SIGHUP");
  await tracker.waitForLog(
    /warning .*white:3: an info hash must be 40 hexadecimal digits; the old list stays/,
  );
  assertEquals(await refusals(tracker, [hash, other]), ["", TORRENT_REFUSED]);
  await Deno.remove(path);
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/warning .*white: cannot be read.*; the old list stays/);
  assertEquals(await refusals(tracker, [hash, other]), ["", TORRENT_REFUSED]);
});

Deno.test("a whitelist without a hash is warned of, and such a blacklist is not", async () => {
  using folder = new TempFolder();
  const [whitelist, blacklist] = [folder.file("white"), folder.file("black")];
  await Deno.writeTextFile(whitelist, "# none yet\n");
  await Deno.writeTextFile(blacklist, "");
  const args = [...TEST_ARGS, "--whitelist", whitelist, "--blacklist", blacklist];
  await using tracker = await startTracker(args);
  const warnings = () => tracker.log.match(/^.*warning .*$/gm) ?? [];
  const [warning, ...others] = warnings();
  assert(warning?.endsWith(`the whitelist ${whitelist} is empty: every torrent is refused`), tracker.log);
  assertEquals(others, []);
  const hash = randomHash();
  assertEquals(await refusals(tracker, [hash]), [TORRENT_REFUSED]);
  await Deno.writeTextFile(whitelist, hashFile([hash]));
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/--whitelist: 1 info hashes[^]*--blacklist: 0 info hashes/);
  assertEquals(await refusals(tracker, [hash]), [""]);
  assertEquals(warnings().length, 1, tracker.log);
  await Deno.writeTextFile(whitelist, "");
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/(.*--whitelist: 0 info hashes[^]*){2}--blacklist: 0/);
  assertEquals(await refusals(tracker, [hash]), [TORRENT_REFUSED]);
});

Deno.test("with --watch-lists a list that is written or replaced counts without a signal", async () => {
  using folder = new TempFolder();
  const path = folder.file("black");
  const [first, second] = [randomHash(), randomHash()];
  await Deno.writeTextFile(path, "");
  await using tracker = await startTracker([...TEST_ARGS, "--blacklist", path, "--watch-lists"]);
  const becomes = (expected: string[]) =>
    until(PROCESS_MS, async () => {
      const found = await refusals(tracker, [first, second]);
      return found.every((refusal, index) => refusal === expected[index]);
    }, () => `It does not become ${expected}:\n${tracker.log}`);
  await becomes(["", ""]);
  await Deno.writeTextFile(path, hashFile([first]));
  await becomes([TORRENT_REFUSED, ""]);
  await Deno.writeTextFile(folder.file("new"), hashFile([second]));
  await Deno.rename(folder.file("new"), path);
  await becomes(["", TORRENT_REFUSED]);
});

Deno.test("refused torrents are neither restored nor saved", async () => {
  using folder = new TempFolder();
  const [odb, path] = [folder.file("state.odb"), folder.file("black")];
  const [kept, refusedFirst, refusedLater] = [randomHash(), randomHash(), randomHash()];
  const peers = odbPeer(0x7f000001, 6881);
  const torrents = [kept, refusedFirst, refusedLater].map((hash) => ({ hash, completed: 5, peers }));
  await Deno.writeFile(odb, writeOdb(torrents));
  await Deno.writeTextFile(path, hashFile([refusedFirst]));
  await using tracker = await startTracker([...TEST_ARGS, "--odb", odb, "--blacklist", path]);
  assertMatch(tracker.log, /left out 1 torrents of .*state\.odb/);
  assertEquals((await readStats(tracker.http[0])).odb.restored_torrents, 2);

  await Deno.writeTextFile(path, hashFile([refusedLater]));
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/(.*--blacklist: 1 info hashes[^]*){2}/);
  tracker.signal("SIGUSR2");
  await tracker.waitForLog(/saved 1 torrents/);
  assertEquals(readOdb(await Deno.readFile(odb)).map(({ hash }) => hash.toHex()), [kept.toHex()]);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

Deno.test("a restore says how many peers of an address it has left out", async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  const peers = (ports: number[]) => Uint8Array.from(ports.flatMap((port) => [...odbPeer(0xc0000201, port)]));
  const torrents = [[1, 2, 3, 4], [1]].map((ports) => ({
    hash: randomHash(),
    completed: 0,
    peers: peers(ports),
  }));
  await Deno.writeFile(odb, writeOdb(torrents));
  const records6 = [1, 2, 3].map((port) => `20010db8${"00".repeat(12)}000${port}0000`);
  const torrent6 = torrentBytes({ hash: randomHash().toHex(), records: records6 });
  await Deno.writeFile(`${odb}6`, fileBytes([torrent6], "0006"));
  const lines: [args: string[], line: RegExp, leftOut: number][] = [
    [[], /restored 3 torrents and 8 peers from .*state\.odb in \d+ ms\n/, 0],
    [
      ["--max-peers-per-address", "2"],
      /restored 3 torrents and 5 peers from .*state\.odb in \d+ ms, without 3 by --max-peers-per-address\n/,
      3,
    ],
  ];
  for (const [args, line, leftOut] of lines) {
    await using tracker = await startTracker([...TEST_ARGS, "--odb", odb, "--odb-readonly", ...args]);
    assertMatch(tracker.log, line);
    assertEquals((await readStats(tracker.http[0])).odb.left_out_peers, leftOut);
  }
});

for (
  const { what, content, message } of [
    {
      what: "broken",
      content: "\n\nxyz\n",
      message: /--whitelist .*list: .*list:3: an info hash must be 40/,
    },
    { what: "not there", content: null, message: /--whitelist .*list: .*list: cannot be read/ },
  ]
) {
  Deno.test(`a list that is ${what} keeps the tracker from starting`, async () => {
    using folder = new TempFolder();
    const path = folder.file("list");
    if (content !== null) await Deno.writeTextFile(path, content);
    const { code, log } = await runToEnd([...TEST_ARGS, "--whitelist", path]);
    assertEquals(code, 2, log);
    assertMatch(log, message);
  });
}

/** A bare announce of a peer at port 9. */
function announceOf(connectionId: Uint8Array, hash: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(98);
  const view = new DataView(bytes.buffer);
  bytes.set(connectionId);
  view.setUint32(8, 1);
  bytes.set(hash, 16);
  view.setUint16(96, 9);
  return bytes;
}
