import { sourceProgram } from "./harness.ts";
import { keepsSwarmsOverRestart, saveThenKill, stopInOrder } from "./restart.ts";

Deno.test("peers and completed counts outlive a restart by SIGTERM", () => {
  return keepsSwarmsOverRestart(sourceProgram(), stopInOrder);
});

Deno.test("peers and completed counts outlive kill -9 after a save by SIGUSR2", () => {
  return keepsSwarmsOverRestart(sourceProgram(), saveThenKill);
});
