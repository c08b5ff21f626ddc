/**
 * Lists in files: a text a line. `#` begins a comment, behind a text too; blank lines mean nothing; lines end by LF or CRLF.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";

/** Nothing that is a line is longer; what is, is another kind of file, and is not kept in memory to find that out. */
const LINE_BYTES_MAX = 4096;
const LINE_FEED = 0x0a;

/** A list that cannot be used. The message has the file, the number of the line where it is one, and why. */
export class ListError extends Error {
  override readonly name = "ListError";

  /** `line` counts from 1; null = it is not about a line. */
  constructor(path: string, line: number | null, problem: string) {
    super(`${path}${line === null ? "" : `:${line}`}: ${problem}`);
  }
}

/**
 * Returns how many lines a file has: as many as it can have entries. Rejects with a ListError when it cannot be read or is
 * no file of lines.
 */
export async function countLines(path: string): Promise<number> {
  let lines = 0;
  let length = 0;
  for await (const chunk of await openFile(path)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      lines++;
      checkLength(path, lines, length + end - start);
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    checkLength(path, lines + 1, length);
  }
  return lines + 1;
}

/**
 * Reads the entries of a file, each trimmed and without its comment. `read` returns what is wrong with one, or null.
 * Rejects with a ListError for the first that is wrong, and when the file cannot be read.
 */
export async function readEntries(path: string, read: (entry: string) => string | null): Promise<void> {
  const lines = (await openFile(path)).pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  let number = 0;
  for await (const line of lines) {
    number++;
    const comment = line.indexOf("#");
    const entry = (comment < 0 ? line : line.slice(0, comment)).trim();
    if (entry === "") continue;
    const problem = read(entry);
    if (problem !== null) throw new ListError(path, number, problem);
  }
}

async function openFile(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  try {
    // Others, as a pipe, could not be read twice, and some have no end.
    if (!(await Deno.stat(path)).isFile) throw new ListError(path, null, "is not a regular file");
    return (await Deno.open(path)).readable;
  } catch (error) {
    if (error instanceof ListError) throw error;
    throw new ListError(path, null, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function checkLength(path: string, line: number, length: number): void {
  if (length > LINE_BYTES_MAX) throw new ListError(path, line, `is longer than ${LINE_BYTES_MAX} bytes`);
}
