import type { Option, Program } from "./command.ts";

/** What completes each kind of value. */
const VALUE: Record<Option["value"], string> = {
  none: "",
  // Bash's own completion of files is what remains where nothing else is offered.
  file: ":",
  folder: "compopt -o dirnames",
  word: "",
  text: "compopt +o default",
};

/** A script for bash, 4 and up, that completes the command lines of `programs`; ends in a newline. */
export function bashCompletion(programs: readonly Program[]): string {
  const [own, ...others] = programs;
  return `# Completion of tracker for bash 4 and up, made by: tracker completions bash

_tracker_offer() {
  mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$1" -- "\${COMP_WORDS[COMP_CWORD]}")
}

_tracker() {
  local before=\${COMP_WORDS[COMP_CWORD - 1]} command=
  ((COMP_CWORD > 1)) && command=\${COMP_WORDS[1]}
  COMPREPLY=()
  case $command in
${others.map((program) => branch(program.name, program, 2)).join("")}${branch("*", own, 1)}  esac
}

complete -o default -F _tracker tracker
`;
}

function branch(pattern: string, { words, options }: Program, firstPosition: number): string {
  const byValue = Map.groupBy(
    options,
    ({ value, words }) => value === "word" ? words.join(" ") : VALUE[value],
  );
  byValue.delete("");
  const values = [...byValue].map(([action, members]) => {
    const flags = members.flatMap((option) => option.flags).join(" | ");
    return `      ${flags}) ${members[0].value === "word" ? `_tracker_offer "${action}"` : action} ;;\n`;
  });
  const first = words.length === 0
    ? ""
    : `        ((COMP_CWORD == ${firstPosition})) && _tracker_offer "${words.join(" ")}"\n`;
  const flags = options.flatMap((option) => option.flags);
  const rest = flags.length === 0 ? "" : `        _tracker_offer "${flags.join(" ")}"\n`;
  return `    ${pattern})\n      case $before in\n${
    values.join("")
  }      *)\n${first}${rest}        ;;\n      esac\n      ;;\n`;
}
