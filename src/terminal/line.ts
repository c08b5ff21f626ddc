/** Lines with colours, and how a terminal is told them. @module */

/** How a piece of a line looks, by its SGR parameter (ECMA-48). */
const STYLES = { plain: "", strong: "1", faint: "2", good: "32", warning: "33", bad: "31" } as const;

/** The name of a look. */
export type Style = keyof typeof STYLES;

/** A piece of a line: text whose every character takes one column. */
export type Span = readonly [text: string, style: Style];

/** A line, from left to right. */
export type Line = readonly Span[];

/** The line in `width` columns, what is more cut off: with sequences for its looks where there are colours. */
export function lineText(line: Line, width: number, hasColours: boolean): string {
  let text = "", left = width;
  for (const [full, style] of line) {
    const shown = full.slice(0, Math.max(left, 0));
    left -= shown.length;
    const sgr = STYLES[style];
    text += hasColours && sgr !== "" && shown !== "" ? `\x1b[${sgr}m${shown}\x1b[0m` : shown;
  }
  return hasColours ? text : text.trimEnd();
}
