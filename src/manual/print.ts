import { ConfigError } from "../config/mod.ts";
import { bashCompletion } from "./bash_completion.ts";
import { type CommandHelp, programsOf } from "./command.ts";
import { fishCompletion } from "./fish_completion.ts";
import { manPage } from "./man_page.ts";
import { zshCompletion } from "./zsh_completion.ts";

/** The shells that there are completions for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
const COMPLETIONS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

const MANUAL_USAGE = "tracker manual prints the page for man(1), with all options";
const COMPLETION_USAGE = `tracker completions ${
  SHELLS.join("|")
} prints a script that completes options there`;

/** Runs what follows `tracker manual`, and returns the exit code. Throws a ConfigError for anything that is not allowed. */
export function printManual(args: readonly string[], commands: readonly CommandHelp[]): number {
  if (isHelp(args)) {
    console.log(MANUAL_USAGE);
    return 0;
  }
  if (args.length > 0) throw new ConfigError(["manual", ...args].join(" "), MANUAL_USAGE);
  console.log(manPage(commands).trimEnd());
  return 0;
}

/** The same for `tracker completions`. */
export function printCompletion(args: readonly string[], commands: readonly CommandHelp[]): number {
  if (isHelp(args)) {
    console.log(COMPLETION_USAGE);
    return 0;
  }
  const shell = SHELLS.find((name) => name === args[0]);
  if (shell === undefined || args.length > 1) {
    throw new ConfigError(["completions", ...args].join(" "), COMPLETION_USAGE);
  }
  console.log(COMPLETIONS[shell](programsOf(commands)).trimEnd());
  return 0;
}

function isHelp(args: readonly string[]): boolean {
  return args.includes("--help") || args.includes("-h");
}
