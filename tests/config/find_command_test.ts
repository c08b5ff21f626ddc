import { assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../../src/commands.ts";
import { ConfigError, findCommand } from "../../src/config/mod.ts";
import { runToEnd } from "../harness.ts";

function assertUnknown(word: string, message: string): void {
  const error = assertThrows(() => findCommand(word, COMMANDS), ConfigError);
  assertEquals(error.message, message);
}

Deno.test("every command is found by its name", () => {
  for (const command of COMMANDS) assertEquals(findCommand(command.name, COMMANDS), command);
});

Deno.test("an unknown command is refused, with the nearest one named if it is near", () => {
  const meaning = (name: string) => `unknown command; did you mean ${name}? tracker --help lists them`;
  assertUnknown("docter", `docter: ${meaning("doctor")}`);
  assertUnknown("manul", `manul: ${meaning("manual")}`);
  assertUnknown("completion", `completion: ${meaning("completions")}`);
  // Letters that changed places.
  assertUnknown("laod", `laod: ${meaning("load")}`);
  assertUnknown("tpo", `tpo: ${meaning("top")}`);
  for (const word of ["state.odb", "help", "version", "start", ""]) {
    assertUnknown(word, `${word}: unknown command; tracker --help lists them`);
  }
});

Deno.test("a command that follows another is told with it", () => {
  const error = assertThrows(() => findCommand("inof", [{ name: "info" }], "odb "), ConfigError);
  assertEquals(
    error.message,
    "odb inof: unknown command; did you mean info? tracker odb --help lists them",
  );
});

Deno.test("the program ends with 2 at a first word that is no command, whatever follows", async () => {
  const message = "laod: unknown command; did you mean load? tracker --help lists them\n";
  for (const rest of [[], ["udp://127.0.0.1:6969"], ["--help"]]) {
    assertEquals(await runToEnd(["laod", ...rest]), { code: 2, log: message });
  }
});
