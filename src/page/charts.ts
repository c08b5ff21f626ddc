/** What is shown of the last hour, as a chart in a card and as columns of a table. @module */

import type { HistoryColumn, StatsSnapshot } from "../stats/mod.ts";
import type { ChartUnitName } from "./units.ts";

/** One line of a chart. */
export interface ChartSeries {
  column: HistoryColumn;
  /** In the card, below its title. */
  label: string;
  /** Above a column of the table, which has no other title. */
  heading: string;
  /** In the card, where there is no value; a dash stands there if nothing else does. */
  absent?: string;
}

/** One chart. */
export interface Chart {
  /** Unique among the charts, and fit for the id of an element. */
  id: string;
  /** With the unit of its axis. */
  title: string;
  unit: ChartUnitName;
  /** One or two. */
  series: readonly ChartSeries[];
}

/** In the order of the page. */
const CHARTS: readonly Chart[] = [
  {
    id: "announces",
    title: "Announces per second",
    unit: "perSecond",
    series: [
      { column: "udpAnnounces", label: "UDP", heading: "UDP announces/s" },
      { column: "httpAnnounces", label: "HTTP", heading: "HTTP announces/s" },
    ],
  },
  {
    id: "peers",
    title: "Peers",
    unit: "count",
    series: [
      { column: "seeders", label: "Seeders", heading: "Seeders" },
      { column: "leechers", label: "Leechers", heading: "Leechers" },
    ],
  },
  {
    id: "torrents",
    title: "Torrents",
    unit: "count",
    series: [{ column: "torrents", label: "Torrents", heading: "Torrents" }],
  },
  {
    id: "completed",
    title: "Completed downloads per minute",
    unit: "perMinute",
    series: [{ column: "completed", label: "Completed", heading: "Completed/min" }],
  },
  {
    id: "errors",
    title: "Errors and drops per second",
    unit: "perSecond",
    series: [
      { column: "errors", label: "Errors", heading: "Errors/s" },
      { column: "dropped", label: "Dropped", heading: "Dropped/s" },
    ],
  },
  {
    id: "memory",
    title: "Memory in MiB",
    unit: "mebibytes",
    series: [{ column: "residentBytes", label: "In use", heading: "Memory" }],
  },
  {
    id: "fill",
    title: "Peer table, per cent full",
    unit: "percent",
    series: [{ column: "tableFill", label: "Filled", heading: "Table filled" }],
  },
];

/** The last one, where the state is saved. */
const SAVE_AGE_CHART: Chart = {
  id: "save-age",
  title: "Age of the saved state in minutes",
  unit: "minutesAgo",
  series: [{ column: "saveAgeSec", label: "Saved", heading: "State saved", absent: "not since the start" }],
};

/** The charts of a tracker. */
export function chartsOf({ odb }: StatsSnapshot): readonly Chart[] {
  return odb.isSaved ? [...CHARTS, SAVE_AGE_CHART] : CHARTS;
}
