/** The command line of the tracker. @module */

import { checkConfig } from "./src/check_config.ts";
import { COMMANDS } from "./src/commands.ts";
import { ConfigError, findCommand, helpText, parseConfig, VERSION } from "./src/config/mod.ts";
import { log, setupLog } from "./src/log.ts";
import { OdbError } from "./src/odb/mod.ts";
import { runTracker } from "./src/tracker.ts";

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
const EXIT_NOT_ODB = 3;

async function main(): Promise<number> {
  const [word, ...rest] = Deno.args;
  if (word !== undefined && !word.startsWith("-")) return await findCommand(word, COMMANDS).run(rest);
  const environment = Deno.env.toObject();
  const command = parseConfig(Deno.args, environment, { cores: navigator.hardwareConcurrency });
  switch (command.kind) {
    case "help":
      console.log(helpText(COMMANDS).trimEnd());
      return 0;
    case "version":
      console.log(`tracker ${VERSION}`);
      return 0;
    case "print":
      console.log(command.text.trimEnd());
      return 0;
    case "check":
      return await checkConfig(command.config, command.warnings) ? 0 : EXIT_USAGE;
    case "run":
      setupLog(command.config);
      for (const warning of command.warnings) log.warning(warning);
      return await runTracker(command.config);
  }
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
