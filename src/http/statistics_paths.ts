/**
 * Where the statistics are.
 *
 * ```
 * /STATS            text, by `mode`
 * /STATS.json
 * FOLDER            the page
 * FOLDER + NAME     its files, and the other documents by their names: metrics, history.json, ...
 *
 * STATS  = what the operator chose, "stats" if nothing
 * FOLDER = /STATS/ where the operator chose STATS or redirects from the root, else /
 * ```
 *
 * With a redirection alone the other documents are at the root too, where programs look for them.
 *
 * @module
 */

import type { BoardPlace } from "../stats/mod.ts";
import type { HttpSettings } from "./settings.ts";
import type { StaticFile } from "./static_files.ts";

const DEFAULT_PATH = "stats";
/** How a document that has its place by the operator's choice names it. */
const CHOSEN = "/stats";
const MODE = `${CHOSEN}?mode=`;
const PAGE = "/";

/** What is at a path: the modes, a document by its number on the board, the page, which is one too, or a file. */
export type Resource =
  | { kind: "modes" }
  | { kind: "document" | "page"; number: number }
  | { kind: "file"; file: StaticFile };

/** The settings that say where the statistics are. */
export type StatisticsPathSettings = Pick<HttpSettings, "statsPath" | "redirectUrl">;

/** The path of the page; begins and ends with a slash. */
export function pageFolder({ statsPath, redirectUrl }: StatisticsPathSettings): string {
  return statsPath === DEFAULT_PATH && redirectUrl === null ? PAGE : `/${statsPath}/`;
}

/** What is at which path. */
export function resourcesByPath(
  places: readonly BoardPlace[],
  files: readonly StaticFile[],
  settings: StatisticsPathSettings,
): Map<string, Resource> {
  const resources = new Map<string, Resource>([[`/${settings.statsPath}`, { kind: "modes" }]]);
  for (const [number, { target }] of places.entries()) {
    if (target.startsWith(MODE)) continue;
    for (const path of pathsOf(target, settings)) {
      resources.set(path, { kind: target === PAGE ? "page" : "document", number });
    }
  }
  for (const file of files) resources.set(pageFolder(settings) + file.name, { kind: "file", file });
  return resources;
}

function pathsOf(target: string, settings: StatisticsPathSettings): string[] {
  const { statsPath } = settings;
  const folder = pageFolder(settings);
  if (target === PAGE) return [folder];
  if (target.startsWith(CHOSEN)) return [`/${statsPath}${target.slice(CHOSEN.length)}`];
  const inFolder = folder + target.slice(1);
  return statsPath === DEFAULT_PATH ? [target, inFolder] : [inFolder];
}

/** The numbers of the documents that are at the path of the modes, by their modes. */
export function documentsByMode(places: readonly BoardPlace[]): Map<string, number> {
  const modes = [...places.entries()].filter(([, { target }]) => target.startsWith(MODE));
  return new Map(modes.map(([number, { target }]) => [target.slice(MODE.length), number]));
}
