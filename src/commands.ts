/** What the program does besides serving: the words that may follow its name. @module */

import { runConfig } from "./config_command.ts";
import { DOCTOR_SETTINGS, runDoctor } from "./doctor_command.ts";
import { runHealth } from "./health.ts";
import { LOAD_SETTINGS, runLoad } from "./load/mod.ts";
import { ODB_COMMANDS, ODB_SETTINGS, runOdb } from "./odb_tools/mod.ts";
import { type CommandHelp, printCompletion, printManual, SHELLS } from "./manual/mod.ts";
import { runTop, TOP_SETTINGS } from "./terminal/mod.ts";

/** One of those words. */
export interface Command extends CommandHelp {
  /** Does it, with the arguments behind the word, and returns the exit code. Throws a ConfigError for wrong ones. */
  run(args: string[]): number | Promise<number>;
}

/** All of them, in the order in which they are described. */
export const COMMANDS: readonly Command[] = [
  {
    name: "doctor",
    usage: "[--json] [OPTIONS]",
    help: "check whether this machine suits the tracker, and say what to set",
    words: [],
    settings: DOCTOR_SETTINGS,
    run: (args) => runDoctor(args, Deno.env.toObject()),
  },
  {
    name: "health",
    usage: "[URL]",
    help: "ask a running tracker whether it is well",
    words: [],
    settings: [],
    run: runHealth,
  },
  {
    name: "top",
    usage: "[OPTIONS] [URL]",
    help: "show what a running tracker does, live in a terminal",
    words: [],
    settings: TOP_SETTINGS,
    run: (args) => runTop(args, Deno.env.toObject()),
  },
  {
    name: "config",
    usage: "convert FILE",
    help: "print a configuration file of opentracker as one for --config",
    words: ["convert"],
    settings: [],
    run: runConfig,
  },
  {
    name: "odb",
    usage: "COMMAND ...",
    help: "look into state files, mend, join and make them",
    words: ODB_COMMANDS,
    settings: ODB_SETTINGS,
    run: runOdb,
  },
  {
    name: "load",
    usage: "[OPTIONS] udp://ADDR:PORT",
    help: "send a tracker announces and scrapes, and measure its answers",
    words: [],
    settings: LOAD_SETTINGS,
    run: runLoad,
  },
  {
    name: "manual",
    usage: "",
    help: "print the page for man(1), with all options",
    words: [],
    settings: [],
    run: (args) => printManual(args, COMMANDS),
  },
  {
    name: "completions",
    usage: SHELLS.join("|"),
    help: "print a script that completes options in a shell",
    words: SHELLS,
    settings: [],
    run: (args) => printCompletion(args, COMMANDS),
  },
];
