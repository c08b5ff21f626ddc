import { assert, assertEquals } from "@std/assert";
import { makeCertificate } from "../certificates.ts";
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

testWith(
  [...NEEDS, program("openssl")],
  "aria2 finds a libtorrent seeder through an https:// announce URL",
  async () => {
    using folder = new TempFolder();
    const { certPath, keyPath } = await makeCertificate(folder, "tracker");
    await using tracker = await startTracker([
      ...["--https", "127.0.0.1:0", "--tls-cert", certPath, "--tls-key", keyPath],
    ]);
    await downloadsWhole(`https://127.0.0.1:${tracker.https[0].port}/announce`, certPath);
  },
);

/**
 * libtorrent seeds a private torrent with this announce URL; aria2, which has only the torrent, must get the same file.
 * Both check the tracker's certificate against the one in `certPath`, where there is one.
 */
async function downloadsWhole(announceUrl: string, certPath?: string): Promise<void> {
  using seeded = new TempFolder();
  using downloaded = new TempFolder();
  const env = Deno.env.toObject();
  await using seeder = new Process(PYTHON, [SEED, announceUrl, seeded.path], {
    env: certPath === undefined ? env : { ...env, SSL_CERT_FILE: certPath },
  });
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
    ...certPath === undefined ? [] : [`--ca-certificate=${certPath}`],
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
