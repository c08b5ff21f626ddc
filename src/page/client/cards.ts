/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The charts in their cards. @module */

import { Card } from "./card.ts";
import { Past } from "./past.ts";

/** All cards of the page. */
export class Cards {
  readonly #past = new Past();
  readonly #cards: Card[];

  /** Puts empty charts into the cards. */
  constructor() {
    const cards = [...document.querySelectorAll<HTMLElement>(".card")];
    this.#cards = cards.map((card) => new Card(card, this.#past));
    const redraw = () => this.#cards.forEach((card) => card.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  }

  /** Draws the row that `page` shows. Throws when the tracker does not give the rows that are missing before it. */
  async update(page: Document): Promise<void> {
    const timeUnix = Number(page.getElementById("row")?.dataset.timeUnix ?? "");
    // None is taken yet.
    if (timeUnix === 0) return;
    const shown = [...page.querySelectorAll<HTMLDataElement>("[data-column]")];
    const values = new Map(
      shown.map(({ dataset, value }) => [dataset.column ?? "", value === "" ? null : Number(value)]),
    );
    if (!this.#past.append(timeUnix, values)) await this.#past.load();
    this.#cards.forEach((card) => card.draw());
  }
}
