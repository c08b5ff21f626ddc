// A thread that searches what is published on and on, for tests.
import { assertEquals } from "@std/assert";
import type { PublishedBuffers } from "../../src/access/mod.ts";
import { within } from "../within.ts";

/** What to search: `common` is in all that is published, and `absent` in nothing. */
export interface Searched {
  kind: "hashes" | "networks";
  buffers: PublishedBuffers;
  common: Uint32Array;
  absent: Uint32Array;
}

/** Lets another thread search while `publish` publishes; asserts that it never found anything wrong. */
export async function readMeanwhile(searched: Searched, publish: () => void): Promise<void> {
  const control = new SharedArrayBuffer(4);
  const worker = new Worker(new URL("./reader_worker.ts", import.meta.url), { type: "module" });
  const next = () => new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
  const ready = next();
  worker.postMessage({ ...searched, control });
  await within(20_000, ready, () => "The reader does not begin");
  const result = next();
  publish();
  Atomics.store(new Int32Array(control), 0, 1);
  const { versions, wrong } = await within(20_000, result, () => "The reader does not end") as {
    versions: number;
    wrong: number;
  };
  worker.terminate();
  assertEquals(wrong, 0);
  assertEquals(versions > 10, true, `The reader met ${versions} versions`);
}
