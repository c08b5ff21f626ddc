// Published lists out of texts, for tests.
import {
  Access,
  type AccessParts,
  createBudgets,
  createPublished,
  hashSetWords,
  NETWORK_WORDS_MAX,
  Published,
  type PublishedBuffers,
  publishHashes,
  publishNetworks,
} from "../../src/access/mod.ts";
import { parseCidr } from "../../src/addresses/mod.ts";
import { TempFolder } from "../harness.ts";

/** What a thread asks by these parts; those not given refuse nobody. */
export function accessOf(parts: Partial<AccessParts>, clockMs?: () => number): Access {
  const none: AccessParts = { whitelist: null, blacklist: null, networks: null, clients: [], budget: null };
  return new Access({ ...none, ...parts }, clockMs);
}

/** A budget of so many announces in so many seconds, of which none was made yet. */
export function budgetOf(count: number, seconds: number): AccessParts["budget"] {
  return { rule: { count, seconds }, buckets: createBudgets() };
}

/** The words of an info hash, as a request has them. */
export function wordsOf(hash: Uint8Array): Uint32Array {
  return new Uint32Array(hash.slice().buffer);
}

/** A set of info hashes, published as from a file. */
export async function hashList(hashes: Uint8Array[]): Promise<PublishedBuffers> {
  const buffers = createPublished(hashSetWords(1000));
  await publish(buffers, hashes);
  return buffers;
}

/** Publishes other info hashes in the place of those that are in the set. */
export async function publish(buffers: PublishedBuffers, hashes: Uint8Array[]): Promise<void> {
  using folder = new TempFolder();
  await Deno.writeTextFile(folder.file("list"), hashes.map((hash) => `${hash.toHex()}\n`).join(""));
  await publishHashes(folder.file("list"), new Published(buffers));
}

/** A set of networks. */
export function networkList(cidrs: string[]): PublishedBuffers {
  const buffers = createPublished(NETWORK_WORDS_MAX);
  publishNetworks(cidrs.map((text) => parseCidr(text)!), new Published(buffers));
  return buffers;
}
