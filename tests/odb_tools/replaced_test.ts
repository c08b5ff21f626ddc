// A file that is replaced while it is looked at.
import { assertEquals } from "@std/assert";
import { RecordReader } from "../../src/odb/mod.ts";
import { runOdb } from "../../src/odb_tools/mod.ts";
import { Input } from "../../src/odb_tools/input.ts";
import { Progress } from "../../src/odb_tools/progress.ts";
import { fileBytes, temporaryFolder, torrentBytes } from "./helpers.ts";

Deno.test("what was opened is read to its end, and its checksum is the one that it had", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const make = (seed: string) => runOdb(["make", "-o", path, "--force", "--peers", "1000", "--seed", seed]);
  make("1");
  using progress = new Progress("test");
  using input = Input.open(path, progress);
  make("2");
  make("3"); // The checksum file tells of neither the first file nor its size's any more.
  assertEquals(input.reader.isReplaced, true);
  let peers = 0;
  while (input.reader.nextTorrent()) peers += input.reader.head.count;
  assertEquals([peers, input.reader.damage, input.readChecksum()], [1000, null, "agrees"]);
});

Deno.test("saves that come between a file and its checksum make it be opened again", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const make = (seed: number) =>
    runOdb(["make", "-o", path, "--force", "--peers", "1000", "--seed", `${seed}`]);
  make(0);
  let saves = 0;
  const statSync = Deno.statSync;
  // A save comes right before each of the first looks at files, but for those of the save itself.
  const save = () => {
    Deno.statSync = statSync;
    make(++saves);
    if (saves < 3) Deno.statSync = lookAfterSave;
  };
  const lookAfterSave: typeof Deno.statSync = (name) => {
    save();
    return statSync(name);
  };
  Deno.statSync = lookAfterSave;
  try {
    using progress = new Progress("test");
    using input = Input.open(path, progress);
    assertEquals([saves, input.reader.isReplaced, input.readChecksum()], [3, false, "agrees"]);
  } finally {
    Deno.statSync = statSync;
  }
});

Deno.test("a file that is cut short while it is read ends in damage where it is", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/state.odb`;
  const torrent = (digit: string) =>
    torrentBytes({ hash: digit.repeat(40), records: Array(400_000).fill("0a0000011ae10000") });
  Deno.writeFileSync(path, fileBytes(["1", "2"].map(torrent)));
  using reader = new RecordReader(path);
  assertEquals(reader.nextTorrent(), true);
  Deno.truncateSync(path, 5_000_000);
  assertEquals(reader.nextTorrent(), true);
  let count = 0;
  for (let pieces = reader.nextPiece(); pieces > 0; pieces = reader.nextPiece()) count += pieces;
  assertEquals(count < 400_000, true);
  assertEquals(reader.damage, {
    offset: 15 + 57 + 8 * 400_000,
    reason: "the file was cut short while it was read",
  });
  assertEquals(reader.nextTorrent(), false);
});
