import { VERSION } from "../config/mod.ts";
import { openLibc, standBack } from "../os/mod.ts";
import { Crew } from "./crew.ts";
import { type LoadOptions, parseLoad } from "./options.ts";
import { hashLines, Population, type PopulationOptions } from "./population.ts";
import { cpuTimeBetween, readCpuTime, readResidentBytes } from "./process_usage.ts";
import { formatResult, type LoadResult, summarize } from "./report.ts";
import { loadHelpText } from "./settings.ts";
import { formatTarget } from "./target.ts";

/**
 * Runs `tracker load` with the arguments behind these words; prints the result, and what goes wrong while it runs.
 * Returns the exit code: 0, or 1 when the load could not be sent. Throws a ConfigError for wrong arguments.
 */
export async function runLoad(args: string[]): Promise<number> {
  const command = parseLoad(args);
  if (command.kind === "help") {
    console.log(loadHelpText().trimEnd());
    return 0;
  }
  if (command.kind === "version") {
    console.log(`tracker ${VERSION}`);
    return 0;
  }
  try {
    if (command.hashes !== null) await writeHashes(command.hashes, command.population);
    if (command.load !== null) {
      const result = await measure(command.load, command.pid);
      console.log(command.json ? JSON.stringify(result) : formatResult(result).trimEnd());
    }
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** Writes the info hashes of a population to a file, one a line. */
export async function writeHashes(path: string, population: PopulationOptions): Promise<void> {
  const lines = ReadableStream.from(hashLines(new Population(population, new Uint32Array(0))));
  await Deno.writeTextFile(path, lines);
}

/** Fills, warms up and measures. With the server's process id, also what it uses. */
async function measure(options: LoadOptions, pid: number | null): Promise<LoadResult> {
  const { libc, reason } = openLibc();
  if (libc === null) throw new Error(`Cannot load: ${reason}`);
  const crew = new Crew(options);
  await crew.start();
  // The server may have to share this machine's cores: what is not load is not to hold it up.
  standBack(libc);
  const residentBytesBeforeFill = pid === null ? 0 : readResidentBytes(libc, pid);
  const fill = options.fill === 0 ? null : await crew.fill();
  const residentBytesAfterFill = pid === null ? 0 : readResidentBytes(libc, pid);
  if (options.warmupSec > 0) await crew.load("warm up", options.warmupSec);
  const serverBefore = pid === null ? null : readCpuTime(libc, pid);
  const loaderBefore = readCpuTime(libc, "self");
  const load = await crew.load("load", options.durationSec);
  const loaderCpu = cpuTimeBetween(loaderBefore, readCpuTime(libc, "self"));
  const server = pid === null || serverBefore === null ? null : {
    cpu: cpuTimeBetween(serverBefore, readCpuTime(libc, pid)),
    residentBytesBeforeFill,
    residentBytesAfterFill,
  };
  await crew.stop();
  return summarize({ target: formatTarget(options.target), fill, load, loaderCpu, server });
}
