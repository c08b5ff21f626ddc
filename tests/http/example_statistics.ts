// Statistics for the tests of HTTP: documents with fixed bodies on a board of their own.
import type { StaticFile, StatisticsParts } from "../../src/http/mod.ts";
import { type BoardPlace, BoardWriter, createBoard } from "../../src/stats/mod.ts";

/** The documents by their targets; null is not to be had, undefined not there yet. */
export type ExampleBodies = Record<string, string | null | undefined>;

export const EXAMPLE_BODIES: ExampleBodies = {
  "/stats.json": `{"example":1}`,
  "/stats?mode=peer": "peers",
  "/stats?mode=top10": null,
  "/stats?mode=late": undefined,
  "/metrics": "metrics 1\n",
  "/history.json": "[]",
  "/": "<p>page",
};

/** Documents that have a compressed form, which must be shorter, and what stands for it. */
const GZIPPED_TARGETS = ["/stats?mode=peer", "/metrics"];
const GZIPPED = new TextEncoder().encode("gz");

export const EXAMPLE_FILE: StaticFile = {
  name: "page.js",
  contentType: "text/javascript",
  etag: `"1"`,
  body: new TextEncoder().encode("script"),
  gzipped: new TextEncoder().encode("compressed"),
};

/** Statistics of these documents, and of one file. */
export function exampleStatistics(
  bodies = EXAMPLE_BODIES,
  tokens: StatisticsParts["tokens"] = null,
): StatisticsParts {
  const board = createBoard(Object.keys(bodies).map(placeOf));
  const writer = new BoardWriter(board);
  for (const [number, [target, body]] of Object.entries(bodies).entries()) {
    const gzipped = GZIPPED_TARGETS.includes(target) ? GZIPPED : null;
    if (body !== undefined) writer.write(number, body, gzipped);
  }
  return { board, files: [EXAMPLE_FILE], tokens };
}

function placeOf(target: string): BoardPlace {
  const contentType = target.endsWith(".json") ? "application/json" : "text/plain";
  return { target, contentType, headers: target === "/" ? "X-Page: 1\r\n" : "" };
}
