/**
 * The page for people, `/`. It is whole as it is sent; its script only keeps it up to date and draws the charts, from this
 * same page, which it asks for again and again, and from `history.json` beside it.
 *
 * @module
 */

import type { ReportDocument, ReportSource, StatsSnapshot } from "../stats/mod.ts";
import { type AnnounceOptions, renderAddresses } from "./addresses.ts";
import { renderCards } from "./cards.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./files.ts";
import { formatDuration, formatTime } from "./format.ts";
import { renderHour } from "./hour.ts";
import { type Markup, markup } from "./markup.ts";
import { iconOf, renderState, renderUnreachable, titleOf } from "./state.ts";
import {
  renderErrors,
  renderHandling,
  renderOdb,
  renderRequests,
  renderStored,
  renderTop,
  renderWorkers,
} from "./tables.ts";

/** What the page has to know of where it is served. */
export interface PageOptions extends AnnounceOptions {
  /** What the operator chose as the path of the statistics. */
  statsName: string;
}

/** Seconds between two loads of the page in a browser that runs no scripts. */
const REFRESH_SEC = 10;
/** Nothing from anywhere else, and nothing in the markup that runs or styles. */
const HEADERS = "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; " +
  "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n" +
  "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";

/** The documents of this folder: the page. */
export function pageDocuments(options: PageOptions): ReportDocument[] {
  const addresses = renderAddresses(options);
  return [{
    target: "/",
    contentType: "text/html; charset=utf-8",
    headers: HEADERS,
    needsTop: true,
    render: (source) => renderPage(source, addresses, options).text,
  }];
}

function renderPage(source: ReportSource, addresses: Markup, { up, statsName }: PageOptions): Markup {
  const { snapshot } = source;
  return markup`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>${titleOf(snapshot)}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <link rel="icon" type="image/svg+xml" href="${iconOf(snapshot)}">
        <link rel="stylesheet" href="${PAGE_STYLE}">
        <script type="module" src="${PAGE_SCRIPT}"></script>
        <noscript><meta http-equiv="refresh" content="${REFRESH_SEC}"></noscript>
      </head>
      <body>
        <header>
          <h1>tracker</h1>
          <div id="state" data-live>${renderState(snapshot)}</div>
          <p class="meta" id="meta" data-live>${renderMeta(source)}</p>
          <div id="unreachable" role="alert" hidden>${renderUnreachable()}</div>
        </header>
        <main>
          ${addresses}
          ${renderCards(source)}
          ${renderNumbers(snapshot)}
          <section aria-labelledby="torrents">
            <h2 id="torrents">Top torrents</h2>
            ${renderTop(source)}
          </section>
          <section aria-labelledby="past">
            <h2 id="past">The last hour in numbers</h2>
            ${renderHour(source)}
          </section>
        </main>
        <footer>
          <p>
            For programs: <a href="${up}${statsName}.json">statistics as JSON</a>,
            <a href="metrics">metrics for Prometheus</a>, <a href="history.json">the last hour as JSON</a>.
          </p>
        </footer>
      </body>
    </html>
  `;
}

function renderNumbers(snapshot: StatsSnapshot): Markup {
  return markup`
    <section aria-labelledby="counts">
      <h2 id="counts">In numbers</h2>
      <div class="tables">
        ${renderRequests(snapshot)}
        ${renderStored(snapshot)}
        ${renderOdb(snapshot)}
        ${renderErrors(snapshot)}
        ${renderHandling(snapshot)}
        ${renderWorkers(snapshot)}
      </div>
    </section>
  `;
}

function renderMeta({ snapshot }: ReportSource): Markup {
  const { version, uptimeSec, timeUnixMs } = snapshot;
  return markup`Version ${version}, up for ${formatDuration(uptimeSec)}. As of ${
    formatTime(timeUnixMs / 1000)
  }.`;
}
