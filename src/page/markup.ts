/** Text of HTML, put together so that what is put in cannot become markup. @module */

/** Markup. Whatever made it has escaped what it was made from. */
export class Markup {
  /** `text` is taken as it is. */
  constructor(readonly text: string) {}
}

/** What can stand in a template: markup, markup one after another, text that is escaped, or nothing. */
export type MarkupValue = Markup | readonly Markup[] | string | number | null;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The templates that were used, each in pieces without its indentation. */
const templates = new WeakMap<TemplateStringsArray, string[]>();

/**
 * A template of markup. Values are safe between tags and in attributes that stand in quotes. The template's own
 * indentation is left out.
 */
export function markup(strings: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  const pieces = templates.get(strings) ?? withoutIndentation(strings);
  return new Markup(pieces.reduce((text, piece, i) => text + textOf(values[i - 1]) + piece));
}

function withoutIndentation(strings: TemplateStringsArray): string[] {
  const pieces = strings.map((string) => string.replaceAll(/\n +/g, "\n"));
  pieces[0] = pieces[0].trimStart();
  templates.set(strings, pieces);
  return pieces;
}

function textOf(value: MarkupValue): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]);
}
