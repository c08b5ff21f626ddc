/** `tracker odb text`: a file as lines. @module */

import { type GivenSettings, valueOf } from "../config/mod.ts";
import { RECORD_BYTES } from "../peers/mod.ts";
import { EXIT_OK, type OdbCommand } from "./command.ts";
import { Input } from "./input.ts";
import { Printer } from "./printer.ts";
import { Progress } from "./progress.ts";
import { RecordLines } from "./record_lines.ts";
import { JSON_OUTPUT } from "./settings.ts";

/** Writes a line for each torrent, followed by those of its peers. */
export const TEXT: OdbCommand = {
  name: "text",
  usage: "FILE [--json]",
  summary: "write a line for each torrent and peer, for grep",
  details: [
    "  torrent HASH PEERS SEEDERS COMPLETED BASE",
    "  peer HASH ADDRESS:PORT ROLE AGE",
    "",
    "BASE is when the torrent was last touched, in minutes since 1970; AGE how many minutes before that the peer",
    "announced. ROLE is seeder or leecher, with +completed, +stopped and +sync for the other flags. With --json:",
    "",
    '  {"torrent":"HASH","peers":2,"seeders":1,"completed":7,"base_min":30000000}',
    '  {"torrent":"HASH","peer":"192.0.2.2:51413","role":"seeder+completed","age_min":3}',
    "",
    "Of a damaged file everything before the damage is written; the exit code is then 1.",
  ],
  settings: [JSON_OUTPUT],
  filesMin: 1,
  filesMax: 1,
  run: ([path], given) => writeText(path, given),
};

function writeText(path: string, given: GivenSettings): number {
  using progress = Progress.besideOutput(`text ${path}`);
  using input = Input.open(path, progress);
  const { reader } = input;
  const printer = new Printer();
  const lines = new RecordLines(printer, reader.family, valueOf(JSON_OUTPUT, given));
  const recordBytes = RECORD_BYTES[reader.family];
  while (reader.nextTorrent()) {
    if (printer.isClosed) return EXIT_OK; // Who reads has seen enough.
    lines.torrent(reader.head);
    lines.setHash(reader.head.hash);
    for (let count = reader.nextPiece(); count > 0; count = reader.nextPiece()) {
      if (printer.isClosed) return EXIT_OK;
      const end = reader.at + count * recordBytes;
      for (let at = reader.at; at < end; at += recordBytes) lines.peer(reader.bytes, at);
    }
  }
  printer.flush();
  input.requireWhole();
  return EXIT_OK;
}
