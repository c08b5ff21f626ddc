/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// Searches a set on and on until it is told to stop, as a worker that never reads a message does. For hash_set_test.ts.
import { HashSet } from "../../src/access/hash_set.ts";

self.onmessage = ({ data: { buffers, control, common, absent } }) => {
  const set = new HashSet(buffers);
  const stop = new Int32Array(control);
  self.postMessage("ready");
  let wrong = 0;
  let versions = 0;
  let last = 0;
  while (Atomics.load(stop, 0) === 0) {
    if (!set.has(common, 0) || set.has(absent, 0)) wrong++;
    if (set.version !== last) versions++;
    last = set.version;
  }
  self.postMessage({ versions, wrong });
  self.close();
};
