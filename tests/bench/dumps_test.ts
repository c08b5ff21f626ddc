// What the benchmark of latencies has a tracker do meanwhile.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { dumpDuring } from "../../bench/dumps.ts";
import { startTracker, TempFolder } from "../harness.ts";
import { PROCESS_MS } from "../process.ts";
import { until, within } from "../within.ts";

/** Waits until so many files have been at `path`, each another than the one before. */
async function seeFiles(path: string, count: number): Promise<void> {
  let [seen, last]: [number, number | null] = [0, null];
  const look = () => {
    const { ino } = Deno.statSync(path);
    if (ino !== last) seen++;
    last = ino;
    return Promise.resolve(seen >= count);
  };
  await until(PROCESS_MS, look, () => `There were ${seen} files at ${path}`);
}

Deno.test("a tracker dumps as often as is told, until the work is done", async () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb");
  await using tracker = await startTracker(["--udp", "127.0.0.1:0", "--odb", path]);
  tracker.signal("SIGUSR2");
  await tracker.waitForLog(/saved /);
  const { result, dumps } = await dumpDuring(tracker.pid, path, seeFiles(path, 3).then(() => "done"));
  assertEquals(result, "done");
  assert(dumps >= 2);
  await tracker.waitForLog(new RegExp(`(saved [^]*){${dumps + 1}}`));
  assertEquals(tracker.log.match(/saved /g)?.length, dumps + 1);
});

Deno.test("a dump is told from the one before though both were written at one time", async () => {
  using folder = new TempFolder();
  const path = folder.file("state.odb");
  const work = Promise.withResolvers<void>();
  let asked = 0;
  const dump = () => {
    Deno.writeTextFileSync(`${path}.new`, "");
    Deno.utimeSync(`${path}.new`, 1, 1);
    Deno.renameSync(`${path}.new`, path);
    if (++asked === 3) work.resolve();
  };
  Deno.addSignalListener("SIGUSR2", dump);
  try {
    const dumping = dumpDuring(Deno.pid, path, work.promise);
    assertEquals(
      (await within(PROCESS_MS, dumping, () => `Of three dumps ${asked} were asked for`)).dumps,
      3,
    );
  } finally {
    Deno.removeSignalListener("SIGUSR2", dump);
  }
});

Deno.test("that a tracker is gone is told when the work is done", async () => {
  using folder = new TempFolder();
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  const work = Promise.withResolvers<void>();
  let isDone = false;
  // By then a promise that is rejected and looked after by nobody has ended the program.
  setTimeout(() => {
    isDone = true;
    work.resolve();
  }, 0);
  const dumping = dumpDuring(child.pid, folder.file("state.odb"), work.promise);
  await assertRejects(() => dumping, Deno.errors.NotFound);
  assert(isDone);
});
