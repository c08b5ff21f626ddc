import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/commands.ts";
import { settingsByGroup } from "../../src/config/mod.ts";
import { program } from "../clients/programs.ts";
import { runToEnd, TempFolder } from "../harness.ts";
import { Process } from "../process.ts";
import { testWith } from "../requirements.ts";

async function manPage(): Promise<string> {
  const { code, log } = await runToEnd(["manual"]);
  assertEquals(code, 0);
  return log;
}

/** Text as it stands in the source of the page. */
function inRoff(text: string): string {
  return text.replaceAll("-", "\\-");
}

Deno.test("the page has every option and every command", async () => {
  const page = await manPage();
  for (const { name } of [...settingsByGroup().values()].flat()) {
    assert(page.includes(`\n.TP\n.B ${inRoff(`--${name}`)}`), name);
  }
  for (const { name, usage } of COMMANDS) {
    assert(page.includes(`\n.TP\n.B ${inRoff(`${name} ${usage}`.trimEnd())}\n`), name);
  }
});

Deno.test("no line of the page is a request by accident", async () => {
  const requests = (await manPage()).split("\n").filter((line) => /^[.']/.test(line));
  assertEquals(requests.filter((line) => !/^\.(TH|SH|SS|PP|TP|B|br)( |$)/.test(line)), []);
});

testWith([program("mandoc")], "mandoc finds nothing wrong with the page", async () => {
  using folder = new TempFolder();
  const path = folder.file("tracker.1");
  Deno.writeTextFileSync(path, await manPage());
  await using lint = new Process("mandoc", ["-T", "lint", path]);
  await lint.end();
  // It wants a date, by which the page would change though the program did not.
  assertEquals(lint.log.split("\n").filter((line) => !line.includes('missing date, using ""')), [""]);
});

testWith([program("groff")], "groff finds nothing wrong with the page", async () => {
  using folder = new TempFolder();
  const path = folder.file("tracker.1");
  Deno.writeTextFileSync(path, await manPage());
  await using groff = new Process("groff", ["-w", "w", "-z", "-man", path]);
  assertEquals(await groff.end(), 0);
  assertEquals(groff.log, "");
});
