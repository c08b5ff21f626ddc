import { assertEquals } from "@std/assert";
import {
  formatBytes,
  formatClock,
  formatCompact,
  formatCount,
  formatDuration,
  formatMicroseconds,
  formatPercent,
  formatQuantity,
  formatTime,
} from "../../src/page/format.ts";

/** Texts with plain spaces in place of those that no line ends at. */
function texts<T>(format: (value: T) => string, values: T[]): string[] {
  return values.map((value) => format(value).replaceAll("\u00a0", " "));
}

Deno.test("counts have separators", () => {
  assertEquals(texts(formatCount, [0, 999, 1000, 4_567_890]), ["0", "999", "1,000", "4,567,890"]);
});

Deno.test("quantities have three digits, no more than three of them decimals, and all before the point", () => {
  const values = [0, 0.0004, 0.0126, 0.5, 1, 9.876, 99.95, 100.4, 12_345.6];
  assertEquals(texts(formatQuantity, values), [
    "0",
    "0",
    "0.013",
    "0.5",
    "1",
    "9.88",
    "100",
    "100",
    "12,346",
  ]);
});

Deno.test("an axis has short numbers", () => {
  assertEquals(texts(formatCompact, [0, 0.25, 150, 1200, 35_000_000]), ["0", "0.25", "150", "1.2K", "35M"]);
});

Deno.test("shares are per cent", () => {
  assertEquals(texts(formatPercent, [0, 0.0457, 1]), ["0 %", "4.57 %", "100 %"]);
});

Deno.test("bytes are in the largest unit that they fill", () => {
  const values = [0, 1023, 1024, 187_654_144, 2 ** 40, 2 ** 52];
  assertEquals(texts(formatBytes, values), [
    "0 bytes",
    "1,023 bytes",
    "1 KiB",
    "179 MiB",
    "1 TiB",
    "4,096 TiB",
  ]);
});

Deno.test("time spans have two units", () => {
  const values = [0, 59.9, 60, 3599, 3600, 86_399, 86_400, 100_000_000];
  assertEquals(texts(formatDuration, values), [
    "0 s",
    "59 s",
    "1 min 0 s",
    "59 min 59 s",
    "1 h 0 min",
    "23 h 59 min",
    "1 d 0 h",
    "1,157 d 9 h",
  ]);
});

Deno.test("handling times are in the unit that fits", () => {
  assertEquals(texts(formatMicroseconds, [0.5, 50, 2000, 1_500_000]), ["0.5 µs", "50 µs", "2 ms", "1.5 s"]);
});

Deno.test("times are of UTC", () => {
  assertEquals(formatTime(1_770_091_506.789), "2026-02-03 04:05:06 UTC");
  assertEquals(formatClock(1_770_091_506.789), "04:05:06");
});
