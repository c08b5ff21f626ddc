/** `tracker odb import`: opentracker's newer state file, which is text, as an ODB. @module */

import { type GivenSettings, valueOf } from "../config/mod.ts";
import { TorrentHead } from "../odb/mod.ts";
import { IPV4 } from "../peers/mod.ts";
import { attempt, CommandError, EXIT_OK, type OdbCommand } from "./command.ts";
import { finishOutputs, Output } from "./output.ts";
import { outputPathOf } from "./output_path.ts";
import { Progress } from "./progress.ts";
import { FORCE, OUTPUT } from "./settings.ts";
import { StateText } from "./state_text.ts";

const STDIN = "-";
const READ_BYTES = 2 ** 16;
/** Lines that are told one by one; of more only the number. */
const TOLD_MAX = 10;

/** Writes OUT: torrents without peers. */
export const IMPORT: OdbCommand = {
  name: "import",
  usage: "FILE.txt -o OUT",
  summary: "take completed counts from opentracker's text state file",
  details: [
    "Newer versions of opentracker read with -l, and tell at /stats?mode=statedump, a line for each torrent:",
    "",
    "  INFO_HASH:BASE:DOWNLOADS    40 hexadecimal digits, minutes since 1970, completed downloads",
    "",
    "OUT then has these torrents, ascending, with their completed counts and without peers. Of a torrent that is",
    "there twice the greatest numbers are taken. Other lines are told by number and passed over. FILE.txt may be -",
    "for standard input. To add the counts to a state that there is, merge the two afterwards:",
    "",
    "  tracker odb import state.txt -o counts.odb",
    "  tracker odb merge state.odb counts.odb -o new.odb",
  ],
  settings: [OUTPUT, FORCE],
  filesMin: 1,
  filesMax: 1,
  run: ([path], given) => importText(path, given),
};

function importText(path: string, given: GivenSettings): number {
  const inputs = path === STDIN ? [] : [path];
  using progress = new Progress(`import ${path}`);
  using output = new Output({
    path: outputPathOf(given),
    family: IPV4,
    inputs,
    force: valueOf(FORCE, given),
  });
  const state = readState(path, progress);
  const head = new TorrentHead();
  state.sort();
  let torrents = 0;
  while (state.next(head)) {
    output.addHead(head);
    torrents++;
  }
  if (torrents === 0) throw new CommandError(`${path} has no line of the form INFO_HASH:BASE:DOWNLOADS`);
  finishOutputs([output]);
  if (state.brokenLines > TOLD_MAX) {
    console.error(`${path}: ${state.brokenLines} lines in all were passed over`);
  }
  console.log(`${output.path}: ${torrents} torrents`);
  return EXIT_OK;
}

function readState(path: string, progress: Progress): StateText {
  const state = new StateText((line) => {
    if (state.brokenLines <= TOLD_MAX) console.error(`${path}: line ${line} was passed over`);
  });
  const bytes = new Uint8Array(READ_BYTES);
  attempt(`Cannot read ${path}`, () => {
    using file = path === STDIN ? null : openFile(path, progress);
    const source = file ?? Deno.stdin;
    for (let read = source.readSync(bytes); read !== null; read = source.readSync(bytes)) {
      state.add(bytes.subarray(0, read));
      if (file !== null) progress.advance(read);
    }
  });
  state.end();
  return state;
}

function openFile(path: string, progress: Progress): Deno.FsFile {
  const { size } = Deno.statSync(path);
  progress.expect(size);
  return Deno.openSync(path);
}
