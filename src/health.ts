/** `tracker health`: whether a tracker answers, for those who watch over it, as containers do. @module */

import { ConfigError } from "./config/mod.ts";

const DEFAULT_URL = "http://127.0.0.1:6969/health";
const ANSWER = "ok";
const ANSWER_MS_MAX = 5000;
const EXIT_UNHEALTHY = 1;
const HELP = `tracker health: asks a running tracker whether it is well

Usage: tracker health [URL]

URL is where it serves HTTP, ${DEFAULT_URL} by default. It has ${ANSWER_MS_MAX / 1000} seconds to answer.

Exit codes: 0 it answers, 1 it does not (standard error says why), 2 wrong usage.`;

/**
 * Runs what follows `tracker health`, and returns the exit code: 0 when the tracker answers in time, else 1. Throws a
 * ConfigError for anything that is not allowed.
 */
export async function runHealth(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(HELP);
    return 0;
  }
  const [text = DEFAULT_URL, ...rest] = args;
  const url = URL.parse(text);
  if (rest.length > 0 || url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new ConfigError(["health", ...args].join(" "), `needs one URL at most, as ${DEFAULT_URL}`);
  }
  if (url.pathname === "/") url.pathname = "/health";
  // A proxy that the environment names, as Docker's settings may for every container, has no way to this machine's loopback.
  Deno.env.set("NO_PROXY", url.hostname.replace(/^\[|\]$/g, ""));
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const body = await response.text();
    if (response.ok && body === ANSWER) return 0;
    console.error(`${url}: answered ${response.status}`);
  } catch (error) {
    console.error(`${url}: ${error instanceof Error ? error.message : error}`);
  }
  return EXIT_UNHEALTHY;
}
