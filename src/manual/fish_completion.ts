import type { Option, Program } from "./command.ts";

/** What completes each kind of value; words are added behind it. */
const VALUE: Record<Option["value"], string> = {
  none: "",
  file: " -r -F",
  folder: " -x -a '(__fish_complete_directories)'",
  word: " -x -a ",
  text: " -x",
};

/** A script for fish that completes the command lines of `programs`; ends in a newline. */
export function fishCompletion(programs: readonly Program[]): string {
  const [own] = programs;
  const lines = programs.flatMap((program) => linesOf(program, own));
  return `# Completion of tracker for fish, made by: tracker completions fish\n\n${lines.join("\n")}\n`;
}

function linesOf({ name, words, options, takesFiles }: Program, own: Program): string[] {
  const isOwn = name === own.name;
  const seen = "__fish_seen_subcommand_from";
  const here = isOwn ? `not ${seen} ${own.words.join(" ")}` : `${seen} ${name}`;
  const start = `complete -c tracker -n ${quote(here)}`;
  return [
    ...takesFiles ? [] : [`${start} -f`],
    ...words.length === 0 ? [] : [`${start} -a ${quote(words.join(" "))}`],
    ...options.flatMap((option) => option.flags.map((flag) => `${start} ${describe(flag, option)}`)),
  ];
}

function describe(flag: string, { value, words, summary }: Option): string {
  const name = flag.startsWith("--") ? `-l ${flag.slice("--".length)}` : `-s ${flag.slice("-".length)}`;
  const list = value === "word" ? quote(words.join(" ")) : "";
  return `${name}${VALUE[value]}${list} -d ${quote(summary)}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
