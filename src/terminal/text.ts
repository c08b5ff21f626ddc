/** Numbers as people read them, and small pictures of them. @module */

const LEVELS = "▁▂▃▄▅▆▇█";
const FILLED = "█";
const EMPTY = "░";

const BYTE_UNITS = ["bytes", "kB", "MB", "GB", "TB"];
const MINUTE_SEC = 60;
const HOUR_SEC = 60 * MINUTE_SEC;
const DAY_SEC = 24 * HOUR_SEC;

/** A whole number: `1,234,567`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** Something a second, the more exact the less it is: `0.25`, `12.3`, `1,234`. */
export function rateText(rate: number): string {
  if (rate >= 100) return countText(rate);
  return rate === 0 ? "0" : rate.toFixed(rate >= 10 ? 1 : 2);
}

/** A size in decimal units: `187.7 MB`. */
export function bytesText(bytes: number): string {
  let size = bytes, unit = 0;
  while (size >= 1000 && unit < BYTE_UNITS.length - 1) size /= 1000, unit++;
  return `${unit === 0 ? countText(size) : size.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** A part of a whole, 0 to 1: `4.6 %`. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A length of time by its two largest units: `2 h 3 min`. */
export function durationText(seconds: number): string {
  const whole = Math.max(Math.floor(seconds), 0);
  if (whole < MINUTE_SEC) return `${whole} s`;
  if (whole < HOUR_SEC) return pair(whole, MINUTE_SEC, "min", 1, "s");
  if (whole < DAY_SEC) return pair(whole, HOUR_SEC, "h", MINUTE_SEC, "min");
  return pair(whole, DAY_SEC, "d", HOUR_SEC, "h");
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  return `${Math.floor(seconds / large)} ${largeName} ${Math.floor((seconds % large) / small)} ${smallName}`;
}

/** One letter for each value, as high as it is beside the largest of them; none are negative. */
export function sparkline(values: readonly number[]): string {
  const max = Math.max(...values);
  const level = (value: number) => max === 0 ? 0 : Math.round((value / max) * (LEVELS.length - 1));
  return values.map((value) => LEVELS[level(value)]).join("");
}

/** A bar of `width` letters, filled as `share` says, 0 to 1. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * width);
  return FILLED.repeat(filled) + EMPTY.repeat(width - filled);
}
