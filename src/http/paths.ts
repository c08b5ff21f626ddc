/**
 * The paths that are served to clients, and what is known of others; where the statistics are is said by
 * statistics_paths.ts.
 *
 * ```
 * /announce   /announce/KEY   /KEY/announce
 * /scrape     /scrape/KEY     /KEY/scrape         BEP 48: what an announce's path becomes
 * /health     /
 *
 * KEY = 1*128( letter / digit / "-" / "_" )       a passkey, as private trackers give them out; it means nothing here
 * ```
 *
 * @module
 */

import { ascii, equalBytes } from "./query.ts";

/** What is at a path: nothing, or one of the below. */
export const ROUTE_NONE = 0;
export const ROUTE_ANNOUNCE = 1;
export const ROUTE_SCRAPE = 2;
export const ROUTE_HEALTH = 3;
export const ROUTE_ROOT = 4;

const ANNOUNCE_PATH = ascii("/announce");
const SCRAPE_PATH = ascii("/scrape");
const HEALTH_PATH = ascii("/health");
const ROOT_PATH = ascii("/");

const SLASH = 0x2f;
/** Room for 64 bytes in hexadecimal, more than any tracker has in its keys. */
const KEY_BYTES_MAX = 128;

/** 1 for each byte that a key may have. */
const KEY_BYTES = new Uint8Array(256);
for (const byte of ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")) {
  KEY_BYTES[byte] = 1;
}

/** What is at the path in `bytes` from `start` to before `end`, one of ROUTE_*. Nothing in it is decoded. */
export function routeOf(bytes: Uint8Array, start: number, end: number): number {
  if (equalBytes(bytes, start, end, ANNOUNCE_PATH)) return ROUTE_ANNOUNCE;
  if (equalBytes(bytes, start, end, SCRAPE_PATH)) return ROUTE_SCRAPE;
  if (equalBytes(bytes, start, end, HEALTH_PATH)) return ROUTE_HEALTH;
  if (equalBytes(bytes, start, end, ROOT_PATH)) return ROUTE_ROOT;
  let second = start + 1;
  while (second < end && bytes[second] !== SLASH) second++;
  // The last segment first: that is the one which BEP 48 replaces.
  if (isKey(bytes, start, second)) {
    if (equalBytes(bytes, second, end, ANNOUNCE_PATH)) return ROUTE_ANNOUNCE;
    if (equalBytes(bytes, second, end, SCRAPE_PATH)) return ROUTE_SCRAPE;
  }
  if (isKey(bytes, second, end)) {
    if (equalBytes(bytes, start, second, ANNOUNCE_PATH)) return ROUTE_ANNOUNCE;
    if (equalBytes(bytes, start, second, SCRAPE_PATH)) return ROUTE_SCRAPE;
  }
  return ROUTE_NONE;
}

/** Whether the bytes from `start` to before `end` are a slash and a key. */
function isKey(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start - 1;
  if (length < 1 || length > KEY_BYTES_MAX || bytes[start] !== SLASH) return false;
  for (let i = start + 1; i < end; i++) {
    if (KEY_BYTES[bytes[i]] === 0) return false;
  }
  return true;
}
