/** The last hour as a table, for those who do not see the charts. @module */

import type { HistoryColumn, HistoryReport, ReportSource } from "../stats/mod.ts";
import { chartsOf } from "./charts.ts";
import { formatClock } from "./format.ts";
import type { Markup } from "./markup.ts";
import { renderTable } from "./table.ts";
import { CHART_UNITS, formatIfAny } from "./units.ts";

/** One row of the table stands for so long, and so many of them for the hour. */
const SPAN_SEC = 300;
const SPANS = 12;

/** What the charts show, averaged over every five minutes, the newest first. */
export function renderHour({ snapshot, history: { columns } }: ReportSource): Markup {
  const series = chartsOf(snapshot).flatMap((chart) =>
    chart.series.map((one) => ({ ...one, unit: CHART_UNITS[chart.unit] }))
  );
  return renderTable({
    id: "numbers",
    caption: "Averages of five minutes, by the time (UTC) at which they end",
    columns: ["Time", ...series.map(({ heading }) => heading)],
    rows: spansOf(columns.timeUnix).map((rows) => [
      formatClock(columns.timeUnix[rows[rows.length - 1]]),
      ...series.map(({ column, unit }) => formatIfAny(unit, mean(columns, column, rows))),
    ]),
  });
}

/** The numbers of the rows that were taken in each span of the hour, the last spans first; those without rows are left out. */
function spansOf(times: HistoryReport["columns"]["timeUnix"]): number[][] {
  const last = times.at(-1) ?? 0;
  const spans = Map.groupBy(times.keys(), (row) => Math.floor((last - times[row]) / SPAN_SEC));
  return [...spans].filter(([span]) => span < SPANS).map(([, rows]) => rows).reverse();
}

/** Of what is known in these rows; null when nothing is. */
function mean(columns: HistoryReport["columns"], column: HistoryColumn, rows: number[]): number | null {
  const values = rows.map((row) => columns[column][row]).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value) / values.length;
}
