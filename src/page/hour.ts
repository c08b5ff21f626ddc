/** The last hour as a table, for those who do not see the charts. @module */

import type { HistoryColumn, HistoryReport, ReportSource } from "../stats/mod.ts";
import { chartsOf } from "./charts.ts";
import { formatClock } from "./format.ts";
import type { Markup } from "./markup.ts";
import { renderTable } from "./table.ts";
import { CHART_UNITS } from "./units.ts";

/** One row of the table stands for so long. */
const ROW_SEC = 300;

/** What the charts show, averaged over every five minutes, the newest first. */
export function renderHour({ snapshot, history: { columns, stepSec } }: ReportSource): Markup {
  const series = chartsOf(snapshot).flatMap((chart) =>
    chart.series.map((one) => ({ ...one, unit: CHART_UNITS[chart.unit] }))
  );
  return renderTable({
    id: "numbers",
    caption: "Averages of five minutes, by the time (UTC) at which they end",
    columns: ["Time", ...series.map(({ heading }) => heading)],
    rows: spansOf(columns.timeUnix.length, ROW_SEC / stepSec).map(({ start, end }) => [
      formatClock(columns.timeUnix[end - 1]),
      ...series.map(({ column, unit }) => unit.format(mean(columns, column, start, end))),
    ]),
  });
}

/** `count` rows in spans of `size`, the last ones first; the last span may be short. */
function spansOf(count: number, size: number): { start: number; end: number }[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => {
    const end = count - i * size;
    return { start: Math.max(0, end - size), end };
  });
}

function mean(columns: HistoryReport["columns"], column: HistoryColumn, start: number, end: number): number {
  return columns[column].slice(start, end).reduce((sum, value) => sum + value, 0) / (end - start);
}
