// `/stats?mode=tpbs` of a whole tracker: every torrent with its counts, over sockets of either backend.
import { assert, assertEquals } from "@std/assert";
import { randomHash } from "../compact_peers.ts";
import { type Endpoint, startTracker, TempFolder } from "../harness.ts";
import { httpGet } from "../http_client.ts";
import { odbPeer, writeOdb } from "../odb_file.ts";
import { PROCESS_MS } from "../process.ts";
import { GLIBC, testWith } from "../requirements.ts";
import { until } from "../within.ts";

/** So many that no list is of one piece. */
const TORRENTS = 4000;
const SHOWING = ["--full-scrape", "--stats-hashes"];

/** The options of a tracker that restores a torrent of one peer under each hash, whose seeders are every third one's. */
function optionsOf(folder: TempFolder, hashes: Uint8Array[], options: string[]): string[] {
  const odb = folder.file("state.odb");
  const torrents = hashes.map((hash, i) => ({
    hash,
    completed: 0,
    peers: odbPeer(0x7f000001 + i, 1, i % 3 === 0 ? 0x80 : 0),
  }));
  Deno.writeFileSync(odb, writeOdb(torrents));
  return ["--listen", "127.0.0.1:0", "--odb", odb, "--odb-readonly", ...options];
}

/** Hashes in ascending order. */
function randomHashes(): Uint8Array[] {
  return Array.from({ length: TORRENTS }, randomHash).sort((a, b) => a.toHex() < b.toHex() ? -1 : 1);
}

async function fetchFrom({ hostname, port }: Endpoint, target: string, from: string, coding: string) {
  const headers = { "x-real-ip": from, "accept-encoding": coding };
  const answer = await fetch(`http://${hostname}:${port}${target}`, { headers });
  const body = await answer.bytes();
  assertEquals([answer.status, answer.headers.get("content-type")], [200, "text/plain"]);
  return body;
}

/** What the lists of `optionsOf` torrents are. */
function expectedLists(hashes: Uint8Array[]): Record<string, Uint8Array> {
  const encoder = new TextEncoder();
  const hex = (text: string) => encoder.encode(text).toHex();
  const entry = (hash: Uint8Array, i: number) => {
    const [seeders, leechers] = i % 3 === 0 ? [1, 0] : [0, 1];
    return {
      txt: `${hash.toHex().toUpperCase()}:${seeders}:${leechers}\n`,
      bin: `${hash.toHex()}0000000${seeders}0000000${leechers}`,
      ben: `${hex("20:")}${hash.toHex()}` +
        hex(`d8:completei${seeders}e10:downloadedi0e10:incompletei${leechers}ee`),
    };
  };
  const entries = hashes.map(entry);
  return {
    txt: encoder.encode(entries.map(({ txt }) => txt).join("")),
    bin: Uint8Array.fromHex(entries.map(({ bin }) => bin).join("")),
    ben: Uint8Array.fromHex(hex("d5:filesd") + entries.map(({ ben }) => ben).join("") + hex("ee")),
  };
}

async function listsArrive(backend: string): Promise<void> {
  using folder = new TempFolder();
  const hashes = randomHashes();
  const lists = Object.entries(expectedLists(hashes));
  const proxy = ["--proxy-header", "X-Real-IP", "--trusted-proxy", "127.0.0.1", "--http-backend", backend];
  await using tracker = await startTracker(optionsOf(folder, hashes, [...SHOWING, ...proxy]));
  const [http] = tracker.http;
  let bytes = 0;
  for (const [i, coding] of ["identity", "gzip"].entries()) {
    for (const [k, [format, expected]] of lists.entries()) {
      const found = await fetchFrom(
        http,
        `/stats?mode=tpbs&format=${format}`,
        `192.0.2.${10 * i + k}`,
        coding,
      );
      assertEquals(found.toHex(), expected.toHex(), `${format} ${coding}`);
      bytes += expected.length;
    }
  }
  // Counted as they were before they were compressed.
  const counted = `6000\n${bytes}\n`;
  let report = "";
  await until(PROCESS_MS, async () => {
    report = new TextDecoder().decode(await fetchFrom(http, "/stats?mode=fscr", "192.0.2.99", "identity"));
    return report.startsWith(counted);
  }, () => `${JSON.stringify(report)} does not begin with ${JSON.stringify(counted)}`);
}

testWith([GLIBC], "lists arrive whole, plain and compressed (libc)", () => listsArrive("libc"));
testWith([], "lists arrive whole, plain and compressed (deno)", () => listsArrive("deno"));

/** Status and text of an answer that is no list. */
async function refusal(http: Endpoint): Promise<[number, string]> {
  const { status, body } = await httpGet(http, "/stats?mode=tpbs&format=txt");
  return [status, new TextDecoder().decode(body)];
}

Deno.test("there is a list only where hashes are shown and full scrapes are given, and not twice in a short time", async () => {
  using folder = new TempFolder();
  const hashes = [randomHash()];
  for (const options of [[], ["--full-scrape"], ["--stats-hashes"]]) {
    await using tracker = await startTracker(optionsOf(folder, hashes, options));
    const [status, text] = await refusal(tracker.http[0]);
    assertEquals(status, 403);
    assert(!text.toLowerCase().includes(hashes[0].toHex()));
  }
  await using tracker = await startTracker(optionsOf(folder, hashes, SHOWING));
  const [http] = tracker.http;
  assertEquals((await fetchFrom(http, "/stats?mode=tpbs&format=bin", "", "identity")).length, 28);
  assertEquals((await refusal(http))[0], 429);
});
