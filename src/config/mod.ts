/** The settings of the tracker: what they are, how they are read, and how they are described. @module */
export { type Endpoint, formatEndpoint } from "./address.ts";
export { type CommandLine, type Config, type LogLevel, parseConfig } from "./config.ts";
export { ConfigError } from "./error.ts";
export { helpText } from "./help.ts";
export type { SaveRule } from "./setting.ts";
export { VERSION } from "./version.ts";
