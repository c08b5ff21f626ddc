// The unit files, as far as they can be judged where systemd does not run.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { program } from "../clients/programs.ts";
import { TempFolder } from "../harness.ts";
import { testWith } from "../requirements.ts";

const UNITS = new URL("../../packaging/systemd/", import.meta.url);
const NEEDS = [program("systemd-analyze")];
/** Tenths of what `systemd-analyze security` calls the exposure, of 100. */
const EXPOSURE_MAX = 20;

/** Copies the units into the folder, with a program in place of the tracker that is certainly installed. */
async function copyUnits(folder: TempFolder): Promise<{ service: string; socket: string }> {
  const [service, socket] = ["tracker.service", "tracker.socket"].map((name) => folder.file(name));
  const text = await Deno.readTextFile(new URL("tracker.service", UNITS));
  assertMatch(text, /^ExecStart=tracker /m);
  await Deno.writeTextFile(service, text.replace(/^ExecStart=tracker/m, `ExecStart=${Deno.execPath()}`));
  await Deno.copyFile(new URL("tracker.socket", UNITS), socket);
  return { service, socket };
}

async function analyze(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", { args }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

testWith(NEEDS, "systemd has nothing to object to in the units", async () => {
  using folder = new TempFolder();
  const { service, socket } = await copyUnits(folder);
  const { code, text } = await analyze("verify", "--man=no", service, socket);
  assertEquals([code, text], [0, ""]);
});

testWith(NEEDS, "a unit with a mistake would be objected to", async () => {
  using folder = new TempFolder();
  const { service } = await copyUnits(folder);
  await Deno.writeTextFile(service, "[Service]\nNoSuchSetting=yes\n", { append: true });
  assertMatch((await analyze("verify", "--man=no", service)).text, /NoSuchSetting/);
});

testWith(NEEDS, "the service is confined", async () => {
  using folder = new TempFolder();
  const { service } = await copyUnits(folder);
  const threshold = `--threshold=${EXPOSURE_MAX}`;
  const { code, text } = await analyze("security", "--offline=yes", "--no-pager", threshold, service);
  const [, exposure] = /Overall exposure level for tracker\.service: ([\d.]+)/.exec(text) ?? [];
  assertEquals(code, 0, text);
  assert(Number(exposure) <= EXPOSURE_MAX / 10, text);
});
