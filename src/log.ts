/**
 * The log: one line an event, to standard error. Only the main thread logs; workers post what they have to say.
 *
 * @module
 */

import { configureSync, getLogger, getTextFormatter } from "@std/log";
import type { LogLevel } from "./config/mod.ts";

const logger = getLogger("tracker");

/** What the program has to say, as plain text; control characters in it are escaped, newlines too. */
export const log = {
  /** A step that matters only when looking for a fault. */
  debug: (text: string): void => logger.debug("{text}", { text }),
  /** Something an operator wants to know. */
  info: (text: string): void => logger.info("{text}", { text }),
  /** Something is wrong, and the tracker goes on. */
  warning: (text: string): void => logger.warning("{text}", { text }),
  /** Something failed. */
  error: (text: string): void => logger.error("{text}", { text }),
};

/**
 * Lets events of `level` and above be written, by `write`, which gets whole lines with their newline. Until this
 * is called nothing is. Lines are `2026-11-21T03:33:00.123Z info  text`, the time in UTC; each is written before
 * the call that logs it returns, so none is lost when the program exits.
 */
export function setupLog(level: LogLevel, write: (line: string) => void = writeToStderr): void {
  const format = getTextFormatter({
    timestamp: "rfc3339",
    level: (name) => name.padEnd("error".length),
    value: "bare",
    format: ({ timestamp, level, message }) => `${timestamp} ${level} ${message}`,
  });
  const sinks = ["lines"];
  configureSync({
    reset: true,
    sinks: { lines: (record) => write(format(record)) },
    loggers: [
      { category: "tracker", sinks, lowestLevel: level },
      { category: ["logtape", "meta"], sinks, lowestLevel: "warning" },
    ],
  });
}

function writeToStderr(line: string): void {
  let bytes = new TextEncoder().encode(line);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
}
