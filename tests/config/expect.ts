import { assertEquals, assertThrows } from "@std/assert";
import { type Config, ConfigError, parseConfig } from "../../src/config/mod.ts";

/** The configuration that `args` and `environment` give on a machine with `cores` cores. */
export function configOf(args: string[], environment: Record<string, string> = {}, cores = 4): Config {
  return runOf(args, environment, cores).config;
}

/** What is said about `args`. */
export function warningsOf(args: string[]): string[] {
  return runOf(args, {}, 4).warnings;
}

function runOf(
  args: string[],
  environment: Record<string, string>,
  cores: number,
): { config: Config; warnings: string[] } {
  const commandLine = parseConfig(args, environment, { cores });
  if (commandLine.kind !== "run") throw new Error(`asks for ${commandLine.kind}`);
  return commandLine;
}

/** Asserts that `args` and `environment` are refused with exactly `message`. */
export function assertRefused(
  args: string[],
  message: string,
  environment: Record<string, string> = {},
): void {
  const error = assertThrows(() => parseConfig(args, environment, { cores: 4 }), ConfigError);
  assertEquals(error.message, message);
}
