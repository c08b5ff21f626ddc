import { assert, assertEquals, assertMatch } from "@std/assert";
import { helpText, VERSION } from "../../src/config/mod.ts";
import { COMMANDS } from "../../src/commands.ts";
import { COMMAND_SETTINGS, SETTINGS } from "../../src/config/settings.ts";
import project from "../../deno.json" with { type: "json" };

/** The help with each entry, wrapped or not, on one line. */
const ENTRIES = helpText(COMMANDS).replace(/\n {20,}/g, " ");

Deno.test("the help describes every setting, with bounds and default", () => {
  for (const setting of [...Object.values(SETTINGS), ...Object.values(COMMAND_SETTINGS)]) {
    const line = ENTRIES.split("\n").find((line) => new RegExp(`^  --${setting.name}[ ,]`).test(line));
    assert(line !== undefined, `--${setting.name} is missing`);
    for (const part of [setting.metavar, setting.help, setting.range, setting.defaultNote]) {
      assert(line.includes(part), `--${setting.name} lacks "${part}"`);
    }
    assertEquals(line.includes("repeatable"), setting.repeatable);
    const isOff = setting.metavar === "" && setting.default === "false";
    if (setting.defaultNote === "" && setting.default !== null && !isOff) {
      assert(
        line.includes(`default ${setting.default.replaceAll(",", ", ")}`),
        `--${setting.name} lacks its default`,
      );
    }
  }
});

Deno.test("the help begins with the usage and ends in a newline", () => {
  const lines = helpText(COMMANDS).split("\n");
  assertEquals(lines[0], `tracker ${VERSION}: a BitTorrent tracker for UDP and HTTP`);
  assertEquals(lines.slice(2, 4 + COMMANDS.length), [
    "Usage: tracker [OPTIONS]",
    ...COMMANDS.map(({ name, usage }) => `       tracker ${name} ${usage}`.trimEnd()),
    "",
  ]);
  assertEquals(lines.at(-1), "");
});

Deno.test("the help names the switch's negation, help, version, variables and exit codes", () => {
  assertMatch(ENTRIES, /^ {2}--peer-ids, --no-peer-ids +Keep/m);
  assertMatch(ENTRIES, /^ {2}-h, --help +Print/m);
  assertMatch(ENTRIES, /^ {2}-V, -v, --version +Print/m);
  assertMatch(ENTRIES, /^ {2}--no-peer-ids +TRACKER_PEER_IDS=false +peer-ids = false$/m);
  for (const letter of "ipPrdAufwbs") assertMatch(ENTRIES, new RegExp(`^  -${letter} [A-Z]+ +[-A-Z]`, "m"));
  for (const code of [0, 1, 2, 3]) assertMatch(ENTRIES, new RegExp(`^  ${code}  [a-z]`, "m"));
});

Deno.test("the help says what each command does", () => {
  for (const { name, help } of COMMANDS) assert(ENTRIES.includes(`\n  ${name.padEnd(28)}${help}\n`), name);
});

Deno.test("no line of the help is longer than 100 columns or ends in blanks", () => {
  for (const line of helpText(COMMANDS).split("\n")) {
    assert(line.length <= 100, `${line.length} columns: ${line}`);
    assertEquals(line, line.trimEnd());
  }
});

Deno.test("the version is the project's", () => {
  assertEquals(VERSION, project.version);
  assertMatch(VERSION, /^\d+\.\d+\.\d+/);
});
