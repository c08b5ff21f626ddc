// The compiled tracker, where there is one.
import { executableProgram, type Program } from "./harness.ts";
import type { Requirement } from "./requirements.ts";

const path = Deno.env.get("TRACKER_EXECUTABLE");

export const EXECUTABLE: Requirement = {
  name: "a compiled tracker named by TRACKER_EXECUTABLE",
  present: path !== undefined,
};

/** The compiled tracker as a program; for tests that require it. */
export function executable(): Program {
  return executableProgram(path!);
}
