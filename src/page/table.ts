/** Tables as every part of the page has them. @module */

import { type Markup, markup, type MarkupValue } from "./markup.ts";

/** A table in a region that scrolls by itself where the screen is narrower. */
export interface Table {
  /** Unique on the page. */
  id: string;
  caption: string;
  /** What each column has; the first one names the rows. */
  columns: readonly string[];
  /** Each as long as `columns`. */
  rows: readonly (readonly MarkupValue[])[];
}

/** The table, kept up to date by the page's script. */
export function renderTable({ id, caption, columns, rows }: Table): Markup {
  const region = markup`id="${id}" role="region" aria-labelledby="${id}-caption" tabindex="0"`;
  return markup`
    <div class="table" data-live ${region}>
      <table>
        <caption id="${id}-caption">${caption}</caption>
        <thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${rows.map(renderRow)}</tbody>
      </table>
    </div>
  `;
}

function renderRow([name, ...cells]: readonly MarkupValue[]): Markup {
  return markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`;
}
