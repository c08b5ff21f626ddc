import type { Option, Program } from "./command.ts";

/** A script for zsh that completes the command lines of `programs`; ends in a newline. */
export function zshCompletion(programs: readonly Program[]): string {
  const [own, ...others] = programs;
  return `#compdef tracker
# Completion of tracker for zsh, made by: tracker completions zsh

_tracker() {
  local command=
  ((CURRENT > 2)) && command=$words[2]
  case $command in
${others.map(otherBranch).join("")}    *)
      _arguments ${lines(own)}
      ;;
  esac
}

if [[ $funcstack[1] == _tracker ]]; then _tracker "$@"; else compdef _tracker tracker; fi
`;
}

function otherBranch(program: Program): string {
  return `    ${program.name})
      shift words
      ((CURRENT--))
      _arguments ${lines(program)}
      ;;
`;
}

/** The arguments of _arguments, one a line. */
function lines({ words, options, takesFiles }: Program): string {
  const first = words.length === 0 ? [] : [`1: :(${words.join(" ")})`];
  const specs = [...first, ...options.flatMap(specsOf), ...takesFiles ? ["*: :_files"] : []];
  return specs.map((spec) => `\\\n        '${spec.replaceAll("'", "'\\''")}'`).join(" ");
}

function specsOf({ flags, metavar, value, words, repeatable, summary }: Option): string[] {
  const completion = value === "none" ? "" : `:${metavar.replaceAll(":", "\\:")}:${action(value, words)}`;
  return flags.map((flag) =>
    `${repeatable ? "*" : ""}${flag}[${summary.replace(/[[\]\\]/g, "\\$&")}]${completion}`
  );
}

function action(value: Option["value"], words: readonly string[]): string {
  switch (value) {
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "word":
      return `(${words.join(" ")})`;
    default:
      return " ";
  }
}
