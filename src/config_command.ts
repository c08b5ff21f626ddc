/** `tracker config`: what can be done with files of settings. @module */

import { ConfigError, convertOpentrackerFile } from "./config/mod.ts";

const USAGE = "tracker config convert FILE prints a configuration file of opentracker as one for --config";

/** Runs what follows `tracker config`, and returns the exit code. Throws a ConfigError for anything that is not allowed. */
export function runConfig(args: string[]): number {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(USAGE);
    return 0;
  }
  const [command, path, ...rest] = args;
  if (command !== "convert" || path === undefined || rest.length > 0) {
    throw new ConfigError(["config", ...args].join(" "), USAGE);
  }
  console.log(convertOpentrackerFile(path).trimEnd());
  return 0;
}
