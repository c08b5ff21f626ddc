/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** One chart, drawn. @module */

import uPlot from "uplot";
import { formatCompact } from "../format.ts";
import type { ChartUnit } from "../units.ts";
import { PAST_SEC } from "./past.ts";

const HEIGHT_PX = 150;
const TIME_AXIS_PX = 26;
const VALUE_AXIS_PX = 46;
/** What a chart spans from its first point on, so that a young tracker's lines are more than a dot. */
const TIME_LEAST_SEC = 300;
/** Between two labels of an axis, at least. */
const TIME_SPACE_PX = 46;
const VALUE_SPACE_PX = 24;
const FONT = "12px system-ui, sans-serif";
/** The lines of a chart, so that they are told apart without colours. */
const DASHES = [[], [6, 4]];
/** The largest value lies so far below the top. */
const HEADROOM = 1.1;
/** Steps of an axis of whole numbers: 1, 2, 5, 10 and so on. */
const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power))
  .flat();
/** One pointer for all charts. */
const SYNC_KEY = "hour";

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** What is drawn, and where. */
export interface PlotOptions {
  container: HTMLElement;
  unit: ChartUnit;
  /** How many lines, one or two. */
  lines: number;
  /** Told the index of the point at the pointer, null when there is none. */
  onPointer: (index: number | null) => void;
}

/** An empty chart as wide as its container, in the colours of the style sheet. */
export function createPlot({ container, unit, lines, onPointer }: PlotOptions): uPlot {
  const size = () => ({ width: container.clientWidth, height: HEIGHT_PX });
  const axis: uPlot.Axis = {
    font: FONT,
    stroke: () => styleColor("--muted"),
    grid: { stroke: () => styleColor("--line"), width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    ...size(),
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: SYNC_KEY }, y: false, drag: { x: false, y: false } },
    scales: {
      x: { range: (_plot, first, last) => [timeStart(first, last), last] },
      y: { range: (_plot, _least, most) => [0, unit.axisMax ?? (most * HEADROOM || 1)] },
    },
    axes: [
      { ...axis, size: TIME_AXIS_PX, space: TIME_SPACE_PX, values: (_plot, times) => times.map(clockText) },
      {
        ...axis,
        ...(unit.isWhole ? { incrs: WHOLE_STEPS } : {}),
        size: VALUE_AXIS_PX,
        space: VALUE_SPACE_PX,
        values: (_plot, values) => values.map(formatCompact),
      },
    ],
    series: [{}, ...Array.from({ length: lines }, (_, i) => lineOptions(i))],
    hooks: { setCursor: [({ cursor }) => onPointer(cursor.idx ?? null)] },
  };
  const plot = new uPlot(options, undefined, container);
  new ResizeObserver(() => plot.setSize(size())).observe(container);
  return plot;
}

function lineOptions(index: number): uPlot.Series {
  const line: uPlot.Series = {
    stroke: () => styleColor(`--series-${index + 1}`),
    width: 2,
    dash: DASHES[index],
    points: { show: false },
  };
  return index === 0 ? { ...line, fill: () => styleColor("--series-1-fill") } : line;
}

/** Where the time axis begins for points from `first` to `last`. */
function timeStart(first: number, last: number): number {
  return Math.max(last - PAST_SEC, Math.min(first, last - TIME_LEAST_SEC));
}

function clockText(unixSec: number): string {
  return CLOCK.format(unixSec * 1000);
}

/** The colour of that name in the style sheet, as it is now. */
function styleColor(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name);
}
