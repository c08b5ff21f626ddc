/** `tracker odb repair`: the whole torrents of a damaged file. @module */

import { type GivenSettings, valueOf } from "../config/mod.ts";
import { HEADER_BYTES, RecordReader } from "../odb/mod.ts";
import type { Family } from "../peers/mod.ts";
import { attempt, CommandError, EXIT_OK, type OdbCommand } from "./command.ts";
import { finishOutputs, Output } from "./output.ts";
import { outputPathOf } from "./output_path.ts";
import { Printer } from "./printer.ts";
import { Progress } from "./progress.ts";
import { type Extent, Salvager } from "./salvage.ts";
import { FORCE, OUTPUT } from "./settings.ts";

/** Lost stretches that are told one by one; of more only the number and the bytes. */
const TOLD_MAX = 20;
const COPY_BYTES = 2 ** 18;

/** Writes OUT, and says what was lost. */
export const REPAIR: OdbCommand = {
  name: "repair",
  usage: "FILE -o OUT",
  summary: "save the whole torrents of a damaged file",
  details: [
    "Torrents are copied byte for byte, also those behind a damaged stretch: there the next torrent is one whose",
    "head makes sense in every field, whose peers are as the head says, and behind which a torrent or the end",
    "follows. What was lost is told in byte ranges. No peer is made up; but a byte that was changed within a peer",
    "or a hash, so that it still makes sense, cannot be told from a good one.",
    "",
    "Exit codes: 0 OUT was written, 1 failure or no torrent is whole, 3 the file is not an ODB.",
  ],
  settings: [OUTPUT, FORCE],
  filesMin: 1,
  filesMax: 1,
  run: ([path], given) => repair(path, given),
};

function repair(path: string, given: GivenSettings): number {
  const family = familyOf(path);
  using output = new Output({
    path: outputPathOf(given),
    family,
    inputs: [path],
    force: valueOf(FORCE, given),
  });
  using progress = new Progress(`repair ${path}`);
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  progress.expect(size);
  const lost: Extent[] = [];
  const totals = { torrents: 0, peers: 0, lost: 0, lostBytes: 0 };
  for (const stretch of new Salvager(file, size, family).stretches(HEADER_BYTES)) {
    if (!stretch.isLost) copy(file, stretch, output);
    else if (totals.lost++ < TOLD_MAX) lost.push(stretch);
    if (stretch.isLost) totals.lostBytes += stretch.end - stretch.start;
    totals.torrents += stretch.torrents;
    totals.peers += stretch.peers;
    progress.advance(stretch.end - stretch.start);
  }
  if (totals.torrents === 0 && totals.lost > 0) {
    throw new CommandError(`No torrent of ${path} is whole; ${output.path} was not written`);
  }
  finishOutputs([output]);
  const printer = new Printer();
  for (const { start, end } of lost) printer.line(`lost: bytes ${start} to ${end - 1}`);
  if (totals.lost > TOLD_MAX) printer.line(`lost: ${totals.lost} stretches in all`);
  printer.line(
    `${output.path}: ${totals.torrents} torrents, ${totals.peers} peers; lost: ${totals.lostBytes} bytes`,
  );
  printer.flush();
  return EXIT_OK;
}

/** The family of the file. Throws a CommandError when not even its header is whole. */
function familyOf(path: string): Family {
  using reader = attempt(`Cannot read ${path}`, () => new RecordReader(path));
  const { family, damage } = reader;
  if (damage !== null) throw new CommandError(`${path} holds no torrent: ${damage.reason}`);
  return family;
}

/** Copies a part of `file` to `output`. */
function copy(file: Deno.FsFile, { start, end }: Extent, output: Output): void {
  const bytes = new Uint8Array(Math.min(COPY_BYTES, end - start));
  file.seekSync(start, Deno.SeekMode.Start);
  for (let left = end - start; left > 0;) {
    const read = file.readSync(bytes.subarray(0, Math.min(left, bytes.length)));
    if (read === null) throw new CommandError("The file was cut short while it was read");
    output.addBytes(bytes.subarray(0, read));
    left -= read;
  }
}
