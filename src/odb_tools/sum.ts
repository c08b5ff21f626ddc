/** `tracker odb sum`: checksum files made anew. @module */

import {
  checksumOf,
  DIGEST_PROGRAM,
  folderOf,
  permissionsOf,
  RecordReader,
  resolveTarget,
  syncFolder,
  writeChecksums,
} from "../odb/mod.ts";
import { attempt, EXIT_OK, type OdbCommand } from "./command.ts";
import { TargetLock } from "./target.ts";

/** Writes FILE.sum. */
export const SUM: OdbCommand = {
  name: "sum",
  usage: "FILE...",
  summary: "write FILE.sum for files that came without one, or were changed",
  details: [
    `A file is taken as it is; see tracker odb verify for whether it is whole. ${DIGEST_PROGRAM} -c FILE.sum checks it as`,
    "well. A file that a running tracker uses is refused: the tracker writes FILE.sum itself.",
  ],
  settings: [],
  filesMin: 1,
  filesMax: Infinity,
  run: (files) => {
    for (const path of files) writeSum(path);
    return EXIT_OK;
  },
};

/** Throws OdbError when the file `path` is none. */
function writeSum(path: string): void {
  attempt(`Cannot write the checksum of ${path}`, () => {
    new RecordReader(path)[Symbol.dispose]();
    using _lock = new TargetLock(path);
    const target = resolveTarget(path);
    writeChecksums(target, checksumOf(target), null, permissionsOf(target));
    syncFolder(folderOf(target));
  });
}
