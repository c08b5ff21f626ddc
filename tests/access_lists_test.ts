// The lists in their files, without a tracker.
import { assertEquals } from "@std/assert";
import { AccessLists } from "../src/access_lists.ts";
import { Access } from "../src/access/mod.ts";
import { configOf } from "./config/expect.ts";
import { TempFolder } from "./harness.ts";

Deno.test("a watched file is read when it has changed, and not while it is still written", async () => {
  using folder = new TempFolder();
  const path = folder.file("black");
  await Deno.writeTextFile(path, "");
  const lists = await AccessLists.read(configOf(["--blacklist", path, "--watch-lists"]));
  const access = new Access(lists.parts!);
  assertEquals(access.torrentsVersion, 1);
  await Deno.writeTextFile(path, "# more\n");
  lists.reloadChanged();
  // Waits for a reading that is under way, and has another follow it.
  await lists.reload();
  assertEquals(access.torrentsVersion, 2);
  await Deno.writeTextFile(path, "# still more\n");
  lists.reloadChanged();
  lists.reloadChanged();
  await lists.reload();
  assertEquals(access.torrentsVersion, 4);
});
