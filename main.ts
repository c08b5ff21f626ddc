/** The command line of the tracker. @module */

import { ConfigError, helpText, parseConfig, VERSION } from "./src/config/mod.ts";
import { runLoad } from "./src/load/mod.ts";
import { log, setupLog } from "./src/log.ts";
import { OdbError } from "./src/odb/mod.ts";
import { runOdb } from "./src/odb_tools/mod.ts";
import { runTracker } from "./src/tracker.ts";

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
const EXIT_NOT_ODB = 3;

async function main(): Promise<number> {
  if (Deno.args[0] === "load") return await runLoad(Deno.args.slice(1));
  if (Deno.args[0] === "odb") return runOdb(Deno.args.slice(1));
  const environment = Deno.env.toObject();
  const command = parseConfig(Deno.args, environment, { cores: navigator.hardwareConcurrency });
  if (command.kind === "help") {
    console.log(helpText().trimEnd());
    return 0;
  }
  if (command.kind === "version") {
    console.log(`tracker ${VERSION}`);
    return 0;
  }
  setupLog(command.config.logLevel);
  return await runTracker(command.config);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError) {
    console.error(error.message);
    return EXIT_USAGE;
  }
  log.error(error instanceof Error ? error.message : String(error));
  return error instanceof OdbError ? EXIT_NOT_ODB : EXIT_FAILURE;
}

if (import.meta.main) Deno.exit(await main().catch(exitCodeOf));
