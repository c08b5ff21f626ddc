// The options of HTTP answers, from the command line to the client.
import bencode from "bencode";
import { assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, startTracker } from "./harness.ts";
import { httpAnnounce, httpAnnounceRaw } from "./http_client.ts";
import { GLIBC, testWith } from "./requirements.ts";

for (const [backend, needs] of [["libc", [GLIBC]], ["deno", []]] as const) {
  const args = ["--http", "127.0.0.1:0", "--http-backend", backend];

  testWith([...needs], `announces have the operator's texts (${backend})`, async () => {
    await using tracker = await startTracker([
      ...args,
      ...["--warning-message", "Moves to https://tracker.example/", "--tracker-id", "a1"],
    ]);
    const answer = await httpAnnounceRaw(tracker.http[0], randomHash(), { port: 1 });
    const text = (key: string) => new TextDecoder().decode(answer[key] as Uint8Array);
    assertEquals(text("warning message"), "Moves to https://tracker.example/");
    assertEquals(text("tracker id"), "a1");
  });

  testWith([...needs], `a full scrape has all torrents, once in a while (${backend})`, async () => {
    await using tracker = await startTracker([...args, "--full-scrape", "--full-scrape-interval", "1h"]);
    const [http] = tracker.http;
    const hashes = Array.from({ length: 20 }, randomHash);
    for (const hash of hashes) await httpAnnounce(http, hash, { port: 1, left: 0, event: "completed" });
    const { files } = bencode.decode(await fullScrape(http)) as { files: Record<string, unknown> };
    assertEquals(Object.keys(files), hashes.map((hash) => hash.toHex()).sort());
    assertEquals(files[hashes[0].toHex()], { complete: 1, downloaded: 1, downloaders: 0, incomplete: 0 });
    assertMatch(new TextDecoder().decode(await fullScrape(http)), /^d14:failure reason.*8:retry in/);
    assertEquals(await tracker.stop(), 0, tracker.log);
  });

  testWith([...needs], `without --full-scrape there is none (${backend})`, async () => {
    await using tracker = await startTracker(args);
    assertMatch(new TextDecoder().decode(await fullScrape(tracker.http[0])), /^d14:failure reason/);
  });
}

/** The body of the answer to a scrape of everything, which may come compressed. */
async function fullScrape({ hostname, port }: Endpoint): Promise<Uint8Array> {
  const answer = await fetch(`http://${hostname}:${port}/scrape`);
  assertEquals(answer.status, 200);
  return await answer.bytes();
}
