/** The text of `--help`, made from the table of settings. @module */

import { OPENTRACKER_FLAGS } from "./opentracker_flags.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS, settingsByGroup } from "./settings.ts";
import { environmentName } from "./sources.ts";
import { VERSION } from "./version.ts";

const WIDTH = 100;
/** Where descriptions begin: right of the longest flag. */
const INDENT = 30;

/** The options that are no settings: what they are called, and what they do. */
export const ACTIONS = [
  { letters: ["h"], name: "help", help: "Print this text and exit." },
  { letters: ["V", "v"], name: "version", help: "Print the version and exit." },
] as const;

/** What the program ends with. */
export const EXIT_CODES = [
  { code: 0, meaning: "stopped in order" },
  { code: 1, meaning: "failure while running" },
  { code: 2, meaning: "wrong usage or configuration" },
  { code: 3, meaning: "the file of --odb is not an ODB" },
] as const;

/** A word that may follow the program's name: what may follow that, and what it does. */
export interface CommandLineHelp {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
}

/** What `tracker --help` prints, ending in a newline; no line is longer than 100 columns. */
export function helpText(commands: readonly CommandLineHelp[]): string {
  const options = [...settingsByGroup()].flatMap(([group, members]) => {
    return ["", `${group}:`, ...members.flatMap(optionLines)];
  });
  return [
    `tracker ${VERSION}: a BitTorrent tracker for UDP and HTTP`,
    "",
    "Usage: tracker [OPTIONS]",
    ...commands.map(({ name, usage }) => `       tracker ${name} ${usage}`.trimEnd()),
    "",
    "Commands, each of which has a --help:",
    ...commands.flatMap(({ name, help }) => entry(name, help)),
    ...options,
    ...ACTIONS.flatMap(({ letters, name, help }) =>
      entry(`${letters.map((letter) => `-${letter}, `).join("")}--${name}`, help)
    ),
    "",
    "Options of opentracker, which count in their order:",
    ...OPENTRACKER_FLAGS.flatMap(({ letter, metavar, help }) => entry(`-${letter} ${metavar}`, help)),
    "",
    "Seconds may be written with a unit, 90s, 15m or 2h; counts with k or M for thousands and millions.",
    "",
    "Every setting can also come from an environment variable, over which the option wins, and from the",
    "file of --config, over which both win:",
    ...[
      ["--odb state.odb", `${environmentName(SETTINGS.odb)}=state.odb`, 'odb = "state.odb"'],
      ["--interval 30m", `${environmentName(SETTINGS.interval)}=30m`, 'interval = "30m"'],
      [
        "--odb-save 900:1 --odb-save 60:9k",
        `${environmentName(SETTINGS.odbSave)}=900:1,60:9k`,
        'odb-save = ["900:1", "60:9k"]',
      ],
      ["--no-peer-ids", `${environmentName(SETTINGS.peerIds)}=false`, "peer-ids = false"],
    ].map(([option, variable, line]) => `  ${option.padEnd(34)}${variable.padEnd(32)}${line}`),
    "",
    "Exit codes:",
    ...EXIT_CODES.map(({ code, meaning }) => `  ${code}  ${meaning}`),
    "",
    "Examples:",
    "  tracker --odb state.odb",
    "  tracker --udp 0.0.0.0:6969 --http 127.0.0.1:8080 --odb /var/lib/tracker/state.odb --interval 30m",
    "  tracker --listen 0.0.0.0:6969 --https 0.0.0.0:443 --tls-cert fullchain.pem --tls-key privkey.pem",
    "  tracker --udp 0.0.0.0:6969 --http unix:/run/tracker/http.sock --proxy-header X-Forwarded-For",
    "",
  ].join("\n");
}

/** The lines of the help that describe one setting. */
export function optionLines(setting: Setting<unknown>): string[] {
  return entry(flag(setting), optionDescription(setting));
}

/** A setting as it stands on the command line: `--odb FILE`, `--peer-ids, --no-peer-ids`. */
export function flag({ name, letter, metavar, default: byDefault }: Setting<unknown>): string {
  const short = letter === "" ? "" : `-${letter}, `;
  if (metavar !== "") return `${short}--${name} ${metavar}`;
  return byDefault === "true" ? `--${name}, --no-${name}` : `--${name}`;
}

/** What a setting does, and behind that whether it is repeatable, what it may be, and its default. */
export function optionDescription(setting: Setting<unknown>): string {
  const byDefault = defaultText(setting);
  const facts = [
    setting.repeatable ? "repeatable" : "",
    setting.range,
    byDefault === "" ? "" : `default ${byDefault}`,
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? setting.help : `${setting.help} [${facts.join("; ")}]`;
}

/** The default in words; empty where there is none. That a switch is off until it is given goes without saying. */
export function defaultText(setting: Setting<unknown>): string {
  if (setting.defaultNote !== "") return setting.defaultNote;
  return setting.form === "switch" ? "" : setting.default?.replaceAll(",", ", ") ?? "";
}

/** The lines of one option: the flag at the left, its description wrapped at the right, or below a long flag. */
function entry(left: string, text: string): string[] {
  const flagLine = `  ${left}`;
  const fits = flagLine.length < INDENT;
  const lines = fits ? [] : [flagLine];
  let line = (fits ? flagLine : "").padEnd(INDENT - 1);
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = " ".repeat(INDENT - 1);
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
