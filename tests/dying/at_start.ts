/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A worker that never gets ready.

self.onmessage = () => {
  throw new Error("dead at the start");
};
