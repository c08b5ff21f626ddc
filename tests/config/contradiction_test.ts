import { assertEquals } from "@std/assert";
import { assertRefused, configOf } from "./expect.ts";

Deno.test("the minimum interval is at most the interval", () => {
  assertEquals(configOf(["--min-interval=1800"]).minIntervalSec, 1800);
  assertRefused(
    ["--min-interval=1801"],
    "--min-interval 1801 and --interval 1800 (the default): the minimum interval must be at most the interval",
  );
  assertRefused(
    ["--min-interval=15m"],
    "--min-interval 15m and TRACKER_INTERVAL=600: the minimum interval must be at most the interval",
    { TRACKER_INTERVAL: "600" },
  );
});

Deno.test("a minimum interval that is not given follows a short interval", () => {
  const minimum = (interval: string) =>
    configOf(["--interval", interval, "--peer-timeout=4h"]).minIntervalSec;
  assertEquals(["60", "601", "1799", "1800", "3600"].map(minimum), [30, 300, 899, 900, 900]);
});

Deno.test("peers live until they are due, or the setting is refused", () => {
  assertEquals(configOf(["--peer-timeout=2041"]).peerTimeoutSec, 2041);
  const problem =
    "peers would be dropped before they are due; with this interval the peer timeout must be at least";
  assertRefused(
    ["--peer-timeout=2040"],
    `--peer-timeout 2040 and --interval 1800 (the default): ${problem} 2041 seconds`,
  );
  assertRefused(
    ["--interval=1h"],
    `--peer-timeout 2700 (the default) and --interval 1h: ${problem} 4021 seconds`,
  );
  assertRefused(
    ["--interval=13036", "--peer-timeout=14399"],
    `--peer-timeout 14399 and --interval 13036: ${problem} 14400 seconds`,
  );
});

Deno.test("what is never written has a file and no rules for saving it", () => {
  const { odb, odbSave, odbReadonly, odbKey } = configOf(["--odb=x", "--odb-readonly"]);
  assertEquals({ odb, odbSave, odbReadonly, odbKey }, {
    odb: "x",
    odbSave: [],
    odbReadonly: true,
    odbKey: false,
  });
  assertRefused(["--odb-readonly"], "--odb-readonly: needs --odb FILE, the file to restore from");
  for (const about of ["--odb-save 60:1", "--no-odb-key", "--odb-key", "--odb-stale-after 60"]) {
    assertRefused(
      ["--odb=x", "--odb-readonly", ...about.split(" ")],
      `${about} and --odb-readonly: nothing is written where the file is only read`,
    );
  }
  assertRefused(
    [],
    "TRACKER_ODB_KEY=false and TRACKER_ODB_READONLY=true: nothing is written where the file is only read",
    { TRACKER_ODB: "x", TRACKER_ODB_READONLY: "true", TRACKER_ODB_KEY: "false" },
  );
});

Deno.test("whatever is about the saving of files needs a file to save to", () => {
  assertRefused(["--odb-save=60:1"], "--odb-save 60:1: needs --odb FILE, the file to save to");
  assertRefused(["--no-odb-key"], "--no-odb-key: needs --odb FILE, the file to save to");
  assertRefused(["--odb-stale-after=60"], "--odb-stale-after 60: needs --odb FILE, the file to save to");
  assertRefused([], "TRACKER_ODB_SAVE=60:1: needs --odb FILE, the file to save to", {
    TRACKER_ODB_SAVE: "60:1,5:5",
  });
});
