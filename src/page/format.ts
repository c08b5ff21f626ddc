/**
 * Numbers as people read them. The tracker and the page's script both use it, so that a number looks the same wherever
 * it comes from.
 *
 * @module
 */

/** Stands where there is no number. */
export const NONE = "\u2013";

/** Between a number and its unit, where no line shall end. */
const SPACE = "\u00a0";
const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SMALL = new Intl.NumberFormat("en-US", {
  maximumSignificantDigits: 3,
  maximumFractionDigits: 3,
  roundingPriority: "lessPrecision",
});
const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

const BYTE_UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];
const SEC_PER_MIN = 60;
const SEC_PER_HOUR = 3600;
const SEC_PER_DAY = 86_400;

/** `1,234,567`. */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** With decimals where there are few digits before them: `0.012`, `4.56`, `1,234`. */
export function formatQuantity(quantity: number): string {
  return (quantity < 100 ? SMALL : WHOLE).format(quantity);
}

/** Short, for the axis of a chart: `1.2K`, `35M`. */
export function formatCompact(quantity: number): string {
  return COMPACT.format(quantity);
}

/** `0.05`, as `5 %`. */
export function formatPercent(ratio: number): string {
  return `${formatQuantity(ratio * 100)}${SPACE}%`;
}

/** `178 MiB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let quantity = bytes;
  for (; quantity >= 1024 && unit < BYTE_UNITS.length - 1; unit++) quantity /= 1024;
  return `${formatQuantity(quantity)}${SPACE}${BYTE_UNITS[unit]}`;
}

/** A time span in the two largest units that it has, whole: `45 s`, `2 h 3 min`, `12 d 0 h`. */
export function formatDuration(durationSec: number): string {
  const seconds = Math.floor(durationSec);
  if (seconds < SEC_PER_MIN) return `${seconds}${SPACE}s`;
  const minutes = Math.floor(seconds / SEC_PER_MIN);
  if (seconds < SEC_PER_HOUR) return `${minutes}${SPACE}min ${seconds % SEC_PER_MIN}${SPACE}s`;
  const hours = Math.floor(seconds / SEC_PER_HOUR);
  if (seconds < SEC_PER_DAY) return `${hours}${SPACE}h ${minutes % 60}${SPACE}min`;
  return `${formatCount(Math.floor(hours / 24))}${SPACE}d ${hours % 24}${SPACE}h`;
}

/** `50 µs`, `2 ms`, `1.5 s`. */
export function formatMicroseconds(durationUs: number): string {
  if (durationUs < 1000) return `${formatQuantity(durationUs)}${SPACE}µs`;
  if (durationUs < 1_000_000) return `${formatQuantity(durationUs / 1000)}${SPACE}ms`;
  return `${formatQuantity(durationUs / 1_000_000)}${SPACE}s`;
}

/** `2026-02-03 04:05:06 UTC`. */
export function formatTime(unixSec: number): string {
  const date = new Date(unixSec * 1000).toISOString().slice(0, 10);
  return `${date} ${formatClock(unixSec)} UTC`;
}

/** `04:05:06`, of UTC. */
export function formatClock(unixSec: number): string {
  return new Date(unixSec * 1000).toISOString().slice(11, 19);
}
