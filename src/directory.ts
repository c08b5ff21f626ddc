/** Where relative paths begin. @module */

import { ConfigError } from "./config/mod.ts";

/** Makes `path` the folder that this process works in, unless it is null. Throws a ConfigError when it cannot be. */
export function enterDirectory(path: string | null): void {
  if (path === null) return;
  try {
    Deno.chdir(path);
  } catch (error) {
    throw new ConfigError(`--directory ${path}`, error instanceof Error ? error.message : String(error));
  }
}
