import { assert, assertEquals } from "@std/assert";
import { startTracker, TempFolder } from "../harness.ts";
import { Process } from "../process.ts";
import { testWith } from "../requirements.ts";
import { freePort, program, PYTHON, pythonLibtorrent } from "./programs.ts";

const NEEDS = [pythonLibtorrent(), program("aria2c")];
const SEED = new URL("seed.py", import.meta.url).pathname;

testWith(NEEDS, "aria2 finds a libtorrent seeder through a udp:// announce URL", async () => {
  await using tracker = await startTracker();
  await downloadsWhole(`udp://127.0.0.1:${tracker.udp[0].port}/announce`);
});

testWith(NEEDS, "aria2 finds a libtorrent seeder through an http:// announce URL", async () => {
  await using tracker = await startTracker();
  await downloadsWhole(`http://127.0.0.1:${tracker.http[0].port}/announce`);
});

/** libtorrent seeds a private torrent with this announce URL; aria2, which has only the torrent, must get the same file. */
async function downloadsWhole(announceUrl: string): Promise<void> {
  using seeded = new TempFolder();
  using downloaded = new TempFolder();
  await using seeder = new Process(PYTHON, [SEED, announceUrl, seeded.path]);
  await seeder.waitForLog(/^seeding$/m);

  await using downloader = new Process("aria2c", [
    "--no-conf",
    `--dir=${downloaded.path}`,
    "--interface=127.0.0.1",
    `--listen-port=${freePort()}`,
    // The only switch that makes aria2 talk to UDP trackers; a private torrent is never announced to the DHT.
    "--enable-dht=true",
    `--dht-listen-port=${freePort()}`,
    `--dht-file-path=${downloaded.file("dht.dat")}`,
    "--enable-peer-exchange=false",
    "--bt-enable-lpd=false",
    "--disable-ipv6=true",
    "--seed-time=0",
    "--stop=60",
    seeded.file("data.torrent"),
  ], { cwd: downloaded.path });
  assertEquals(await downloader.end(), 0, downloader.log);

  const expected = await Deno.readFile(seeded.file("data.bin"));
  const actual = await Deno.readFile(downloaded.file("data.bin"));
  assert(
    expected.length > 0 && actual.toHex() === expected.toHex(),
    "The downloaded file differs from the seeded one",
  );
}
