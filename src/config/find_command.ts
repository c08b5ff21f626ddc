/** The words of the command line that are no options. @module */

import { ConfigError } from "./error.ts";
import { suggestion } from "./suggestion.ts";

/**
 * The one of `commands` that is called `word`; `before` is what stands between that and the program's name, as `odb `. Throws
 * a ConfigError when there is none, which names the nearest one if it is near.
 */
export function findCommand<Command extends { readonly name: string }>(
  word: string,
  commands: readonly Command[],
  before = "",
): Command {
  const command = commands.find(({ name }) => name === word);
  if (command !== undefined) return command;
  const hint = suggestion(word, commands.map(({ name }) => name))?.concat(" ") ?? "";
  throw new ConfigError(before + word, `unknown command; ${hint}tracker ${before}--help lists them`);
}
