// The completions, in the shells that they are for.
import { assertEquals, assertMatch } from "@std/assert";
import { program } from "../clients/programs.ts";
import { runToEnd, TempFolder } from "../harness.ts";
import { Process } from "../process.ts";
import { testWith } from "../requirements.ts";

/** What is typed, of which the last word is to be completed, and all that may come of it. */
const COMPLETED: [string, string[]][] = [
  ["tracker do", ["doctor"]],
  ["tracker to", ["top"]],
  ["tracker --http-b", ["--http-backend"]],
  ["tracker --log-level w", ["warning"]],
  ["tracker --odb state.odb --no-peer", ["--no-peer-ids"]],
  ["tracker --proxy-header X-", ["X-Forwarded-For", "X-Real-IP"]],
  ["tracker doctor --js", ["--json"]],
  ["tracker doctor --http-b", ["--http-backend"]],
  ["tracker load --ra", ["--rate"]],
  ["tracker top --on", ["--once"]],
  ["tracker load --odb-s", []],
  ["tracker completions ", ["bash", "fish", "zsh"]],
  ["tracker config con", ["convert"]],
];

/** Writes the completion for a shell into a folder, and returns its path. */
async function writeCompletion(shell: string, folder: TempFolder): Promise<string> {
  const { code, log } = await runToEnd(["completions", shell]);
  assertEquals(code, 0);
  const path = folder.file(`tracker.${shell}`);
  Deno.writeTextFileSync(path, log);
  return path;
}

/** What a program prints; it must end well. */
async function outputOf(command: string, args: string[], cwd?: string): Promise<string> {
  await using process = new Process(command, args, cwd === undefined ? {} : { cwd });
  assertEquals(await process.end(), 0, process.log);
  return process.log;
}

/** Lines without what stands behind a tab, sorted. */
function words(text: string): string[] {
  return text.split("\n").map((line) => line.split("\t", 1)[0]).filter((word) => word !== "").sort();
}

/** Does what bash does: sets the words, calls the function, and takes what it leaves. */
const BASH = `
source "$1"
IFS=' ' read -ra COMP_WORDS <<<"$2"
[[ $2 != *' ' ]] || COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
compopt() { :; }
_tracker
printf '%s\\n' "\${COMPREPLY[@]}"
`;

testWith([program("bash")], "bash completes commands, options and their words", async () => {
  using folder = new TempFolder();
  const path = await writeCompletion("bash", folder);
  for (const [typed, expected] of COMPLETED) {
    assertEquals(words(await outputOf("bash", ["-c", BASH, "bash", path, typed])), expected, typed);
  }
});

testWith([program("fish")], "fish completes commands, options, their words and files", async () => {
  using folder = new TempFolder();
  const path = await writeCompletion("fish", folder);
  const complete = (typed: string) =>
    outputOf("fish", ["--no-config", "-c", `source ${path}; complete -C '${typed}'`], folder.path);
  for (const [typed, expected] of COMPLETED) assertEquals(words(await complete(typed)), expected, typed);
  assertEquals(words(await complete("tracker --odb ")), ["tracker.fish"]);
  assertEquals(words(await complete("tracker --interval ")), []);
});

/**
 * Types into a terminal of zsh's own, asks for a list there, and waits for a word of it. The key that asks is one that
 * means nothing to the terminal, should zsh not read keys yet.
 */
const ZSH = `
zmodload zsh/zpty
zpty -b terminal zsh -f -i
zpty -w terminal 'LISTMAX=1000; bindkey "^G" list-choices; autoload -Uz compinit; compinit -u -D; source ./tracker.zsh; PROMPT=RE""ADY'
zpty -r -m terminal text '*READY*'
zpty -w -n terminal "$1"$'\\x07'
zpty -r -m terminal text "*$2*"
print -r -- "$text"
`;

testWith([program("zsh")], "zsh completes commands, options, their words and files", async () => {
  using folder = new TempFolder();
  const path = await writeCompletion("zsh", folder);
  await outputOf("zsh", ["-n", path]);
  for (
    const [typed, expected] of [
      ["tracker ", "doctor"],
      ["tracker --", "--http-backend"],
      ["tracker --log-level ", "warning"],
      ["tracker doctor --", "--json"],
      ["tracker load --", "--rate"],
      ["tracker completions ", "fish"],
      ["tracker --odb ./", "tracker.zsh"],
    ]
  ) {
    const listed = await outputOf("zsh", ["-f", "-c", ZSH, "zsh", typed, expected], folder.path);
    assertMatch(listed, new RegExp(expected), typed);
  }
});

Deno.test("other shells and further words are refused", async () => {
  for (
    const args of [["completions"], ["completions", "tcsh"], ["completions", "bash", "zsh"], [
      "manual",
      "all",
    ]]
  ) {
    const { code, log } = await runToEnd(args);
    assertEquals(code, 2);
    assertMatch(log, /prints/);
  }
  for (const command of ["completions", "manual"]) {
    assertEquals((await runToEnd([command, "--help"])).code, 0);
  }
});
