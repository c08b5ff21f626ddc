/** How a log event is written as a line. @module */

import { getTextFormatter, type LogLevel, type LogRecord } from "@std/log";

/** Control characters that JSON leaves as they are, and terminals may not. */
const FURTHER_CONTROLS = /[\x7f-\x9f]/g;

/** The priorities of syslog(3), which the journal takes over. */
const PRIORITIES: Record<LogLevel, number> = { trace: 7, debug: 7, info: 6, warning: 4, error: 3, fatal: 2 };

/** Lines `2026-11-21T03:33:00.123Z info  text`, the time in UTC, or without it. */
export function formatText(withTime: boolean): (record: LogRecord) => string {
  return getTextFormatter({
    timestamp: "rfc3339",
    level: (name) => name.padEnd("error".length),
    value: "bare",
    format: ({ timestamp, level, message }) => `${withTime ? `${timestamp} ` : ""}${level} ${message}`,
  });
}

/** A line `{"time":"2026-11-21T03:33:00.123Z","level":"info","message":"text"}`. */
export function formatJson({ timestamp, level, message }: LogRecord): string {
  const time = new Date(timestamp).toISOString();
  const line = JSON.stringify({ time, level, message: message.join("") });
  return `${line.replace(FURTHER_CONTROLS, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)}\n`;
}

/** The line as the journal takes it, with its priority in front (sd-daemon(3)). */
export function withPriority({ level }: LogRecord, line: string): string {
  return `<${PRIORITIES[level]}>${line}`;
}
