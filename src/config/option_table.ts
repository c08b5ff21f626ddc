/** The reference table of all options, as Markdown. @module */

import { ACTIONS, defaultText, flag } from "./help.ts";
import { OPENTRACKER_FLAGS } from "./opentracker_flags.ts";
import type { Setting } from "./setting.ts";
import { settingsByGroup } from "./settings.ts";

/** One table with a heading row for each group of settings; its lines end in newlines and are as narrow as they can be. */
export function optionTable(): string {
  const rows = [
    ["option", "default", "what it sets"],
    ["---", "---", "---"],
    ...[...settingsByGroup()].flatMap((
      [group, settings],
    ) => [[`**${group}**`, "", ""], ...settings.map(rowOf)]),
    ...ACTIONS.map(({ letters, name, help }) => [
      [...letters.map((letter) => `-${letter}`), `--${name}`].map(code).join(", "),
      "",
      help,
    ]),
    ["**Options of opentracker**", "", ""],
    ...OPENTRACKER_FLAGS.map(({ letter, metavar, help }) => [code(`-${letter} ${metavar}`), "", help]),
  ];
  return rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`).join(
    "",
  );
}

function rowOf(setting: Setting<unknown>): string[] {
  const { help, range, repeatable } = setting;
  const facts = [range, repeatable ? "repeatable" : ""].filter((fact) => fact !== "").join("; ");
  const what = facts === "" ? help : `${help} (${facts})`;
  return [flag(setting).split(", ").map(code).join(", "), defaultText(setting), what];
}

function code(text: string): string {
  return `\`${text}\``;
}
