import { executableProgram } from "./harness.ts";
import { type Requirement, testWith } from "./requirements.ts";
import { type End, keepsSwarmsOverRestart, saveThenKill, stopInOrder } from "./restart.ts";

const path = Deno.env.get("TRACKER_EXECUTABLE");
const EXECUTABLE: Requirement = {
  name: "a compiled tracker named by TRACKER_EXECUTABLE",
  present: path !== undefined,
};

testWith(
  [EXECUTABLE],
  "the executable keeps peers and completed counts over SIGTERM",
  () => restarts(stopInOrder),
);

testWith(
  [EXECUTABLE],
  "the executable keeps peers and completed counts over kill -9",
  () => restarts(saveThenKill),
);

function restarts(end: End): Promise<void> {
  return keepsSwarmsOverRestart(executableProgram(path!), end);
}
