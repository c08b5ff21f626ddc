import { errnoName } from "./errno.ts";
import type { Libc } from "./libc.ts";

const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000;
const PIECE_BYTES = 65_536;
/** In an entry of getdents64(2): its size, 16 bits, and its name, which ends in NUL. */
const ENTRY_SIZE = 16;
const ENTRY_NAME = 19;

/**
 * The text of a file in /proc or /sys. Deno reads those only for programs that may do everything, so this goes through
 * the C library. Throws when the file cannot be read.
 */
export function readSystemFile(libc: Libc, path: string): string {
  const decoder = new TextDecoder();
  let text = "";
  for (const piece of pieces(libc, path, libc.calls.read)) text += decoder.decode(piece, { stream: true });
  return text;
}

/**
 * The names in a folder of /proc or /sys, "." and ".." too, for the same reason. Throws when it cannot be read, and where the C
 * library is older than its call for that.
 */
export function readSystemFolder(libc: Libc, path: string): string[] {
  const { getdents64 } = libc.calls;
  if (getdents64 === null) throw new Error(`Cannot read ${path}: the C library has no getdents64`);
  const decoder = new TextDecoder();
  const names: string[] = [];
  for (const piece of pieces(libc, path, getdents64)) {
    const view = new DataView(piece.buffer);
    for (let at = 0; at < piece.length; at += view.getUint16(at + ENTRY_SIZE, true)) {
      const nameAt = at + ENTRY_NAME;
      names.push(decoder.decode(piece.subarray(nameAt, piece.indexOf(0, nameAt))));
    }
  }
  return names;
}

/** A short file in /proc that is open for as long as the process runs: it can be read where its path leads nowhere. */
export class SystemFile {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #piece = new Uint8Array(PIECE_BYTES);

  /** Throws when the file cannot be opened. */
  constructor(libc: Libc, path: string) {
    this.#libc = libc;
    this.#fd = open(libc, path);
  }

  /** What it says now, the first 64 KiB of it; empty when it cannot be read. */
  read(): string {
    const count = this.#libc.calls.pread(this.#fd, this.#piece, this.#piece.length, 0);
    return new TextDecoder().decode(this.#piece.subarray(0, Math.max(count, 0)));
  }
}

function open(libc: Libc, path: string): number {
  const name = new TextEncoder().encode(`${path}\0`);
  const fd = libc.calls.open(name, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) throw new Error(`Cannot open ${path}: ${errnoName(libc.errno)}`);
  return fd;
}

/** What `read` gives of what is at `path`, from the start of one buffer each time: a piece is good until the next. */
function* pieces(libc: Libc, path: string, read: Libc["calls"]["read"]): Generator<Uint8Array<ArrayBuffer>> {
  const fd = open(libc, path);
  try {
    const buffer = new Uint8Array(PIECE_BYTES);
    while (true) {
      const count = read(fd, buffer, buffer.length);
      if (count < 0) throw new Error(`Cannot read ${path}: ${errnoName(libc.errno)}`);
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    libc.calls.close(fd);
  }
}
