/** The text of `--help`, made from the table of settings. @module */

import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";
import { environmentName } from "./sources.ts";
import { VERSION } from "./version.ts";

const WIDTH = 100;
/** Where descriptions begin: right of the longest flag. */
const INDENT = 30;

/** What `tracker --help` prints, ending in a newline; no line is longer than 100 columns. */
export function helpText(): string {
  const settings: Setting<unknown>[] = Object.values(SETTINGS);
  const groups = Map.groupBy(settings, ({ group }) => group);
  const options = [...groups].flatMap(([group, members]) => {
    return ["", `${group}:`, ...members.flatMap(optionLines)];
  });
  return [
    `tracker ${VERSION}: a BitTorrent tracker for UDP and HTTP`,
    "",
    "Usage: tracker [OPTIONS]",
    "       tracker load [OPTIONS] udp://ADDR:PORT    the load tester, see tracker load --help",
    "       tracker odb COMMAND ...                   tools for state files, see tracker odb --help",
    ...options,
    ...entry("-h, --help", "Print this text and exit."),
    ...entry("-V, --version", "Print the version and exit."),
    "",
    "Seconds may be written with a unit, 90s, 15m or 2h; counts with k or M for thousands and millions.",
    "",
    "Every setting can also come from an environment variable, over which the option wins:",
    ...[
      ["--odb state.odb", `${environmentName(SETTINGS.odb)}=state.odb`],
      ["--odb-save 900:1 --odb-save 60:1000", `${environmentName(SETTINGS.odbSave)}=900:1,60:1000`],
      ["--no-peer-ids", `${environmentName(SETTINGS.peerIds)}=false`],
    ].map(([option, variable]) => `  ${option.padEnd(36)}${variable}`),
    "",
    "Exit codes:",
    "  0  stopped in order",
    "  1  failure while running",
    "  2  wrong usage or configuration",
    "  3  the file of --odb is not an ODB",
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
  return entry(flag(setting), description(setting));
}

function flag({ name, letter, metavar, default: byDefault }: Setting<unknown>): string {
  const short = letter === "" ? "" : `-${letter}, `;
  if (metavar !== "") return `${short}--${name} ${metavar}`;
  return byDefault === "true" ? `--${name}, --no-${name}` : `--${name}`;
}

function description(setting: Setting<unknown>): string {
  const byDefault = setting.defaultNote || setting.default?.replaceAll(",", ", ");
  // That a switch is off until it is given goes without saying.
  const isOff = setting.metavar === "" && setting.default === "false";
  const facts = [
    setting.repeatable ? "repeatable" : "",
    setting.range,
    byDefault && !isOff ? `default ${byDefault}` : "",
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? setting.help : `${setting.help} [${facts.join("; ")}]`;
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
