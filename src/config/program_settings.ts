/** The settings of the program as a process: a part of the table in settings.ts. @module */

import { GROUP } from "./groups.ts";
import { choice, file, text, toggle } from "./setting.ts";

/** The longest name that useradd(8) and groupadd(8) make. */
const NAME_BYTES_MAX = 32;

/** Who the process is, and what it sees of the machine. */
export const PRIVILEGE_SETTINGS = {
  user: text(
    {
      name: "user",
      group: GROUP.privileges,
      metavar: "NAME",
      defaultNote: "whoever starts it",
      help:
        "The user, by name or number, to become once all addresses are open; only as root, and only with " +
        "the executable. The tracker does not go on as root.",
    },
    NAME_BYTES_MAX,
  ),
  group: text(
    {
      name: "group",
      group: GROUP.privileges,
      metavar: "NAME",
      defaultNote: "the user's",
      help: "The group, by name or number, to go with --user.",
    },
    NAME_BYTES_MAX,
  ),
  chroot: file({
    name: "chroot",
    group: GROUP.privileges,
    metavar: "DIR",
    defaultNote: "none",
    help:
      "Make DIR the root of all paths, those in the other settings too; only as root, and only with the " +
      "executable.",
  }),
  allowRoot: toggle({
    name: "allow-root",
    group: GROUP.privileges,
    default: "false",
    help: "Go on as root where root starts the tracker without --user; it is refused otherwise.",
  }),
};

/** What the log has, and how. */
export const LOG_SETTINGS = {
  logLevel: choice({
    name: "log-level",
    group: GROUP.program,
    metavar: "LEVEL",
    default: "info",
    help: "The least important events to log.",
  }, ["debug", "info", "warning", "error"]),
  logFormat: choice({
    name: "log-format",
    group: GROUP.program,
    metavar: "FORMAT",
    default: "text",
    help: "Lines for people, or a JSON object a line.",
  }, ["text", "json"]),
  logAddresses: toggle({
    name: "log-addresses",
    group: GROUP.program,
    default: "false",
    help: "Tell the addresses of clients in the log.",
  }),
};
