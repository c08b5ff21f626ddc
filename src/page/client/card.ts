/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** One card of a chart. The page says what is in it. @module */

import type uPlot from "uplot";
import { CHART_UNITS, type ChartUnit, type ChartUnitName, formatIfAny } from "../units.ts";
import type { Past } from "./past.ts";
import { createPlot } from "./plot.ts";

/** A line of the chart. */
interface Line {
  /** The column of the past. */
  column: string;
  label: string;
}

/** A card with its chart. */
export class Card {
  readonly #past: Past;
  readonly #unit: ChartUnit;
  readonly #lines: Line[];
  readonly #plot: uPlot;

  /** Puts an empty chart into the card. */
  constructor(card: HTMLElement, past: Past) {
    this.#past = past;
    this.#unit = CHART_UNITS[card.dataset.unit as ChartUnitName];
    this.#lines = [...card.querySelectorAll("dl > div")].map((entry) => ({
      column: entry.querySelector<HTMLElement>("[data-column]")?.dataset.column ?? "",
      label: entry.querySelector("dt")?.textContent ?? "",
    }));
    const container = document.createElement("div");
    const reading = document.createElement("p");
    container.className = "plot";
    container.setAttribute("role", "img");
    const title = card.querySelector("h3")?.textContent ?? "";
    container.setAttribute(
      "aria-label",
      `${title} as a chart; the table "The last hour in numbers" has its numbers`,
    );
    reading.className = "reading";
    container.append(reading);
    card.append(container);
    this.#plot = createPlot({
      container,
      unit: this.#unit,
      lines: this.#lines.length,
      onPointer: (index) => reading.textContent = index === null ? "" : this.#readingAt(index),
    });
  }

  /** Draws all of the past. */
  draw(): void {
    const { factor } = this.#unit;
    const scaled = (value: number | null) => value === null ? null : value * factor;
    const lines = this.#lines.map(({ column }) => this.#past.column(column).map(scaled));
    this.#plot.setData([this.#past.times, ...lines]);
  }

  /** Draws the same in the colours of now. */
  redraw(): void {
    this.#plot.redraw(false);
  }

  /** What the lines show at one point: `04:05:06 · UDP 330 · HTTP 8.1`. */
  #readingAt(index: number): string {
    const time = new Date(this.#past.times[index] * 1000).toLocaleTimeString("en-GB");
    const values = this.#lines.map(({ column, label }) =>
      `${label} ${formatIfAny(this.#unit, this.#past.column(column)[index])}`
    );
    return [time, ...values].join(" \u00b7 ");
  }
}
