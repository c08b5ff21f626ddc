/**
 * Lists in files: a text a line. `#` begins a comment, behind a text too; blank lines mean nothing; lines end by LF or CRLF.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";

/** Nothing that is a line is longer; what is, is another kind of file, and is not kept in memory to find that out. */
const LINE_BYTES_MAX = 4096;
const LINE_FEED = 0x0a;
const CHUNK_BYTES = 65_536;

/** A list that cannot be used. The message has the file, the number of the line where it is one, and why. */
export class ListError extends Error {
  override readonly name = "ListError";

  /** `line` counts from 1; null = it is not about a line. */
  constructor(path: string, line: number | null, problem: string) {
    super(`${path}${line === null ? "" : `:${line}`}: ${problem}`);
  }
}

/**
 * Returns how many lines the file has that was opened at `path`: as many as it can have entries. Rejects with a ListError
 * when it is no file of lines.
 */
export async function countLines(path: string, file: Deno.FsFile): Promise<number> {
  let lines = 0;
  let length = 0;
  for await (const chunk of chunksOf(file)) {
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
 * Reads the entries of such a file, each trimmed and without its comment. `read` returns what is wrong with one, or null.
 * Rejects with a ListError for the first that is wrong.
 */
export async function readEntries(
  path: string,
  file: Deno.FsFile,
  read: (entry: string) => string | null,
): Promise<void> {
  const chunks = ReadableStream.from(chunksOf(file));
  const lines = chunks.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
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

/**
 * Gives what `read` makes of the file, once it is sure that nobody wrote to it meanwhile: who writes a list first empties it.
 * That another file takes its place does no harm. Rejects with a ListError else, and when it cannot be opened.
 */
export async function readUnchanged<Value>(
  path: string,
  read: (file: Deno.FsFile) => Promise<Value>,
): Promise<Value> {
  using file = await openFile(path);
  const stamp = stampText(await file.stat());
  const value = await read(file);
  if (stampText(await file.stat()) !== stamp) {
    throw new ListError(path, null, "was changed while it was read");
  }
  return value;
}

/** Text that changes when the file at `path` does, or when another takes its place; "" when there is none. */
export function stampOf(path: string): string {
  try {
    return stampText(Deno.statSync(path));
  } catch {
    return "";
  }
}

function stampText({ mtime, size, ino }: Deno.FileInfo): string {
  return `${mtime?.getTime()} ${size} ${ino}`;
}

async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    // Others, as a pipe, could not be read twice, and some have no end.
    if (!(await Deno.stat(path)).isFile) throw new ListError(path, null, "is not a regular file");
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof ListError) throw error;
    throw new ListError(path, null, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** All that is in the file, in pieces. */
async function* chunksOf(file: Deno.FsFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await file.seek(0, Deno.SeekMode.Start);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = await file.read(chunk);
    if (length === null) return;
    yield chunk.subarray(0, length);
  }
}

function checkLength(path: string, line: number, length: number): void {
  if (length > LINE_BYTES_MAX) throw new ListError(path, line, `is longer than ${LINE_BYTES_MAX} bytes`);
}
