/**
 * A file read from its start to its end through a buffer of fixed size.
 *
 * @module
 */

/**
 * Most bytes of the buffer, and so of a piece that is asked for at once. Memory is taken for as much of it only as such
 * pieces need.
 */
export const BUFFER_BYTES = 2 ** 23;
/** Most bytes read at a time: few enough to be in the processor's cache when they are asked for. */
const READ_BYTES = 2 ** 18;

/** Is given bytes of a file, in the order in which they lie there. They are good until it returns. */
export type BytesObserver = (bytes: Uint8Array<ArrayBuffer>) => void;

/** Reads the first `size` bytes of `file`, which stays the caller's to close. */
export class ChunkReader {
  /** The buffer; `view` is the same memory. What lies from `at` on is valid as far as it was asked for. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** Where in the buffer the next unread byte lies, and the end of what was read. */
  at = 0;
  #end = 0;
  /** Offset in the file of the buffer's first byte. */
  #base = 0;
  readonly #file: Deno.FsFile;
  readonly #size: number;
  readonly #onBytes: BytesObserver | null;

  /** `onBytes` is given each byte of the file once, when it is read into the buffer, which may be before it is asked for. */
  constructor(file: Deno.FsFile, size: number, onBytes: BytesObserver | null = null) {
    this.#file = file;
    this.#size = size;
    this.#onBytes = onBytes;
    this.bytes = new Uint8Array(Math.min(size, BUFFER_BYTES));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Offset in the file of the next unread byte. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** Unread bytes of the file. */
  get left(): number {
    return this.#size - this.offset;
  }

  /**
   * Sees to it that the next `size` bytes, at most the buffer's, are in the buffer from `at` on, which may
   * change. False when the file does not have them any more.
   */
  fill(size: number): boolean {
    if (this.#end - this.at >= size) return true;
    if (size > this.left) return false;
    this.bytes.copyWithin(0, this.at, this.#end);
    this.#base += this.at;
    this.#end -= this.at;
    this.at = 0;
    while (this.#end < size) {
      const room = Math.min(this.bytes.length, this.#size - this.#base, this.#end + READ_BYTES);
      const read = this.#file.readSync(this.bytes.subarray(this.#end, room));
      if (read === null) return false; // Somebody has cut the file short meanwhile.
      this.#onBytes?.(this.bytes.subarray(this.#end, this.#end + read));
      this.#end += read;
    }
    return true;
  }

  /**
   * The next bytes as a whole number of pieces of `size` bytes: as many of `count` as are in the buffer
   * already, but at least one. Returns how many; 0 when the file does not have one any more.
   */
  fillSome(size: number, count: number): number {
    if (!this.fill(size)) return 0;
    return Math.min(count, Math.floor((this.#end - this.at) / size));
  }

  /** Reads the rest of the file and passes over it, so that the observer has been given all there is. */
  skipRest(): void {
    while (this.fill(1)) this.at += this.fillSome(1, this.left);
  }

  /** The byte of the file at `offset`, wherever that is; -1 when the file does not reach so far. Slow. */
  peek(offset: number): number {
    const byte = new Uint8Array(1);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    const read = offset < this.#size ? this.#file.readSync(byte) : null;
    this.#file.seekSync(this.#base + this.#end, Deno.SeekMode.Start);
    return read === null ? -1 : byte[0];
  }
}
