/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// Searches a set on and on until it is told to stop, as a worker that never reads a message does. For tests.
import { HashSet } from "../../src/access/hash_set.ts";
import { NetworkSet } from "../../src/access/networks.ts";
import { Published } from "../../src/access/published.ts";
import { IPV4 } from "../../src/peers/mod.ts";

self.onmessage = ({ data: { kind, buffers, control, common, absent } }) => {
  const published = new Published(buffers);
  const hashes = new HashSet(buffers);
  const networks = new NetworkSet(buffers);
  const has = (words: Uint32Array) => kind === "hashes" ? hashes.has(words, 0) : networks.has(IPV4, words);
  const stop = new Int32Array(control);
  self.postMessage("ready");
  let wrong = 0;
  let versions = 0;
  let last = 0;
  while (Atomics.load(stop, 0) === 0) {
    if (!has(common) || has(absent)) wrong++;
    if (published.version !== last) versions++;
    last = published.version;
  }
  self.postMessage({ versions, wrong });
  self.close();
};
