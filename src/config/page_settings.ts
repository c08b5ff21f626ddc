/** The settings of statistics and pages: a part of the table in settings.ts. @module */

import { GROUP } from "./groups.ts";
import { file, httpEndpoint, network, pageUrl, servedPath, toggle } from "./setting.ts";

/** What stands for something else in a path. */
const RESERVED_PATHS = ["announce", "scrape", "health"];

/** What HTTP serves beside answers to clients, and to whom. */
export const PAGE_SETTINGS = {
  stats: toggle({
    name: "stats",
    group: GROUP.pages,
    default: "true",
    defaultNote: "on",
    help: "Serve statistics: as a page, as text, as JSON and for Prometheus. /health is served all the same.",
  }),
  statsPath: servedPath({
    name: "stats-path",
    group: GROUP.pages,
    metavar: "PATH",
    default: "stats",
    help:
      "Serve the statistics at /PATH and /PATH.json, and the page and /metrics beneath /PATH/; a path that " +
      "nobody guesses hides them.",
  }, RESERVED_PATHS),
  statsListen: httpEndpoint({
    name: "stats-listen",
    group: GROUP.pages,
    metavar: "ADDR:PORT",
    repeatable: true,
    defaultNote: "where HTTP is served",
    help: "Serve the statistics there and nowhere else, by plain HTTP, and no clients there. Forms as with " +
      "--http.",
  }),
  statsFrom: network({
    name: "stats-from",
    group: GROUP.pages,
    metavar: "CIDR",
    repeatable: true,
    defaultNote: "everybody",
    help: "An address or network that may read the statistics. Others are answered 403.",
  }),
  statsTokenFile: file({
    name: "stats-token-file",
    group: GROUP.pages,
    metavar: "FILE",
    help:
      "Show the statistics only to those who send one of the tokens in FILE, one a line, as a bearer token " +
      "or as a password. Read anew on SIGHUP.",
  }),
  statsHashes: toggle({
    name: "stats-hashes",
    group: GROUP.pages,
    default: "false",
    help:
      "Tell in the statistics which torrents there are, by their info hashes; with --full-scrape all of them.",
  }),
  redirectUrl: pageUrl({
    name: "redirect-url",
    group: GROUP.pages,
    metavar: "URL",
    help:
      "Send whoever asks for the path / there, with status 302. The page of statistics is at /stats/ then.",
  }),
};
