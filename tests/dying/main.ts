// The tracker with one kind of worker replaced by one that dies: `main.ts MODULE KIND ...` and the tracker's own options.
import { parseConfig } from "../../src/config/mod.ts";
import { httpStreamsWorkerUrl, httpWorkerUrl } from "../../src/http/mod.ts";
import { setupLog } from "../../src/log.ts";
import type { WorkerModules } from "../../src/supervisor.ts";
import { runTracker } from "../../src/tracker.ts";
import { udpWorkerUrl } from "../../src/udp/mod.ts";

const [module, kind, ...args] = Deno.args;
const modules: WorkerModules = {
  udp: udpWorkerUrl,
  http: httpWorkerUrl,
  httpStreams: httpStreamsWorkerUrl,
  keeper: new URL("../../src/keeper.ts", import.meta.url).href,
  saver: new URL("../../src/save_worker.ts", import.meta.url).href,
  [kind]: new URL(module, import.meta.url).href,
};
const command = parseConfig(args, Deno.env.toObject(), { cores: 1 });
if (command.kind !== "run") throw new Error(`Not a run of the tracker: ${args}`);
setupLog(command.config);
Deno.exit(await runTracker(command.config, modules));
