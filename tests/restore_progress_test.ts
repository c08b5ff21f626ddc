import { assertEquals } from "@std/assert";
import { setupLog } from "../src/log.ts";
import { loadOdb } from "../src/odb/mod.ts";
import { RestoreProgress } from "../src/restore_progress.ts";
import { fileBytes, smallTable, temporaryFolder, torrentBytes } from "./odb/helpers.ts";

/** What is logged when the restore is so far at these moments, in milliseconds since its start. */
function linesAt(moments: [ms: number, peers: number, bytes: number][], totalBytes: number): string[] {
  const lines: string[] = [];
  setupLog({ logLevel: "debug" }, (line) => lines.push(line.replace(/^\S+ /, "").trimEnd()));
  const progress = new RestoreProgress(5000);
  for (const [ms, peers, bytes] of moments) progress.tick({ peers, bytes, totalBytes }, 5000 + ms);
  return lines;
}

Deno.test("a restore tells each second how far it is, how fast, and how long it will take", () => {
  assertEquals(
    linesAt([
      [500, 1_000_000, 8e6],
      [1000, 2_000_000, 16e6],
      [1500, 3_000_000, 24e6],
      [2500, 5_000_000, 40e6],
    ], 160e6),
    [
      "info  restoring: 2000000 peers, 2000000 a second; 16 of 160 MB (10 %), 9 s left",
      "info  restoring: 5000000 peers, 2000000 a second; 40 of 160 MB (25 %), 8 s left",
    ],
  );
});

Deno.test("a restore that takes less than a second tells nothing", () => {
  assertEquals(linesAt([[0, 0, 100], [999, 10, 200]], 200), []);
});

Deno.test("a load tells of every byte of both files, and of the peers before each piece", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  // More than one piece of the reader.
  const record = (index: number) => `0a${index.toString(16).padStart(6, "0")}1ae10000`;
  const count = 600_000;
  const records = Array.from({ length: count }, (_, index) => record(index));
  const file = fileBytes([torrentBytes({ hash: "11".repeat(20), records })]);
  const file6 = fileBytes([], "0006");
  Deno.writeFileSync(path, file);
  Deno.writeFileSync(`${path}6`, file6);
  const told: { peers: number; bytes: number; totalBytes: number }[] = [];
  loadOdb(smallTable(count), path, (progress) => told.push({ ...progress }));
  const totalBytes = file.length + file6.length;
  assertEquals(told.at(-1), { peers: count, bytes: totalBytes, totalBytes });
  for (const [index, { peers, bytes }] of told.entries()) {
    const before = told[index - 1] ?? { peers: 0, bytes: 0 };
    if (bytes <= before.bytes || peers < before.peers || peers > bytes / 8) {
      throw new Error(`${index}: ${peers}`);
    }
  }
});
