import { assertEquals } from "@std/assert";
import { parseConfig } from "../../src/config/mod.ts";
import { TempFolder } from "../harness.ts";
import { assertRefused, configOf } from "./expect.ts";

/** Runs `test` with a file of this content. */
function withFile(content: string, test: (path: string) => void): void {
  using folder = new TempFolder();
  const path = folder.file("tracker.toml");
  Deno.writeTextFileSync(path, content);
  test(path);
}

/** Asserts that a file is refused with `message`, in which FILE with a line or alone in brackets stands for its path. */
function assertFileRefused(content: string, message: string): void {
  withFile(content, (path) => assertRefused(["--config", path], message.replace(/FILE(?=[:)])/g, path)));
}

Deno.test("a file has what flags have, in TOML's own types", () => {
  const content = `# A comment
listen = ["127.0.0.1:1", "[::1]:1"]  # and another
udp = "127.0.0.1:2"
odb = 'a "b".odb'
odb-save = [
  "5:6",
  "7:8",
]
interval = 600
min-interval = "1m"
"peer-timeout" = 1_000
peer-ids = false
full-scrape = true
max-peers = "16M"
max-torrents = 0x14
warning-message = """moves, \\u00e9t\\u00e9"""
log-level = "error"
`;
  const flags = [
    ...["--listen=127.0.0.1:1", "--listen=[::1]:1", "--udp=127.0.0.1:2", '--odb=a "b".odb'],
    ...["--odb-save=5:6", "--odb-save=7:8", "--interval=600", "--min-interval=1m", "--peer-timeout=1000"],
    ...["--no-peer-ids", "--full-scrape", "--max-peers=16M", "--max-torrents=20"],
    ...["--warning-message=moves, \u00e9t\u00e9", "--log-level=error"],
  ];
  withFile(content, (path) => {
    assertEquals(configOf([`--config=${path}`]), configOf(flags));
    assertEquals(configOf([], { TRACKER_CONFIG: path }), configOf(flags));
  });
});

Deno.test("lines may end as on Windows", () => {
  withFile("interval = 600\r\nmax-peers = 5\r\n", (path) => {
    const { intervalSec, maxPeers } = configOf(["--config", path]);
    assertEquals([intervalSec, maxPeers], [600, 5]);
  });
  assertFileRefused(
    "interval = 600\r\nmax-peers = 5k\r\n",
    'max-peers = 5k (FILE:2): is not TOML; texts stand in quotes, as interval = "30m", and arrays in brackets',
  );
});

Deno.test("flags win over variables, those over the file, and that over defaults", () => {
  withFile('interval = 600\nmin-interval = 60\nmax-peers = 5\nlisten = "127.0.0.1:1"\n', (path) => {
    const { intervalSec, minIntervalSec, maxPeers, maxTorrents, udp } = configOf(
      ["--config", path, "--interval=700", "--listen=127.0.0.1:2"],
      { TRACKER_INTERVAL: "800", TRACKER_MIN_INTERVAL: "80" },
    );
    assertEquals([intervalSec, minIntervalSec, maxPeers, maxTorrents], [700, 80, 5, 2097152]);
    assertEquals(udp, [{ hostname: "127.0.0.1", port: 2 }]);
  });
});

Deno.test("the file of the flag wins over that of the variable", () => {
  withFile("max-peers = 5\n", (path) => {
    assertEquals(configOf(["--config", path], { TRACKER_CONFIG: "/nowhere.toml" }).maxPeers, 5);
  });
});

Deno.test("an empty array counts as not set", () => {
  withFile("listen = []\nodb-save = []\n", (path) => {
    assertEquals(configOf(["--config", path]), configOf([]));
  });
});

Deno.test("a key that is no setting is refused, with the nearest one named if it is near", () => {
  assertFileRefused("\nintervall = 600\n", "intervall (FILE:2): unknown setting; did you mean interval?");
  const hint = "keys are the names of the options, --help lists them";
  for (const name of ["particulars", "config", "check-config", "help", "__proto__", "constructor"]) {
    assertFileRefused(`${name} = 1`, `${name} (FILE:1): unknown setting; ${hint}`);
  }
});

Deno.test("a table is refused, for keys stand flat", () => {
  const interval = "must be a number, or a text in quotes where there is a unit";
  assertFileRefused("\n[http]\nworkers = 1\n", 'http = {"workers":1} (FILE:2): must be a text in quotes');
  assertFileRefused(
    "[limits]\ninterval = 600\n",
    "limits (FILE:1): unknown setting; keys are the names of the options, --help lists them",
  );
  assertFileRefused("interval.s = 600\n", `interval = {"s":600} (FILE): ${interval}`);
});

Deno.test("a key that stands twice is refused", () => {
  assertFileRefused(
    "interval = 600\n# again\ninterval = 700\n",
    "interval = 700 (FILE:3): interval stands on line 1 already",
  );
});

Deno.test("a value of another type is refused", () => {
  const number = "must be a number, or a text in quotes where there is a unit";
  assertFileRefused("interval = true", `interval = true (FILE:1): ${number}`);
  assertFileRefused("interval = [600]", `interval = [600] (FILE:1): ${number}`);
  assertFileRefused("peer-ids = 1", "peer-ids = 1 (FILE:1): must be true or false, without quotes");
  assertFileRefused(
    'peer-ids = "false"',
    'peer-ids = "false" (FILE:1): must be true or false, without quotes',
  );
  assertFileRefused("odb = 5", "odb = 5 (FILE:1): must be a text in quotes");
  assertFileRefused('udp = ["127.0.0.1:1", 5]', "udp = 5 (FILE:1): must be a text in quotes");
  assertFileRefused('odb = ["a"]', 'odb = ["a"] (FILE:1): must be a text in quotes');
});

Deno.test("a value out of bounds is refused with its line", () => {
  const interval = "must be 60 to 13036 seconds (as 90, 90s, 15m or 2h)";
  assertFileRefused("\n\ninterval = 5\n", `interval = 5 (FILE:3): ${interval}`);
  assertFileRefused("interval = -600\n", `interval = -600 (FILE:1): ${interval}`);
  assertFileRefused("interval = 600.5\n", `interval = 600.5 (FILE:1): ${interval}`);
  assertFileRefused(
    'odb-save = ["1:1"]\n',
    'odb-save = "1:1" (FILE:1): needs --odb FILE, the file to save to',
  );
});

Deno.test("what is no TOML is refused with its line", () => {
  const problem = 'is not TOML; texts stand in quotes, as interval = "30m", and arrays in brackets';
  assertFileRefused("# ...\ninterval = 30m\n", `interval = 30m (FILE:2): ${problem}`);
  assertFileRefused("listen = [::]:6969\n", `listen = [::]:6969 (FILE:1): ${problem}`);
  assertFileRefused('odb = "a\n', `odb = "a (FILE:1): ${problem}`);
  assertFileRefused("odb\n", `odb (FILE:1): ${problem}`);
});

Deno.test("a file that cannot be read is refused", () => {
  for (
    const [args, environment, source] of [
      [["--config", "/nowhere.toml"], {}, "--config /nowhere.toml"],
      [[], { TRACKER_CONFIG: "/nowhere.toml" }, "TRACKER_CONFIG=/nowhere.toml"],
    ] as const
  ) {
    try {
      parseConfig([...args], environment, { cores: 1 });
      throw new Error("was taken");
    } catch (error) {
      const { message } = error as Error;
      assertEquals(message.startsWith(`${source}: cannot be read: `), true, message);
    }
  }
});
