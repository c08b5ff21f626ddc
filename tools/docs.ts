/**
 * `deno task docs`: writes the table of all options into docs/options.md, between two comments.
 *
 * @module
 */

import { optionTable } from "../src/config/mod.ts";

/** The page with the table. */
export const OPTIONS_PAGE: URL = new URL("../docs/options.md", import.meta.url);
/** What is between them is made here; the formatter would pad each cell to the longest of its column. */
const BEGIN = "<!-- made by deno task docs -->\n<!-- deno-fmt-ignore-start -->\n";
const END = "<!-- deno-fmt-ignore-end -->\n";

/** The text of `page` with the table of now. Throws when it has no place for one. */
export function withOptionTable(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`The page needs lines around the options:\n${BEGIN}${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n${optionTable()}\n${page.slice(end)}`;
}

if (import.meta.main) {
  Deno.writeTextFileSync(OPTIONS_PAGE, withOptionTable(Deno.readTextFileSync(OPTIONS_PAGE)));
}
