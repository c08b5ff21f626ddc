/** What the numbers of a chart are: how the tracker writes them, and how the page's script draws them. @module */

import { formatBytes, formatCount, formatDuration, formatPercent, formatQuantity, NONE } from "./format.ts";

/** One kind of number. */
export interface ChartUnit {
  /** By what a value is multiplied for the chart's axis. */
  factor: number;
  /** Whether there is nothing between two whole numbers. */
  isWhole: boolean;
  /** What the axis ends at; null = a little above the largest value. */
  axisMax: number | null;
  /** A value as text. */
  format: (value: number) => string;
}

/** All kinds. A value is a count, a rate by the second, bytes, a share of 1, or seconds since something. */
export const CHART_UNITS = {
  count: { factor: 1, isWhole: true, axisMax: null, format: formatCount },
  perSecond: { factor: 1, isWhole: false, axisMax: null, format: formatQuantity },
  perMinute: { factor: 60, isWhole: false, axisMax: null, format: (rate) => formatQuantity(rate * 60) },
  mebibytes: { factor: 2 ** -20, isWhole: false, axisMax: null, format: formatBytes },
  percent: { factor: 100, isWhole: false, axisMax: 100, format: formatPercent },
  minutesAgo: {
    factor: 1 / 60,
    isWhole: false,
    axisMax: null,
    format: (seconds) => `${formatDuration(seconds)} ago`,
  },
} as const satisfies Record<string, ChartUnit>;

/** A value of that kind as text, where there may be none. */
export function formatIfAny({ format }: ChartUnit, value: number | null): string {
  return value === null ? NONE : format(value);
}

/** The name of a kind, as it stands in the page. */
export type ChartUnitName = keyof typeof CHART_UNITS;
