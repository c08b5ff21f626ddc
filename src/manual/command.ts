/** What pages and completions have to know of a command line. @module */

import { ACTIONS, type Setting, settingsByGroup } from "../config/mod.ts";

/** A word that may follow the program's name, and what may follow that. */
export interface CommandHelp {
  readonly name: string;
  /** What may follow, as `[URL]`; empty for nothing. */
  readonly usage: string;
  /** What it does: a sentence without its full stop. */
  readonly help: string;
  /** The words of which one follows first; none where that is free. */
  readonly words: readonly string[];
  /** The options that may follow. */
  readonly settings: readonly Setting<unknown>[];
}

/** An option as it is typed. */
export interface Option {
  /** Its spellings, with their dashes. */
  readonly flags: readonly string[];
  /** What stands for the value that follows; empty for none. */
  readonly metavar: string;
  /** What that value is. */
  readonly value: "none" | "file" | "folder" | "word" | "text";
  /** The words of which it is one; none where it is free. */
  readonly words: readonly string[];
  readonly repeatable: boolean;
  /** What it does, in short. */
  readonly summary: string;
}

/** A command line to complete: of the program itself, or behind one of the words that may follow its name. */
export interface Program {
  /** That word; empty for the program itself. */
  readonly name: string;
  /** The words that may come first. */
  readonly words: readonly string[];
  readonly options: readonly Option[];
  /** Files may follow. */
  readonly takesFiles: boolean;
}

/** All command lines that there are, the program's own first. */
export function programsOf(commands: readonly CommandHelp[]): Program[] {
  const all = [...settingsByGroup().values()].flat();
  return [
    { name: "", words: commands.map(({ name }) => name), options: optionsOf(all), takesFiles: false },
    ...commands.map(({ name, usage, words, settings }) => ({
      name,
      words,
      options: settings.length === 0 ? [] : optionsOf(settings),
      takesFiles: usage.includes("FILE"),
    })),
  ];
}

function optionsOf(settings: readonly Setting<unknown>[]): Option[] {
  return [
    ...settings.map((setting): Option => ({
      flags: flagsOf(setting),
      metavar: setting.metavar,
      value: valueOf(setting),
      words: setting.words,
      repeatable: setting.repeatable,
      summary: summarize(setting.help),
    })),
    ...ACTIONS.map(({ letters, name, help }): Option => ({
      flags: [...letters.map((letter) => `-${letter}`), `--${name}`],
      metavar: "",
      value: "none",
      words: [],
      repeatable: false,
      summary: summarize(help),
    })),
  ];
}

/** As the help has them: a switch that is on by default is there to be turned off. */
function flagsOf({ name, form, default: byDefault }: Setting<unknown>): string[] {
  return form === "switch" && byDefault === "true" ? [`--${name}`, `--no-${name}`] : [`--${name}`];
}

function valueOf({ form, metavar, words }: Setting<unknown>): Option["value"] {
  if (form === "switch") return "none";
  if (words.length > 0) return "word";
  return metavar === "FILE" ? "file" : metavar === "DIR" ? "folder" : "text";
}

/** The first sentence of a text, or what stands there before a colon or semicolon, without its end. */
function summarize(text: string): string {
  return text.split(/[.:;](?:\s|$)/, 1)[0];
}
