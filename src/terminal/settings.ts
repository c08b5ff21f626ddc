/** Every option of `tracker top`, in the order in which its help shows them. @module */

import { duration, file, optionLines, type Setting, toggle } from "../config/mod.ts";

const GROUP = "Options";

export const SETTINGS = {
  interval: duration(
    {
      name: "interval",
      group: GROUP,
      metavar: "SECONDS",
      default: "2",
      help: "How often the tracker is asked.",
    },
    1,
    3600,
  ),
  once: toggle({ name: "once", group: GROUP, default: "false", help: "Print what there is now, and end." }),
  tokenFile: file({
    name: "token-file",
    group: GROUP,
    metavar: "FILE",
    defaultNote: "none",
    help: "The token that the tracker asks for, the first one in FILE.",
  }),
};

/** All of them, as those that parse and describe settings take them. */
export const ALL_SETTINGS: Setting<unknown>[] = Object.values(SETTINGS);

/** What `tracker top --help` prints, ending in a newline. */
export function topHelpText(): string {
  return [
    "tracker top: shows what a running tracker does, live",
    "",
    "Usage: tracker top [OPTIONS] [URL]",
    "",
    "URL is where it serves its statistics, http://127.0.0.1:6969 by default; with its --stats-path PATH,",
    "http://127.0.0.1:6969/PATH. The key q ends it. Where the output is no terminal, it is printed anew each",
    "time. There are no colours where the variable NO_COLOR is set.",
    "",
    `${GROUP}:`,
    ...ALL_SETTINGS.flatMap(optionLines),
    "",
    "Exit codes: 0 ended as asked, 1 there was no answer for --once, 2 wrong usage.",
    "",
  ].join("\n");
}
