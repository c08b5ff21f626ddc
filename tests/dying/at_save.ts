/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A saver that gets ready and dies when it is to save.

self.onmessage = ({ data: { kind } }: MessageEvent<{ kind: string }>) => {
  if (kind === "save") throw new Error("dead at the save");
  self.postMessage({ kind: kind === "stop" ? "stopped" : "ready" });
};
