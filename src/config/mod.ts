/** The settings of the tracker: what they are, how they are read, and how they are described. @module */
export { type Endpoint, formatEndpoint, parseEndpoint } from "./address.ts";
export { type Cidr, maskOf, parseCidr } from "./cidr.ts";
export { type CommandLine, type Config, type LogLevel, parseConfig } from "./config.ts";
export { ConfigError } from "./error.ts";
export { helpText, optionLines } from "./help.ts";
export type { TlsFiles } from "./http_config.ts";
export {
  formatHttpEndpoint,
  type HttpEndpoint,
  type ProxyHeader,
  type TcpHttpEndpoint,
  type UnixHttpEndpoint,
} from "./http_endpoint.ts";
export { count, duration, file, number, type SaveRule, type Setting, share, toggle } from "./setting.ts";
export { type GivenSettings, readArguments } from "./sources.ts";
export { valueOf, valuesOf } from "./values.ts";
export { VERSION } from "./version.ts";
