// Prometheus' own checker. Debian has it in the package prometheus.
import { assertEquals } from "@std/assert";
import { program } from "../clients/programs.ts";
import { TempFolder } from "../harness.ts";
import { Process } from "../process.ts";

export const PROMTOOL = program("promtool");

/** Fails with what promtool says where it finds fault with a page of metrics, even if only with a name. */
export async function checkMetrics(text: string): Promise<void> {
  using folder = new TempFolder();
  const path = folder.file("metrics.txt");
  Deno.writeTextFileSync(path, text);
  await using check = new Process("sh", ["-c", 'promtool check metrics <"$1"', "sh", path]);
  assertEquals([await check.end(), check.log], [0, ""]);
}
