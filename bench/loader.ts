/**
 * The UDP load tester as a program of its own, so that it can be pinned and shares nothing with the one that starts it.
 *
 * @module
 */

import { type LoadResult, parseLoad, type PopulationOptions } from "../src/load/mod.ts";
import type { Pinning, Server } from "./contestants.ts";

/** Runs it against a server on 127.0.0.1 with these options. */
export async function runLoader(
  pinning: Pinning,
  args: string[],
  { port, pid }: Server,
): Promise<LoadResult> {
  const loader = [Deno.execPath(), "run", "--allow-read", "--allow-write", "--allow-ffi", "main.ts", "load"];
  const target = `udp://127.0.0.1:${port}`;
  const [program, ...rest] = [...pinning.loader, ...loader, ...args, "--json", "--pid", `${pid}`, target];
  const command = new Deno.Command(program, {
    args: rest,
    cwd: new URL("../", import.meta.url),
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  if (!success) throw new Error("The loader failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The torrents and peers that the loader makes with these options. */
export function populationOf(loaderArgs: string[]): PopulationOptions {
  const command = parseLoad([...loaderArgs, "udp://127.0.0.1:1"]);
  if (command.kind !== "load") throw new Error(`The loader's options ask for its ${command.kind}`);
  return command.population;
}
