/**
 * The log: one line an event, to standard error. Only the main thread logs; workers post what they have to say.
 *
 * @module
 */

import { configureSync, getLogger, type LogRecord } from "@std/log";
import type { ProgramConfig } from "./config/mod.ts";
import { formatJson, formatText, withPriority } from "./log_format.ts";
import { RepeatLimit } from "./log_repeats.ts";
import { isJournal, openLibc } from "./os/mod.ts";

const logger = getLogger("tracker");

/** What is told once in a while is in this time; how often it was not, is told in one line at its end. */
const REPEAT_MS = 10_000;

let showsAddresses = false;

/** What the program has to say, as plain text; control characters in it are escaped, newlines too. */
export const log = {
  /** A step that matters only when looking for a fault. */
  debug: (text: string): void => logger.debug("{text}", { text }),
  /** Something an operator wants to know. */
  info: (text: string): void => logger.info("{text}", { text }),
  /**
   * Something a client did, at level info: `did` goes on from "a client". Its address is told only if the operator wants
   * that, and the same text once in a while.
   */
  client: (address: string, did: string): void => {
    const text = showsAddresses ? `the client ${address} ${did}` : `a client ${did}`;
    logger.info("{text}", { text, isLimited: true });
  },
  /** Something is wrong, and the tracker goes on. The same text is told once in a while. */
  warning: (text: string): void => logger.warning("{text}", { text, isLimited: true }),
  /** Something failed. */
  error: (text: string): void => logger.error("{text}", { text }),
};

/** What is to be written, and how: as text, and without the addresses of clients, unless it says otherwise. */
export type LogOptions =
  & Pick<ProgramConfig, "logLevel">
  & Partial<Pick<ProgramConfig, "logFormat" | "logAddresses">>;

/**
 * Lets events of a level and above be written, by `write`, which gets whole lines with their newline. Until this is
 * called nothing is. Each is written before the call that logs it returns, so none is lost when the program exits. Where
 * standard error is the journal of systemd, lines begin with their priority and texts have no time.
 */
export function setupLog(options: LogOptions, write: (line: string) => void = writeToStderr): void {
  showsAddresses = options.logAddresses === true;
  const isJournaled = isStderrJournal();
  const format = options.logFormat === "json" ? formatJson : formatText(!isJournaled);
  const put = (record: LogRecord) =>
    write(isJournaled ? withPriority(record, format(record)) : format(record));
  const sinks = ["lines"];
  configureSync({
    reset: true,
    sinks: { lines: limitRepeats(put) },
    loggers: [
      { category: "tracker", sinks, lowestLevel: options.logLevel },
      { category: ["logtape", "meta"], sinks, lowestLevel: "warning" },
    ],
  });
}

/** What `put` is to write: each record, but repeats of those that are limited once in REPEAT_MS, with their count. */
function limitRepeats(put: (record: LogRecord) => void): (record: LogRecord) => void {
  const repeats = new RepeatLimit<LogRecord>(REPEAT_MS);
  let timer: ReturnType<typeof setTimeout> | null = null;
  const tellOmitted = (nowMs: number) => {
    for (const { item, omitted } of repeats.collect(nowMs)) {
      const text = `${item.message.join("")} (and ${omitted} more of these)`;
      put({ ...item, message: ["", text, ""], timestamp: Date.now() });
    }
  };
  const onTimer = () => {
    tellOmitted(performance.now());
    timer = null;
    if (!repeats.isEmpty) startTimer();
  };
  const startTimer = () => {
    Deno.unrefTimer(timer = setTimeout(onTimer, REPEAT_MS));
  };
  globalThis.addEventListener("unload", () => tellOmitted(Infinity), { once: true });
  return (record) => {
    if (record.properties.isLimited !== true) return put(record);
    if (repeats.admit(record.message.join(""), record, performance.now())) put(record);
    if (timer === null) startTimer();
  };
}

function isStderrJournal(): boolean {
  const { libc } = openLibc();
  return libc !== null && isJournal(libc, Deno.env.get("JOURNAL_STREAM"));
}

function writeToStderr(line: string): void {
  let bytes = new TextEncoder().encode(line);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
}
