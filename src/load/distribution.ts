import { Random } from "../random/mod.ts";

/**
 * Draws a torrent for each of `peers` peers into `torrentOf` (its length is the number of peers). Torrent t of
 * `torrents` is drawn in proportion to (t + 1) ^ -skew (Zipf's law): with a skew of 0 all torrents are alike, with 1
 * the second has half as many peers as the first, and the third a third.
 */
export function assignTorrents(torrentOf: Uint32Array, torrents: number, skew: number, seed: number): void {
  const upTo = new Float64Array(torrents);
  let sum = 0;
  for (let torrent = 0; torrent < torrents; torrent++) {
    sum += (torrent + 1) ** -skew;
    upTo[torrent] = sum;
  }
  const random = new Random(seed);
  const scale = sum / 2 ** 32;
  for (let peer = 0; peer < torrentOf.length; peer++) {
    torrentOf[peer] = firstAbove(upTo, random.next() * scale);
  }
}

/** The index of the first of ascending values that is above `value`; the last index when none is. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = low + high >>> 1;
    if (ascending[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
