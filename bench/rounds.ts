/**
 * Rounds of a comparison: every contestant once a round, the medians as a table.
 *
 * @module
 */

import type { Contestant, Server } from "./contestants.ts";

/** What one contestant's runs came to, in the order of the rounds. */
export interface Runs<Result> {
  name: string;
  results: Result[];
}

/**
 * Starts every contestant anew in each round and measures it; each round begins with another one, so that none always
 * has the machine at its best. `describe` puts a result into words for those who wait.
 */
export async function runRounds<Kind extends Contestant, Result>(
  contestants: Kind[],
  rounds: number,
  measure: (server: Server, contestant: Kind) => Promise<Result>,
  describe: (result: Result) => string,
): Promise<Runs<Result>[]> {
  const all = contestants.map(({ name }): Runs<Result> => ({ name, results: [] }));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      const contestant = contestants[index];
      await using server = await contestant.start();
      const result = await measure(server, contestant);
      all[index].results.push(result);
      console.error(`round ${round + 1}: ${contestant.name}: ${describe(result)}`);
    }
  }
  return all;
}

/** The median over the rounds. */
export function median<Result>({ results }: Runs<Result>, valueOf: (result: Result) => number): number {
  const values = results.map(valueOf).sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/** The median of the contestant of that name; NaN where it did not take part. */
export function medianOf<Result>(
  all: Runs<Result>[],
  wanted: string,
  valueOf: (result: Result) => number,
): number {
  const runs = all.find(({ name }) => name === wanted);
  return runs === undefined ? NaN : median(runs, valueOf);
}

/** How many times `base` the value is, or a dash where there is no base. */
export function ratio(value: number, base: number): string {
  return Number.isNaN(base) ? "-" : (value / base).toFixed(2);
}

/** A whole number, or a dash for NaN, where nothing was measured. */
export function orDash(value: number): string {
  return Number.isNaN(value) ? "-" : value.toFixed(0);
}

/** Lines of cells in columns, the first at the left of its column and the others at the right. */
export function formatTable(lines: string[][]): string {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) =>
    line.map((cell, column) => column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])).join(
      "  ",
    )
  ).join("\n");
}
