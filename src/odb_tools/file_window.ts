/** A file read here and there through a small buffer. @module */

/** More than the head of a torrent, and about what the system reads at once anyway. */
const WINDOW_BYTES = 2 ** 14;

/** What is needed of a file to read it here and there. */
export type SeekableFile = Pick<Deno.FsFile, "readSync" | "seekSync">;

/** Gives any part of a file, a few bytes at a time; parts that follow each other cost least. */
export class FileWindow {
  /** The buffer; `view` is the same memory. */
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(WINDOW_BYTES);
  readonly view: DataView<ArrayBuffer> = new DataView(this.bytes.buffer);
  readonly #file: SeekableFile;
  /** The part of the file that the buffer holds. */
  #start = 0;
  #end = 0;

  /** `file` stays the caller's to close. Others may read it in between. */
  constructor(file: SeekableFile) {
    this.#file = file;
  }

  /**
   * Where in the buffer the `size` bytes (at most 16384) of the file from `offset` on are, until the next call; -1 when
   * the file does not reach so far.
   */
  at(offset: number, size: number): number {
    if (offset < this.#start || offset + size > this.#end) this.#read(offset, size);
    return offset + size > this.#end ? -1 : offset - this.#start;
  }

  /** How many bytes of the file from `offset` on are in the buffer behind a successful call of `at`. */
  countFrom(offset: number): number {
    return this.#end - offset;
  }

  #read(offset: number, size: number): void {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    this.#start = offset;
    this.#end = offset;
    while (this.#end - offset < size) {
      const read = this.#file.readSync(this.bytes.subarray(this.#end - offset));
      if (read === null) return;
      this.#end += read;
    }
  }
}
