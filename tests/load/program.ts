// The load tester as a program.
import { type Endpoint, type Outcome, type Program, runToEnd, sourceProgram } from "../harness.ts";

/** The program with the permissions that the `load` task of deno.json grants and no others. */
export function loadProgram(): Program {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  const [, ...args]: string[] = tasks.load.split(" ");
  return { ...sourceProgram(), args };
}

/** Runs it to its end. */
export function runLoad(...args: string[]): Promise<Outcome> {
  return runToEnd(args, loadProgram());
}

/** The address as a target. */
export function urlOf({ hostname, port }: Endpoint): string {
  return hostname.includes(":") ? `udp://[${hostname}]:${port}` : `udp://${hostname}:${port}`;
}
