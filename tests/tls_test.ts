// HTTPS by a client of others: curl, which trusts no certificate but the one it is told.
import { assertEquals, assertMatch } from "@std/assert";
import { type Certificate, makeCertificate } from "./certificates.ts";
import { program } from "./clients/programs.ts";
import { randomHash } from "./compact_peers.ts";
import {
  type Endpoint,
  runToEnd,
  sourceProgram,
  startTracker,
  TempFolder,
  TEST_ARGS,
  Tracker,
} from "./harness.ts";
import { escaped, httpAnnounce } from "./http_client.ts";
import { writeLongOdb } from "./odb_file.ts";
import { Process } from "./process.ts";
import { testWith } from "./requirements.ts";

const NEEDS = [program("curl"), program("openssl")];

/** What curl says of an answer behind its body. */
const VERSION_AND_STATUS = " %{http_version} %{http_code}";

/** GETs a target over TLS; the answer's body, its HTTP version and its status, or curl's complaint. */
async function curl(
  to: Endpoint,
  { certPath }: Certificate,
  target: string,
  ...options: string[]
): Promise<string> {
  await using curl = new Process("curl", [
    ...["--silent", "--show-error", "--noproxy", "*", "--cacert", certPath],
    ...["--write-out", VERSION_AND_STATUS, ...options],
    `https://${to.hostname}:${to.port}${target}`,
  ]);
  await curl.end();
  return curl.log;
}

function tlsArgs({ certPath, keyPath }: Certificate): string[] {
  return ["--https", "127.0.0.1:0", "--tls-cert", certPath, "--tls-key", keyPath];
}

function startTls(certificate: Certificate): Promise<Tracker> {
  return startTracker(["--http", "127.0.0.1:0", ...tlsArgs(certificate)]);
}

async function copyTo(target: Certificate, source: Certificate): Promise<void> {
  await Deno.copyFile(source.certPath, target.certPath);
  await Deno.copyFile(source.keyPath, target.keyPath);
}

testWith(NEEDS, "curl gets answers over TLS, by HTTP/1.1 and by HTTP/2", async () => {
  using folder = new TempFolder();
  const certificate = await makeCertificate(folder, "first");
  await using tracker = await startTls(certificate);
  const [https] = tracker.https;
  assertEquals(await curl(https, certificate, "/health", "--http1.1"), "ok 1.1 200");
  assertEquals(await curl(https, certificate, "/health", "--http2"), "ok 2 200");
  assertMatch(await curl(https, certificate, "/nothing"), / 404$/);
  assertMatch(await curl(https, certificate, "/announce", "--request", "POST"), / 405$/);
});

testWith(NEEDS, "peers over HTTP and HTTPS are in one swarm", async () => {
  using folder = new TempFolder();
  const certificate = await makeCertificate(folder, "first");
  await using tracker = await startTls(certificate);
  const hash = randomHash();
  const announced = await curl(
    tracker.https[0],
    certificate,
    `/announce?info_hash=${escaped(hash)}&port=1&left=0`,
  );
  assertMatch(announced, /^d8:completei1e.*e \S+ 200$/);
  assertEquals((await httpAnnounce(tracker.http[0], hash, { port: 2 })).peers, ["127.0.0.1:1"]);
});

testWith(NEEDS, "SIGHUP takes the certificate that is in the files then", async () => {
  using folder = new TempFolder();
  const [served, first, second] = await Promise.all(
    ["served", "first", "second"].map((name) => makeCertificate(folder, name)),
  );
  await copyTo(served, first);
  await using tracker = await startTls(served);
  const [https] = tracker.https;
  assertMatch(await curl(https, first, "/health"), /^ok /);
  assertMatch(await curl(https, second, "/health"), /certificate/);

  await copyTo(served, second);
  assertMatch(await curl(https, first, "/health"), /^ok /);
  tracker.signal("SIGHUP");
  await tracker.waitForLog(/SIGHUP: HTTPS has the new certificate/);
  assertMatch(await curl(https, second, "/health"), /^ok /);
  assertMatch(await curl(https, first, "/health"), /certificate/);
  assertEquals(await tracker.stop(), 0, tracker.log);
});

testWith(
  NEEDS,
  "SIGHUP while the state is read takes the certificate that is in the files then",
  async () => {
    using folder = new TempFolder();
    const [served, first, second] = await Promise.all(
      ["served", "first", "second"].map((name) => makeCertificate(folder, name)),
    );
    await copyTo(served, first);
    const odb = folder.file("state.odb");
    await Deno.writeFile(odb, writeLongOdb());
    await using tracker = new Tracker([...TEST_ARGS, ...tlsArgs(served), "--odb", odb], sourceProgram());
    await tracker.waitForLog(/restoring from/);
    await copyTo(served, second);
    tracker.signal("SIGHUP");
    const [, port] = await tracker.waitForLog(/ready .* https=127\.0\.0\.1:(\d+)/);
    await tracker.waitForLog(/SIGHUP: HTTPS has the new certificate/);
    assertMatch(await curl({ hostname: "127.0.0.1", port: Number(port) }, second, "/health"), /^ok /);
    assertEquals(await tracker.stop(), 0, tracker.log);
  },
);

const BROKEN: [string, (served: Certificate, other: Certificate) => Promise<void>][] = [
  ["a certificate that is none", ({ certPath }) => Deno.writeTextFile(certPath, "nonsense")],
  ["a certificate cut short", async ({ certPath }) => await Deno.truncate(certPath, 100)],
  ["another certificate's key", ({ keyPath }, other) => Deno.copyFile(other.keyPath, keyPath)],
  ["no key at all", ({ keyPath }) => Deno.remove(keyPath)],
];

for (const [what, breakIt] of BROKEN) {
  testWith(NEEDS, `SIGHUP with ${what} keeps the old one`, async () => {
    using folder = new TempFolder();
    const [served, first, second] = await Promise.all(
      ["served", "first", "second"].map((name) => makeCertificate(folder, name)),
    );
    await copyTo(served, first);
    await using tracker = await startTls(served);
    await breakIt(served, second);
    tracker.signal("SIGHUP");
    await tracker.waitForLog(/error SIGHUP: HTTPS keeps the old certificate: .*served\.crt/);
    assertMatch(await curl(tracker.https[0], first, "/health"), /^ok /);

    await copyTo(served, second);
    tracker.signal("SIGHUP");
    await tracker.waitForLog(/SIGHUP: HTTPS has the new certificate/);
    assertMatch(await curl(tracker.https[0], second, "/health"), /^ok /);
  });

  testWith(NEEDS, `a tracker with ${what} does not start`, async () => {
    using folder = new TempFolder();
    const [served, other] = await Promise.all(
      ["served", "other"].map((name) => makeCertificate(folder, name)),
    );
    await breakIt(served, other);
    const { code, log } = await runToEnd(tlsArgs(served));
    assertEquals(code, 2, log);
    assertMatch(log, /^--tls-cert \S+served\.crt and --tls-key \S+served\.key: \S.*\n$/);
  });
}
