/** The page for man(1) and the completions of shells, made from the table of settings. @module */
export type { CommandHelp } from "./command.ts";
export { printCompletion, printManual, SHELLS } from "./print.ts";
