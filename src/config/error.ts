/** What is wrong with the command line, the environment or a file of settings. @module */

/**
 * A setting that cannot be accepted. The message is one line that names the setting as the operator gave it,
 * the value, and what is allowed. The program then ends with exit code 2.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  /** `source` is the setting and value as the operator wrote them, `problem` what is wrong or what is allowed. */
  constructor(source: string, problem: string) {
    super(`${oneLine(source)}: ${problem}`);
  }
}

/** `text` with control characters written as `\u000a`, so that it stays on one line and cannot steer a terminal. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"));
}
