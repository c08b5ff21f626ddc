/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A worker that gets ready and gives no sign of life any more.

self.onmessage = () => self.postMessage({ kind: "ready", addresses: [] });
