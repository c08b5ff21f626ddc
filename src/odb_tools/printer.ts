/** Lines for standard output, gathered before they are written. @module */

import { CommandError } from "./command.ts";

const BUFFER_BYTES = 2 ** 16;
const DIGIT_ZERO = 0x30;

/** Whatever takes bytes: standard output, or a test. May take only a part; returns how many. */
export interface ByteSink {
  writeSync(bytes: Uint8Array): number;
}

/**
 * Text in a buffer that is written when it is full, and at `flush`. When nobody reads any more, as behind `| head`, the
 * rest is dropped; a CommandError is thrown when it cannot be written for another reason.
 */
export class Printer {
  /** The buffer. Who writes into it itself calls `reserve` first and moves `at` on. */
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(BUFFER_BYTES);
  /** Where the next byte goes. */
  at = 0;
  /** Whether nobody reads any more. */
  isClosed = false;
  readonly #sink: ByteSink;
  readonly #encoder = new TextEncoder();

  constructor(sink: ByteSink = Deno.stdout) {
    this.#sink = sink;
  }

  /** Sees to it that `size` more bytes, at most 65536, can be written from `at` on. */
  reserve(size: number): void {
    if (this.at + size > BUFFER_BYTES) this.flush();
  }

  /** Adds `text`, of at most 16384 characters. */
  text(text: string): void {
    this.reserve(3 * text.length);
    this.at += this.#encoder.encodeInto(text, this.bytes.subarray(this.at)).written;
  }

  /** Adds `text` and a newline. */
  line(text: string): void {
    this.text(`${text}\n`);
  }

  /** Adds a few bytes, for which there must be room. */
  copy(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.bytes[this.at++] = bytes[i];
  }

  /** Adds a number from 0 to 65535, for which there must be room. */
  digits(number: number): void {
    let unit = 1;
    while (unit * 10 <= number) unit *= 10;
    for (; unit >= 1; unit /= 10) this.bytes[this.at++] = DIGIT_ZERO + Math.floor(number / unit) % 10;
  }

  /** Writes what has gathered. */
  flush(): void {
    const end = this.at;
    this.at = 0;
    try {
      for (let written = 0; written < end && !this.isClosed;) {
        written += this.#sink.writeSync(this.bytes.subarray(written, end));
      }
    } catch (cause) {
      this.isClosed = true;
      if (cause instanceof Deno.errors.BrokenPipe) return;
      const reason = cause instanceof Error ? cause.message : cause;
      throw new CommandError(`Cannot write to standard output: ${reason}`, { cause });
    }
  }
}
