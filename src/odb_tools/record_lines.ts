/**
 * Torrents and peers as lines, as text or as JSON:
 *
 * ```
 * torrent HASH PEERS SEEDERS COMPLETED BASE
 * peer HASH ADDRESS:PORT ROLE AGE
 *
 * {"torrent":"HASH","peers":2,"seeders":1,"completed":7,"base_min":30000000}
 * {"torrent":"HASH","peer":"192.0.2.2:51413","role":"seeder+completed","age_min":3}
 * ```
 *
 * @module
 */

import { FLAGS_AT, PORT_AT, type TorrentHead } from "../odb/mod.ts";
import { formatIpInto, IP_TEXT_BYTES_MAX } from "../os/mod.ts";
import {
  type Family,
  FLAG_COMPLETED,
  FLAG_FROM_SYNC,
  FLAG_SEEDING,
  FLAG_STOPPED,
  HASH_BYTES,
  IPV6,
} from "../peers/mod.ts";
import type { Printer } from "./printer.ts";

const COLON = 0x3a;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
/** The bits of the flags that have words; shifted by this they count from 0 to 15. */
const FLAG_SHIFT = 4;
/** More than the line of any peer: its hash, its address, and the words around them. */
const LINE_BYTES_MAX = 2 * HASH_BYTES + IP_TEXT_BYTES_MAX + 128;

const encoder = new TextEncoder();

/** What stands between the parts of a line. */
interface Words {
  torrent: string;
  peers: string;
  seeders: string;
  completed: string;
  base: string;
  peer: string;
  address: string;
  role: string;
  age: string;
  end: string;
}

const TEXT_WORDS: Words = {
  torrent: "torrent ",
  peers: " ",
  seeders: " ",
  completed: " ",
  base: " ",
  peer: "peer ",
  address: " ",
  role: " ",
  age: " ",
  end: "\n",
};

const JSON_WORDS: Words = {
  torrent: '"torrent":"',
  peers: '","peers":',
  seeders: ',"seeders":',
  completed: ',"completed":',
  base: ',"base_min":',
  peer: '"torrent":"',
  address: '","peer":"',
  role: '","role":"',
  age: '","age_min":',
  end: "}\n",
};

/** Writes lines to a printer. Peers come by the million: their lines are put together from bytes. */
export class RecordLines {
  readonly #printer: Printer;
  readonly #family: Family;
  readonly #words: Words;
  readonly #start: string;
  readonly #addressAt: Uint8Array;
  readonly #end: Uint8Array;
  /** By the flags' upper four bits: the role and the words around it. */
  readonly #roles: readonly Uint8Array[];
  /** How the lines of a torrent's peers begin. */
  #peerStart: Uint8Array = new Uint8Array(0);

  /** `sign` is put in front of every line, as `+`; empty for none. */
  constructor(printer: Printer, family: Family, asJson: boolean, sign = "") {
    const words = asJson ? JSON_WORDS : TEXT_WORDS;
    this.#printer = printer;
    this.#family = family;
    this.#words = words;
    this.#start = asJson ? (sign === "" ? "{" : `{"change":"${sign}",`) : (sign === "" ? "" : `${sign} `);
    this.#addressAt = encoder.encode(words.address);
    this.#end = encoder.encode(words.end);
    this.#roles = Array.from({ length: 16 }, (_, flags) => {
      return encoder.encode(words.role + roleOf(flags << FLAG_SHIFT) + words.age);
    });
  }

  /** Takes `hash` for the lines of peers that follow. */
  setHash(hash: Uint8Array): void {
    this.#peerStart = encoder.encode(this.#start + this.#words.peer + hash.toHex());
  }

  /** The line of a torrent. */
  torrent({ hash, count, seeders, completed, baseMin }: TorrentHead): void {
    const { torrent, peers, seeders: bySeeders, completed: byCompleted, base, end } = this.#words;
    this.#printer.text(
      this.#start + torrent + hash.toHex() + peers + count + bySeeders + seeders + byCompleted + completed +
        base +
        baseMin + end,
    );
  }

  /** The line of the peer whose record is in `bytes` from `at` on. */
  peer(bytes: Uint8Array, at: number): void {
    const printer = this.#printer;
    const portAt = PORT_AT[this.#family];
    printer.reserve(LINE_BYTES_MAX);
    printer.copy(this.#peerStart);
    printer.copy(this.#addressAt);
    if (this.#family === IPV6) printer.bytes[printer.at++] = BRACKET_OPEN;
    printer.at = formatIpInto(bytes, at, portAt, printer.bytes, printer.at);
    if (this.#family === IPV6) printer.bytes[printer.at++] = BRACKET_CLOSE;
    printer.bytes[printer.at++] = COLON;
    printer.digits(bytes[at + portAt] << 8 | bytes[at + portAt + 1]);
    const flags = bytes[at + FLAGS_AT[this.#family]];
    printer.copy(this.#roles[flags >> FLAG_SHIFT]);
    printer.digits(bytes[at + FLAGS_AT[this.#family] + 1]);
    printer.copy(this.#end);
  }
}

/** `seeder` or `leecher`, and what else the flags say, as `seeder+completed`. */
function roleOf(flags: number): string {
  const marks: [number, string][] = [
    [FLAG_COMPLETED, "+completed"],
    [FLAG_STOPPED, "+stopped"],
    [FLAG_FROM_SYNC, "+sync"],
  ];
  const role = (flags & FLAG_SEEDING) !== 0 ? "seeder" : "leecher";
  return role + marks.filter(([flag]) => (flags & flag) !== 0).map(([, mark]) => mark).join("");
}
