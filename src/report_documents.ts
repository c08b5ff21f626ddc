/** All documents of the statistics, from the folders that make them, and the files that go along. @module */

import type { HttpEndpoint } from "./addresses/mod.ts";
import type { Config } from "./config/mod.ts";
import { gzip } from "./gzip.ts";
import { pageFolder, type StaticFile } from "./http/mod.ts";
import { METRICS_DOCUMENTS } from "./metrics/mod.ts";
import { type AnnouncePlace, PAGE_FILES, pageDocuments, type PageFile } from "./page/mod.ts";
import type { Sockets } from "./sockets.ts";
import { HISTORY_JSON, type ReportDocument, STATS_JSON, TOP_JSON } from "./stats/mod.ts";
import { STATS_MODES } from "./stats_modes/mod.ts";

/** The documents that a tracker of this configuration, which serves at `sockets`, can tell. */
export function reportDocuments(config: Config, { udp, http, https }: Sockets): ReportDocument[] {
  const endpoints = [...http.endpoints, ...https.endpoints];
  const folder = pageFolder(config);
  const page = pageDocuments({
    announce: [
      ...udp.addresses.map(({ port }): AnnouncePlace => ({ scheme: "udp", port })),
      ...announcePlaces("http", http.endpoints),
      ...announcePlaces("https", https.endpoints),
    ],
    ownAnnounces: endpoints.some(({ serves }) => serves === "all"),
    up: "../".repeat(folder.split("/").length - 2),
    statsName: config.statsPath,
  });
  return [STATS_JSON, HISTORY_JSON, TOP_JSON, ...STATS_MODES, ...METRICS_DOCUMENTS, ...page];
}

/** The files that the page asks for. */
export function reportFiles(): Promise<StaticFile[]> {
  return Promise.all(PAGE_FILES.map(fileOf));
}

function announcePlaces(scheme: "http" | "https", endpoints: readonly HttpEndpoint[]): AnnouncePlace[] {
  return endpoints
    .filter((endpoint) => endpoint.kind === "tcp")
    .filter(({ serves }) => serves !== "statistics")
    .map(({ port }) => ({ scheme, port }));
}

async function fileOf({ name, contentType, text, etag }: PageFile): Promise<StaticFile> {
  return { name, contentType, etag, body: new TextEncoder().encode(text), gzipped: await gzip(text) };
}
