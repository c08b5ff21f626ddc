// The pages for people: that what they say is so, as far as a program can tell.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../src/commands.ts";
import { EXIT_CODES, optionTable, parseConfig, settingsByGroup } from "../src/config/mod.ts";
import project from "../deno.json" with { type: "json" };
import { OPTIONS_PAGE, withOptionTable } from "../tools/docs.ts";
import { TempFolder } from "./harness.ts";

const ROOT = new URL("../", import.meta.url);

/** The text of each page by its path below the project. */
const PAGES = new Map(
  ["README.md", ...[...Deno.readDirSync(new URL("docs/", ROOT))].map(({ name }) => `docs/${name}`)]
    .map((path) => [path, Deno.readTextFileSync(new URL(path, ROOT))]),
);

/** The lines of all blocks of a language, but for those within here-documents, with those that go on joined. */
function blockLines(language: string): string[] {
  const blocks = [...PAGES.values()].flatMap((text) => [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]);
  return blocks.filter(([, name]) => name === language).flatMap(([, , block]) =>
    block.replace(/<<'EOF'\n.*?\nEOF\n/gs, "\n").replaceAll("\\\n", "").split("\n")
  );
}

Deno.test("docs/options.md has the options that there are; deno task docs writes them", () => {
  const page = Deno.readTextFileSync(OPTIONS_PAGE);
  assert(withOptionTable(page) === page, "deno task docs would change docs/options.md");
});

Deno.test("a page without a place for the options is refused", () => {
  assertThrows(() => withOptionTable("# tracker\n"), Error, "needs lines");
});

Deno.test("the table has a row of three cells for every setting", () => {
  const rows = optionTable().split("\n");
  assertEquals(rows.pop(), "");
  for (const row of rows) assertEquals(row.replaceAll("\\|", "").split("|").length, 5, row);
  for (const [group, settings] of settingsByGroup()) {
    assert(rows.includes(`| **${group}** |  |  |`), group);
    for (const { name, help } of settings) {
      assert(rows.some((row) => row.startsWith(`| \`--${name}`) && row.includes(help)), name);
    }
  }
});

Deno.test("every link between the pages leads somewhere", () => {
  const anchors = new Map([...PAGES].map(([path, text]) => [path, anchorsOf(text)]));
  for (const [path, text] of PAGES) {
    for (const [, link] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const { pathname, hash } = new URL(link, new URL(path, ROOT));
      const target = pathname.slice(ROOT.pathname.length);
      Deno.statSync(new URL(target, ROOT));
      assert(hash === "" || anchors.get(target)?.includes(hash.slice(1)) === true, `${path}: ${link}`);
    }
  }
});

/** The names that headings get in a link. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

Deno.test("every command of the tracker in the pages is one", () => {
  using folder = new TempFolder();
  const opentracker = folder.file("opentracker.conf");
  Deno.writeTextFileSync(opentracker, "");
  const commands = blockLines("sh").map((line) => line.trim()).filter((line) =>
    /^(\.\/)?tracker /.test(line)
  );
  assert(commands.length > 5, "the pages have commands");
  for (const command of commands) {
    const [, ...args] = command.replace(/ >.*/, "").replaceAll("'", "")
      .replaceAll("/etc/opentracker/opentracker.conf", opentracker)
      .replaceAll("/etc/tracker/", new URL("packaging/", ROOT).pathname).split(" ");
    const known = COMMANDS.find(({ name }) => name === args[0]);
    if (known === undefined) parseConfig(args, {}, { cores: 1 });
    else assert(args.length === 1 || known.usage !== "", command);
  }
});

Deno.test("every task in the pages is one", () => {
  const text = [...PAGES.values()].join("\n").replaceAll("\n", " ");
  for (const [, name] of text.matchAll(/\bdeno(?:@[\d.]+)? task ([\w:]+)/g)) {
    assert(Object.hasOwn(project.tasks, name), name);
  }
});

Deno.test("every file of settings in the pages is one", () => {
  using folder = new TempFolder();
  const path = folder.file("tracker.toml");
  Deno.writeTextFileSync(path, blockLines("toml").join("\n"));
  assertEquals(parseConfig(["--config", path], {}, { cores: 1 }).kind, "run");
});

Deno.test("the pages have every permission and exit code", () => {
  const page = PAGES.get("docs/operation.md") ?? "";
  const permissions = project.tasks.compile.split(" ").filter((arg) => /^--(allow|no-prompt)/.test(arg));
  for (const permission of permissions) assert(page.includes(`\`${permission}\``), permission);
  for (const { code } of EXIT_CODES) assert(new RegExp(`^\\| ${code} +\\|`, "m").test(page), String(code));
});

Deno.test("the pages have every line that the log may have", () => {
  const lines = [...(PAGES.get("docs/operation.md") ?? "").matchAll(/^\| `([^`]+)`/gm)].map(([, line]) =>
    line
  );
  const messages = logMessages("src/").filter((parts) => parts.some((part) => part.trim().length >= 5));
  assert(messages.length > 20, "the source files have messages");
  for (const parts of messages) {
    const pattern = new RegExp(`^${parts.map(RegExp.escape).join(".+")}$`);
    assert(lines.some((line) => pattern.test(line)), parts.join("…"));
  }
});

/** What the files of a folder log, where that is written out: the constant parts of each text. */
function logMessages(folder: string): string[][] {
  const literal = /`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"/s.source;
  const call = new RegExp(`\\blog\\.\\w+\\(\\s*((?:(?:${literal})[\\s+]*)+),?\\s*\\)`, "gs");
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return logMessages(`${folder}${name}/`);
    const text = Deno.readTextFileSync(new URL(folder + name, ROOT));
    return [...text.matchAll(call)].map(([, expression]) => {
      const constants = [...expression.matchAll(new RegExp(literal, "gs"))].map(([text]) =>
        text.slice(1, -1)
      );
      return constants.join("").split(/\$\{[^}]*\}/);
    });
  });
}
