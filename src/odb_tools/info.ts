/** `tracker odb info`: what is in files. @module */

import { type GivenSettings, valueOf } from "../config/mod.ts";
import { FLAGS_AT, ipv6Path, statOf } from "../odb/mod.ts";
import { FLAG_COMPLETED, FLAG_SEEDING, FLAG_STOPPED, RECORD_BYTES } from "../peers/mod.ts";
import { AgeCounts } from "./age_counts.ts";
import { EXIT_FAILURE, EXIT_OK, type OdbCommand } from "./command.ts";
import { addTorrent, newInfo, type OdbInfo } from "./odb_info.ts";
import { formatInfo } from "./info_text.ts";
import { Input, trailingDamage } from "./input.ts";
import { Printer } from "./printer.ts";
import { Progress } from "./progress.ts";
import { JSON_OUTPUT } from "./settings.ts";

/** Exit code 0: all are whole; 1: one is damaged. */
export const INFO: OdbCommand = {
  name: "info",
  usage: "FILE... [--json]",
  summary: "tell what is in files",
  details: [
    "FILE6, the IPv6 peers beside a FILE, is shown too when it is there and no other FILE is named.",
    "",
    "Exit codes: 0 all whole, 1 one is damaged or cannot be read, 3 one is not an ODB.",
  ],
  settings: [JSON_OUTPUT],
  filesMin: 1,
  filesMax: Infinity,
  run: info,
};

function info(files: string[], given: GivenSettings): number {
  const asJson = valueOf(JSON_OUTPUT, given);
  const printer = new Printer();
  let code = EXIT_OK;
  for (const path of withIpv6File(files)) {
    const found = readInfo(path);
    printer.text(asJson ? JSON.stringify(found) + "\n" : formatInfo(found));
    printer.flush();
    if (found.state === "damaged") code = EXIT_FAILURE;
  }
  return code;
}

/** The files, and the IPv6 file beside the one when there is but one. */
function withIpv6File(files: string[]): string[] {
  const beside = ipv6Path(files[0]);
  return files.length === 1 && statOf(beside) !== null ? [files[0], beside] : files;
}

function readInfo(path: string): OdbInfo {
  using progress = new Progress(`info ${path}`);
  using input = Input.open(path, progress);
  const { reader } = input;
  const ages = new AgeCounts();
  const found = newInfo(path, input.version, reader.size);
  const recordBytes = RECORD_BYTES[reader.family];
  const flagsAt = FLAGS_AT[reader.family];
  while (reader.nextTorrent()) {
    let peers = 0;
    let completed = 0;
    for (let count = reader.nextPiece(); count > 0; count = reader.nextPiece()) {
      const { bytes } = reader;
      const end = reader.at + count * recordBytes;
      for (let at = reader.at + flagsAt; at < end; at += recordBytes) {
        if ((bytes[at] & FLAG_SEEDING) !== 0) found.seeders++;
        if ((bytes[at] & FLAG_COMPLETED) !== 0) completed++;
        if ((bytes[at] & FLAG_STOPPED) !== 0) found.peers_stopped++;
        ages.add(bytes[at + 1]);
      }
      peers += count;
    }
    addTorrent(found, reader.head.hash, reader.head.baseMin, peers);
    found.peers_completed += completed;
    found.completed += Math.max(completed, reader.head.completed);
  }
  found.leechers = found.peers - found.seeders;
  found.age_min = ages.summary();
  found.damage = reader.damage ?? trailingDamage(reader.size, reader.trailingBytes);
  found.checksum = input.readChecksum();
  if (found.damage !== null || found.checksum === "disagrees") found.state = "damaged";
  return found;
}
