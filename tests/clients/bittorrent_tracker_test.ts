/// <reference path="./bittorrent_tracker.d.ts" />
import { assertEquals } from "@std/assert";
import { Client, type Scrape, type Update } from "bittorrent-tracker";
import { randomHash } from "../compact_peers.ts";
import { startTracker } from "../harness.ts";
import { PROCESS_MS } from "../process.ts";
import { within } from "../within.ts";

// Two ports that nobody listens on: the tracker only hands them out.
const SEEDER_PORT = 20001, LEECHER_PORT = 20002;

Deno.test("npm's bittorrent-tracker client announces and scrapes over udp://", async () => {
  await using tracker = await startTracker();
  await meetEachOther(`udp://127.0.0.1:${tracker.udp[0].port}/announce`);
});

Deno.test("npm's bittorrent-tracker client announces and scrapes over http://", async () => {
  await using tracker = await startTracker();
  await meetEachOther(`http://127.0.0.1:${tracker.http[0].port}/announce`);
});

/** One client completes, another finds it, scrapes, and no longer counts it once it has stopped. */
async function meetEachOther(announce: string): Promise<void> {
  const infoHash = randomHash().toHex();
  const seeder = new Client({ infoHash, peerId: "5".repeat(40), announce, port: SEEDER_PORT });
  const leecher = new Client({ infoHash, peerId: "7".repeat(40), announce, port: LEECHER_PORT });
  try {
    assertEquals(await counts(seeder, () => seeder.start({ left: 1 })), { complete: 0, incomplete: 1 });
    assertEquals(await counts(seeder, () => seeder.complete({ left: 0 })), { complete: 1, incomplete: 0 });

    const found = event<string>(leecher, "peer");
    assertEquals(await counts(leecher, () => leecher.start({ left: 1 })), { complete: 1, incomplete: 1 });
    assertEquals(await found, `127.0.0.1:${SEEDER_PORT}`);

    const scraped = event<Scrape>(leecher, "scrape");
    leecher.scrape();
    const { complete, incomplete, downloaded } = await scraped;
    assertEquals({ complete, incomplete, downloaded }, { complete: 1, incomplete: 1, downloaded: 1 });

    await counts(seeder, () => seeder.stop({ left: 0 }));
    assertEquals(await counts(leecher, () => leecher.start({ left: 1 })), { complete: 0, incomplete: 1 });
  } finally {
    await Promise.all(
      [seeder, leecher].map((client) => new Promise<void>((resolve) => client.destroy(() => resolve()))),
    );
  }
}

/** Lets the client send something and returns the counts in the tracker's answer. */
async function counts(client: Client, send: () => void): Promise<Update> {
  const answered = event<Update>(client, "update");
  send();
  const { complete, incomplete } = await answered;
  return { complete, incomplete };
}

/** The next event of this name; an error or a warning, which is how the client reports a refusal, fails instead. */
function event<T>(client: Client, name: "update" | "peer" | "scrape"): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  client.once(name as "update", (value) => resolve(value as T));
  client.once("error", reject);
  client.once("warning", reject);
  return within(PROCESS_MS, promise, () => `The client says nothing of "${name}"`);
}
