/** The settings of the tracker: what they are, how they are read, and how they are described. @module */
export { type Endpoint, formatEndpoint, parseEndpoint } from "./address.ts";
export { type CommandLine, type Config, type LogLevel, parseConfig, valueOf, valuesOf } from "./config.ts";
export { ConfigError } from "./error.ts";
export { helpText, optionLines } from "./help.ts";
export { count, duration, file, number, type SaveRule, type Setting, share, toggle } from "./setting.ts";
export { type GivenSettings, readArguments } from "./sources.ts";
export { VERSION } from "./version.ts";
