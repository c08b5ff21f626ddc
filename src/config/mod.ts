/** The settings of the tracker: what they are, how they are read, and how they are described. @module */
export type { AccessConfig } from "./access_config.ts";
export { type CommandLine, parseConfig } from "./command_line.ts";
export type { Config } from "./config.ts";
export { configAdvice } from "./advice.ts";
export { ConfigError } from "./error.ts";
export { findCommand } from "./find_command.ts";
export {
  ACTIONS,
  type CommandLineHelp,
  EXIT_CODES,
  flag,
  helpText,
  optionDescription,
  optionLines,
} from "./help.ts";
export type { TlsFiles } from "./http_config.ts";
export type { LogLevel, ProgramConfig } from "./program_config.ts";
export {
  type AnnounceBudgetRule,
  count,
  duration,
  file,
  number,
  type SaveRule,
  type Setting,
  share,
  toggle,
} from "./setting.ts";
export { environmentName, type GivenSettings, readArguments } from "./sources.ts";
export { OPENTRACKER_FLAGS, type OpentrackerFlag } from "./opentracker_flags.ts";
export { optionTable } from "./option_table.ts";
export { convertOpentrackerFile } from "./print_config.ts";
export { settingsByGroup } from "./settings.ts";
export type { StatsConfig } from "./stats_config.ts";
export { valueOf, valuesOf } from "./values.ts";
export { VERSION } from "./version.ts";
