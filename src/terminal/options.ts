/** The command line of `tracker top`. @module */

import { ConfigError, readArguments, valueOf, valuesOf } from "../config/mod.ts";
import { ALL_SETTINGS, SETTINGS } from "./settings.ts";

const DEFAULT_URL = "http://127.0.0.1:6969/";
/** What --stats-path is by default. */
const DEFAULT_PATH = "/stats";
/** What can stand in a head of HTTP as a token: printable ASCII, more than RFC 6750 has. */
const TOKEN = /^[!-~]+$/;

/** Where a tracker's statistics are. */
export interface Place {
  /** For people: without a token that may be in it. */
  name: string;
  stats: URL;
  /** Of the torrents that have the most peers. */
  top: URL;
}

/** What the command line asks for. */
export interface TopOptions {
  kind: "top";
  place: Place;
  intervalMs: number;
  isOnce: boolean;
  token: string | null;
}

/**
 * Parses what follows `tracker top`, and reads the file of the token. Throws a ConfigError for anything that is not
 * allowed.
 */
export function parseTop(args: string[]): TopOptions | { kind: "help" } | { kind: "version" } {
  const operands: string[] = [];
  const given = readArguments(args, ALL_SETTINGS, operands);
  if (typeof given === "string") return { kind: given };
  const [text = DEFAULT_URL, ...others] = operands;
  if (others.length > 0) throw new ConfigError(operands.join(" "), "only one tracker can be shown");
  const [tokenFile] = valuesOf(SETTINGS.tokenFile, given);
  return {
    kind: "top",
    place: parsePlace(text),
    intervalMs: valueOf(SETTINGS.interval, given) * 1000,
    isOnce: valueOf(SETTINGS.once, given),
    token: tokenFile === undefined ? null : readToken(tokenFile.value, tokenFile.source),
  };
}

/**
 * The documents that belong to `text`, which may be the tracker's own address, the path of its statistics, or that of one
 * of them: all that stands beside /stats.json, or, where the operator has moved them to PATH, below PATH.json.
 */
function parsePlace(text: string): Place {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new ConfigError(text, `must be where a tracker serves HTTP, as ${DEFAULT_URL}`);
  }
  const path = url.pathname.replace(/\.json$/, "").replace(/\/+$/, "") || DEFAULT_PATH;
  const folder = path.endsWith(DEFAULT_PATH) ? path.slice(0, -DEFAULT_PATH.length) : path;
  return {
    name: url.host + (path === DEFAULT_PATH ? "" : path),
    stats: at(url, `${path}.json`),
    top: at(url, `${folder}/top.json`),
  };
}

function at(url: URL, path: string): URL {
  const other = new URL(url);
  other.pathname = path;
  other.search = other.hash = "";
  return other;
}

/** The first text in a file of the form that the tracker's own --stats-token-file has: a text a line, comments behind `#`. */
function readToken(path: string, source: string): string {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new ConfigError(source, error instanceof Error ? error.message : String(error));
  }
  const entries = text.split("\n").map((line) => line.replace(/#.*/, "").trim());
  const token = entries.find((entry) => entry !== "");
  if (token === undefined || !TOKEN.test(token)) {
    throw new ConfigError(source, "must have a token, without blanks");
  }
  return token;
}
