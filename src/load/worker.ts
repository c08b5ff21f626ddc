/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * A load worker: one thread that sends requests and takes answers. See worker_messages.ts for what it is told.
 *
 * @module
 */

import { openLibc } from "../os/mod.ts";
import { Loader } from "./loader.ts";
import type { LoadCommand, LoadReport, LoadStartMessage } from "./worker_messages.ts";

let loader: Loader;

self.onmessage = ({ data: command }: MessageEvent<LoadCommand>) => {
  try {
    obey(command);
  } catch (error) {
    report({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};

function obey(command: LoadCommand): void {
  switch (command.kind) {
    case "start":
      start(command);
      break;
    case "fill":
      report({ kind: "done", tally: loader.fill() });
      break;
    case "load":
      report({ kind: "done", tally: loader.load(command.seconds) });
      break;
    case "stop":
      loader.close();
      report({ kind: "stopped" });
      self.close();
  }
}

function start(message: LoadStartMessage): void {
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot load: ${reason}`);
  loader = new Loader(libc, message);
  loader.connect();
  report({ kind: "ready" });
}

function report(message: LoadReport): void {
  self.postMessage(message);
}
