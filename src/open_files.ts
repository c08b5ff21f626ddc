import type { Config } from "./config/mod.ts";
import { log } from "./log.ts";
import { openLibc, raiseFileLimit } from "./os/mod.ts";

/** Files that the program has open beside the connections of HTTP, about, at most. */
const OTHER_FILES = 200;

/**
 * Lets the process have as many files open as it may, and tells when those are too few for the connections. Deno's
 * backend has no bound on these that could be kept.
 */
export function provideFiles({ http, httpBackend, httpMaxConnections }: Config): void {
  const { libc } = openLibc();
  if (libc === null) return;
  const files = raiseFileLimit(libc);
  if (http.length > 0 && httpBackend !== "deno" && files < httpMaxConnections + OTHER_FILES) {
    log.warning(
      `the system allows ${files} open files, too few for --http-max-connections ${httpMaxConnections}: idle ` +
        "connections will be closed earlier",
    );
  }
}
