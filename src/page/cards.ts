/** The cards of the charts: what each shows, and its numbers of now, which are all there is without a script. @module */

import {
  HISTORY_COLUMNS,
  type HistoryReport,
  type HistoryRow,
  type ReportSource,
  snakeCase,
} from "../stats/mod.ts";
import { type Chart, type ChartSeries, chartsOf } from "./charts.ts";
import { NONE } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { CHART_UNITS } from "./units.ts";

/**
 * All cards. The page's script knows the charts by them alone: which columns of `history.json` each has, and in which
 * unit; and it takes the row that they show as the next point of each line.
 */
export function renderCards({ history, snapshot }: ReportSource): Markup {
  const row = lastRow(history);
  return markup`
    <section aria-labelledby="hour">
      <h2 id="hour">The last hour</h2>
      <div class="cards" id="row" data-time-unix="${row?.timeUnix ?? ""}">
        ${chartsOf(snapshot).map((chart) => renderCard(chart, row))}
      </div>
    </section>
  `;
}

function renderCard(chart: Chart, row: HistoryRow | null): Markup {
  const series = chart.series.map((one) => renderSeries(chart, one, row));
  return markup`
    <figure class="card" data-unit="${chart.unit}">
      <figcaption>
        <h3>${chart.title}</h3>
        <dl data-live id="now-${chart.id}">${series}</dl>
      </figcaption>
    </figure>
  `;
}

function renderSeries(
  { unit }: Chart,
  { column, label, absent = NONE }: ChartSeries,
  row: HistoryRow | null,
): Markup {
  const value = row?.[column];
  const text = value === undefined ? NONE : value === null ? absent : CHART_UNITS[unit].format(value);
  const data = markup`<data data-column="${snakeCase(column)}" value="${value ?? ""}">${text}</data>`;
  return markup`<div><dt>${label}</dt><dd>${data}</dd></div>`;
}

/** The newest row; null before there is one. */
function lastRow({ columns }: HistoryReport): HistoryRow | null {
  const last = columns.timeUnix.length - 1;
  if (last < 0) return null;
  return Object.fromEntries(HISTORY_COLUMNS.map((name) => [name, columns[name][last]])) as HistoryRow;
}
