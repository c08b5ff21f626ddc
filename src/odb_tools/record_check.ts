/** What can be wrong with the records of a torrent. @module */

import { FLAGS_AT, PORT_AT } from "../odb/mod.ts";
import { COMPACT_BYTES, type Family, FLAG_SEEDING, FLAGS_ODB, RECORD_BYTES } from "../peers/mod.ts";
import { compareBytes } from "./compare_bytes.ts";

/** Looks at the records of one torrent after another, piece by piece, and counts. */
export class RecordCheck {
  /** Records, and of these seeders, those that come before the one before them, come twice in a row, and so on. */
  records = 0;
  seeders = 0;
  disordered = 0;
  repeated = 0;
  portless = 0;
  /** Records with flags that the format does not know. */
  unknownFlags = 0;
  readonly #recordBytes: number;
  readonly #compactBytes: number;
  readonly #portAt: number;
  readonly #flagsAt: number;
  /** Address and port of the last record of the piece before. */
  readonly #last: Uint8Array<ArrayBuffer>;

  constructor(family: Family) {
    this.#recordBytes = RECORD_BYTES[family];
    this.#compactBytes = COMPACT_BYTES[family];
    this.#portAt = PORT_AT[family];
    this.#flagsAt = FLAGS_AT[family];
    this.#last = new Uint8Array(this.#compactBytes);
  }

  /** Begins a torrent: all counts are 0 again. */
  begin(): void {
    this.records = 0;
    this.seeders = 0;
    this.disordered = 0;
    this.repeated = 0;
    this.portless = 0;
    this.unknownFlags = 0;
  }

  /** Adds the next `count` records, at least one, which are in `bytes` from `at` on. */
  add(bytes: Uint8Array, at: number, count: number): void {
    const size = this.#recordBytes;
    if (this.records > 0) this.#compare(compareBytes(this.#last, 0, bytes, at, this.#compactBytes));
    for (let i = 0, record = at; i < count; i++, record += size) {
      if (i > 0) this.#compare(compareBytes(bytes, record - size, bytes, record, this.#compactBytes));
      const flags = bytes[record + this.#flagsAt];
      if ((flags & FLAG_SEEDING) !== 0) this.seeders++;
      if ((flags & ~FLAGS_ODB) !== 0) this.unknownFlags++;
      if ((bytes[record + this.#portAt] | bytes[record + this.#portAt + 1]) === 0) this.portless++;
    }
    const lastAt = at + (count - 1) * size;
    for (let i = 0; i < this.#compactBytes; i++) this.#last[i] = bytes[lastAt + i];
    this.records += count;
  }

  #compare(difference: number): void {
    if (difference === 0) this.repeated++;
    else if (difference > 0) this.disordered++;
  }
}
