/**
 * The announce URLs. The tracker does not know by which name people reach it: the page's script puts in that of the
 * browser's address bar.
 *
 * @module
 */

import { type Markup, markup } from "./markup.ts";

/** A port that answers announces. */
export interface AnnouncePlace {
  scheme: "udp" | "http" | "https";
  port: number;
}

/** Where announces are answered, seen from the page. */
export interface AnnounceOptions {
  /** Every port that answers announces. */
  announce: readonly AnnouncePlace[];
  /** Whether what serves the page answers announces over HTTP too; a proxy before it then hands on both. */
  ownAnnounces: boolean;
  /** The relative URL from the page's folder to that of `announce` and of the statistics. */
  up: string;
}

/** Stands for a name that is not known. */
const HOST = "your.host";
const DEFAULT_PORTS: Record<AnnouncePlace["scheme"], number | null> = { udp: null, http: 80, https: 443 };

/** The announce URLs as a section of the page; it stays as it is while the page is open. */
export function renderAddresses(options: AnnounceOptions): Markup {
  const { announce, ownAnnounces, up } = options;
  const isOther = ({ scheme }: AnnouncePlace) => scheme === "udp" || !ownAnnounces;
  const others = distinct(announce.filter(isOther)).map(renderPlace);
  const all = ownAnnounces ? [...others, renderOwn(announce, up)] : others;
  return markup`
    <section class="addresses" aria-labelledby="addresses">
      <h2 id="addresses">Announce URLs</h2>
      <p>For the trackers of a torrent. Clients find each other over all of them.</p>
      <ul>${all}</ul>
      <p class="sr-only" id="copied" role="status"></p>
      <noscript><p>${HOST} stands for the name or address by which you reached this page.</p></noscript>
    </section>
  `;
}

function renderPlace({ scheme, port }: AnnouncePlace): Markup {
  return renderUrl(urlOf(scheme, port), markup`data-scheme="${scheme}" data-port="${port}"`);
}

/** The URL beside the page. Only the browser knows the port, which may be that of a proxy. */
function renderOwn(announce: readonly AnnouncePlace[], up: string): Markup {
  const own = announce.find(({ scheme }) => scheme !== "udp") ?? { scheme: "http", port: 80 };
  return renderUrl(urlOf(own.scheme, own.port), markup`data-own="${up}announce"`);
}

function renderUrl(url: string, attributes: Markup): Markup {
  return markup`<li><code ${attributes}>${url}</code> <button type="button" hidden>Copy</button></li>`;
}

function urlOf(scheme: AnnouncePlace["scheme"], port: number): string {
  const suffix = port === DEFAULT_PORTS[scheme] ? "" : `:${port}`;
  return `${scheme}://${HOST}${suffix}/announce`;
}

function distinct(places: AnnouncePlace[]): AnnouncePlace[] {
  return places.filter((place, i) =>
    places.findIndex(({ scheme, port }) => scheme === place.scheme && port === place.port) === i
  );
}
