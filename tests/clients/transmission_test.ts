import { assertEquals } from "@std/assert";
import { makeCertificate } from "../certificates.ts";
import { type Endpoint, startTracker, TempFolder } from "../harness.ts";
import { Process, PROCESS_MS } from "../process.ts";
import { testWith } from "../requirements.ts";
import { UdpClient } from "../udp_client.ts";
import { until } from "../within.ts";
import { freePort, program } from "./programs.ts";

const NEEDS = [program("transmission-cli"), program("transmission-create"), program("transmission-show")];

testWith(NEEDS, "transmission is listed after it announced over UDP", async () => {
  await using tracker = await startTracker();
  await isListed(`udp://127.0.0.1:${tracker.udp[0].port}/announce`, tracker.udp[0]);
});

testWith(NEEDS, "transmission is listed after it announced over HTTP", async () => {
  await using tracker = await startTracker();
  await isListed(`http://127.0.0.1:${tracker.http[0].port}/announce`, tracker.udp[0]);
});

testWith([...NEEDS, program("openssl")], "transmission is listed after it announced over HTTPS", async () => {
  using folder = new TempFolder();
  const { certPath, keyPath } = await makeCertificate(folder, "tracker");
  await using tracker = await startTracker([
    ...["--udp", "127.0.0.1:0", "--https", "127.0.0.1:0", "--tls-cert", certPath, "--tls-key", keyPath],
  ]);
  const announceUrl = `https://127.0.0.1:${tracker.https[0].port}/announce`;
  await isListed(announceUrl, tracker.udp[0], { CURL_CA_BUNDLE: certPath });
});

/**
 * transmission, with these variables too, seeds a private torrent with this announce URL; another client must then be
 * given it, as a seeder.
 */
async function isListed(
  announceUrl: string,
  udp: Endpoint,
  variables: Record<string, string> = {},
): Promise<void> {
  using folder = new TempFolder();
  const torrent = folder.file("data.torrent");
  await Deno.writeFile(folder.file("data.bin"), crypto.getRandomValues(new Uint8Array(50_000)));
  await runs("transmission-create", [
    "--private",
    "--tracker",
    announceUrl,
    "--outfile",
    torrent,
    folder.file("data.bin"),
  ]);
  const shown = await runs("transmission-show", [torrent]);
  const hash = Uint8Array.fromHex(/Hash: ([0-9a-f]{40})/.exec(shown)![1]);

  // Neither the DHT nor the local network: the tracker is the only one it may talk to.
  await Deno.mkdir(folder.file("config"));
  await Deno.writeTextFile(
    folder.file("config/settings.json"),
    JSON.stringify({ "bind-address-ipv4": "127.0.0.1", "dht-enabled": false, "lpd-enabled": false }),
  );
  const port = freePort();
  await using transmission = new Process("transmission-cli", [
    "--config-dir",
    folder.file("config"),
    "--download-dir",
    folder.path,
    "--no-portmap",
    "--port",
    `${port}`,
    torrent,
  ], { cwd: folder.path, env: { ...Deno.env.toObject(), ...variables } });

  using observer = await UdpClient.connect(udp);
  const listed = await until(PROCESS_MS, async () => {
    const answer = await observer.announce({ hash, port: 1 });
    return answer.peers.length > 0 && answer;
  }, () => `transmission does not appear:\n${transmission.log}`);
  assertEquals(listed.peers, [`127.0.0.1:${port}`]);
  assertEquals(listed.seeders, 1);
}

/** Runs one of transmission's tools to its successful end and returns what it wrote. */
async function runs(command: string, args: string[]): Promise<string> {
  await using tool = new Process(command, args);
  assertEquals(await tool.end(), 0, tool.log);
  return tool.log;
}
