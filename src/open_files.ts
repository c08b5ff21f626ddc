import type { Config } from "./config/mod.ts";
import { connectionsWithin } from "./http/mod.ts";
import { log } from "./log.ts";
import { openLibc, raiseFileLimit } from "./os/mod.ts";

/**
 * Lets the process have as many files open as it may. Returns how many connections of HTTP may be open at the same time:
 * those of `config` or, with a warning, as many as leave files for everything else, or a flood of connections would keep
 * the state from being saved.
 */
export function provideFiles({ http, httpBackend, httpMaxConnections }: Config): number {
  const { libc } = openLibc();
  if (libc === null) return httpMaxConnections;
  const files = raiseFileLimit(libc);
  const connections = connectionsWithin(files);
  if (connections >= httpMaxConnections) return httpMaxConnections;
  if (http.length > 0 && httpBackend !== "deno") {
    log.warning(
      `the system allows ${files} open files, too few for --http-max-connections ${httpMaxConnections}: ` +
        `it is ${connections}`,
    );
  }
  return connections;
}
