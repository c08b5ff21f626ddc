/** `tracker odb verify`: whether files are whole. @module */

import { OdbError } from "../odb/mod.ts";
import { HASH_BYTES } from "../peers/mod.ts";
import { EXIT_FAILURE, EXIT_NOT_ODB, EXIT_OK, type OdbCommand } from "./command.ts";
import { compareBytes } from "./compare_bytes.ts";
import { CHECKSUM_WORDS, Input, trailingDamage } from "./input.ts";
import { Printer } from "./printer.ts";
import { Progress } from "./progress.ts";
import { RecordCheck } from "./record_check.ts";

/** Faults that are told one by one; of more only the number. */
const TOLD_MAX = 10;
const DAY_MIN = 24 * 60;
const MINUTE_MS = 60_000;

/** Exit code 0: all are whole; 1: one is damaged or cannot be read; 3: one is no ODB. */
export const VERIFY: OdbCommand = {
  name: "verify",
  usage: "FILE...",
  summary: "tell whether files are whole, and if not, at which byte",
  details: [
    "A file is damaged when its structure does not add up, when a torrent's counts disagree with its peers,",
    "when a peer comes twice in a row or has unknown flags, and when FILE.sum disagrees. What a tracker reads",
    "all the same, but does not write itself, is warned of: torrents or peers out of order, port 0, times in",
    "the future, a FILE.sum of another file. The file may be replaced meanwhile by a tracker that runs.",
    "",
    "Exit codes: 0 all whole, 1 one is damaged or cannot be read, 3 one is not an ODB.",
  ],
  settings: [],
  filesMin: 1,
  filesMax: Infinity,
  run: (files) => {
    const printer = new Printer();
    const codes = files.map((path) => verifyOrSay(path, printer));
    return Math.max(...codes);
  },
};

/** Verifies a file, or says what keeps it from being read, so that the others are verified all the same. */
function verifyOrSay(path: string, printer: Printer): number {
  try {
    using progress = new Progress(`verify ${path}`);
    using input = Input.open(path, progress);
    return new Verification(input, printer).run() ? EXIT_OK : EXIT_FAILURE;
  } catch (error) {
    printer.line(error instanceof Error ? error.message : String(error));
    return error instanceof OdbError ? EXIT_NOT_ODB : EXIT_FAILURE;
  } finally {
    printer.flush();
  }
}

/** One file. Every line it prints begins with the file's name. */
class Verification {
  readonly #input: Input;
  readonly #printer: Printer;
  readonly #check: RecordCheck;
  readonly #lastHash = new Uint8Array(HASH_BYTES);
  readonly #latestBaseMin = Math.floor(Date.now() / MINUTE_MS) + DAY_MIN;
  #torrents = 0;
  #peers = 0;
  #faults = 0;
  // What is warned of: torrents, and torrents with such peers or peers.
  #disordered = 0;
  #withDisorder = 0;
  #inFuture = 0;
  #portless = 0;

  constructor(input: Input, printer: Printer) {
    this.#input = input;
    this.#printer = printer;
    this.#check = new RecordCheck(input.reader.family);
  }

  /** Reads the file to its end; whether it is whole. */
  run(): boolean {
    const { reader } = this.#input;
    const check = this.#check;
    while (reader.nextTorrent()) {
      check.begin();
      for (let count = reader.nextPiece(); count > 0; count = reader.nextPiece()) {
        check.add(reader.bytes, reader.at, count);
      }
      if (reader.damage === null) this.#judgeTorrent();
    }
    const damage = reader.damage ?? trailingDamage(reader.size, reader.trailingBytes);
    if (damage !== null) this.#fault(damage.offset, damage.reason);
    this.#conclude();
    return this.#faults === 0;
  }

  #judgeTorrent(): void {
    const { reader: { head, offset } } = this.#input;
    const { records, seeders, repeated, unknownFlags, disordered, portless } = this.#check;
    if (head.peers !== records) {
      this.#fault(offset, `a torrent says it has ${head.peers} peers and has ${records}`);
    }
    if (head.seeders !== seeders) {
      this.#fault(offset, `a torrent says it has ${head.seeders} seeders and has ${seeders}`);
    }
    if (repeated > 0) this.#fault(offset, `a torrent has ${repeated} peers twice`);
    if (unknownFlags > 0) this.#fault(offset, `a torrent has ${unknownFlags} peers with unknown flags`);
    if (this.#torrents > 0) this.#judgeOrder(head.hash, offset);
    this.#lastHash.set(head.hash);
    if (disordered > 0) this.#withDisorder++;
    if (head.baseMin > this.#latestBaseMin) this.#inFuture++;
    this.#portless += portless;
    this.#torrents++;
    this.#peers += records;
  }

  #judgeOrder(hash: Uint8Array, offset: number): void {
    const difference = compareBytes(this.#lastHash, 0, hash, 0, HASH_BYTES);
    if (difference === 0) this.#fault(offset, "a torrent is there twice");
    else if (difference > 0) this.#disordered++;
  }

  /** What is known only at the end. */
  #conclude(): void {
    const { path, reader, version, checksumWarning } = this.#input;
    const checksum = this.#input.readChecksum();
    if (checksum === "disagrees") this.#say("damaged: the checksum disagrees");
    if (checksum === "disagrees") this.#faults++;
    if (this.#faults > TOLD_MAX) this.#say(`damaged in ${this.#faults} places in all`);
    for (
      const warning of [
        reader.warning,
        checksumWarning,
        counted(this.#disordered, "torrents are out of order"),
        counted(this.#withDisorder, "torrents have peers out of order"),
        counted(this.#portless, "peers have port 0"),
        counted(this.#inFuture, "torrents were last touched in the future"),
      ]
    ) {
      if (warning !== null) this.#say(`warning: ${warning}`);
    }
    if (this.#faults > 0) return;
    const words = CHECKSUM_WORDS[checksum];
    this.#printer.line(
      `${path}: whole, version ${version}, ${this.#torrents} torrents, ${this.#peers} peers, ${words}`,
    );
  }

  #fault(offset: number, reason: string): void {
    this.#faults++;
    if (this.#faults <= TOLD_MAX) this.#say(`damaged at byte ${offset}: ${reason}`);
  }

  #say(sentence: string): void {
    this.#printer.line(`${this.#input.path}: ${sentence}`);
  }
}

/** null when there are none. */
function counted(count: number, what: string): string | null {
  return count === 0 ? null : `${count} ${what}`;
}
