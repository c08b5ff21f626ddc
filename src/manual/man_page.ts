/** The page for man(1), in the man macros of roff. @module */

import {
  ACTIONS,
  EXIT_CODES,
  flag,
  OPENTRACKER_FLAGS,
  optionDescription,
  settingsByGroup,
  VERSION,
} from "../config/mod.ts";
import type { CommandHelp } from "./command.ts";

/** The longest lines that roff's checkers find good. */
const WIDTH = 80;
const DESCRIPTION =
  "tracker is a BitTorrent tracker: it answers announces and scrapes over UDP and HTTP, over IPv4 and IPv6, from " +
  "one table of peers in memory, and keeps that table over a restart in the ODB format of opentracker.";
const SOURCES =
  "Every option can also come from an environment variable, as TRACKER_ODB_SAVE for --odb-save, and from a line of the " +
  'file of --config, as odb-save = ["900:1"]. An option wins over its variable, and both win over the file. Seconds may ' +
  "have a unit: 90s, 15m or 2h; counts k or M for thousands and millions.";
const SIGNALS: [string, string][] = [
  ["SIGTERM, SIGINT", "Save and stop; a second one some time later stops at once."],
  ["SIGHUP", "Read the certificate and the lists of torrents and addresses anew."],
  ["SIGUSR2", "Save now."],
];
/** The page, with the options of the settings and with `commands`; ends in a newline. */
export function manPage(commands: readonly CommandHelp[]): string {
  const lines = [
    `.TH TRACKER 1 "" "tracker ${VERSION}" "User commands"`,
    ".SH NAME",
    "tracker \\- BitTorrent tracker for UDP and HTTP",
    ".SH SYNOPSIS",
    ...synopsis("", "[OPTIONS]"),
    ...commands.flatMap(({ name, usage }) => [".br", ...synopsis(name, usage)]),
    ".SH DESCRIPTION",
    ...paragraph(DESCRIPTION),
    ".PP",
    ...paragraph(SOURCES),
    ".SH COMMANDS",
    ...commands.flatMap(({ name, usage, help }) => item(`${name} ${usage}`.trimEnd(), `${help}.`)),
    ".SH OPTIONS",
    ...[...settingsByGroup()].flatMap(([group, settings]) => [
      `.SS ${escape(group)}`,
      ...settings.flatMap((setting) => item(flag(setting), optionDescription(setting))),
    ]),
    ".SS Other",
    ...ACTIONS.flatMap(({ letters, name, help }) =>
      item([...letters.map((letter) => `-${letter}`), `--${name}`].join(", "), help)
    ),
    ".SS Options of opentracker, which count in their order",
    ...OPENTRACKER_FLAGS.flatMap(({ letter, metavar, help }) => item(`-${letter} ${metavar}`, help)),
    ".SH SIGNALS",
    ...SIGNALS.flatMap(([signal, effect]) => item(signal, effect)),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(({ code, meaning }) => item(String(code), `${meaning}.`)),
  ];
  return lines.join("\n") + "\n";
}

function synopsis(name: string, usage: string): string[] {
  const words = ["tracker", name].filter((word) => word !== "").map(escape).join(" ");
  return [`.B ${words}`, ...usage === "" ? [] : [escape(usage)]];
}

/** A term and what it means. */
function item(term: string, text: string): string[] {
  return [".TP", `.B ${escape(term)}`, ...paragraph(text)];
}

/** Text on lines of at most WIDTH bytes. */
function paragraph(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && escape(`${line} ${word}`).length > WIDTH) {
      lines.push(escape(line));
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, escape(line)];
}

/** Text as roff takes it: a hyphen would be printed as a dash that cannot be typed, and a line may begin a request. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}
