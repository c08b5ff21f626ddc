/** How documents for other programs have names and numbers. @module */

/** `udpConnects` as documents for other programs have it: `udp_connects`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A rate or a share as documents have it: with four decimals, which nobody misses more of. */
export function fourDecimals(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
