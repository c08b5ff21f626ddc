/**
 * How many peers each torrent of a synthetic state has: whole numbers with a given sum, without a list of them.
 *
 * The torrent of rank r (0 is the largest) has the peers between share(r) and share(r + 1) of all, where share is
 * the integral of x^-skew from 1 on: Zipf's law with its steps smoothed. Ranks are spread over the torrents by a step
 * that visits each once.
 *
 * @module
 */

import { mix32 } from "../random/mod.ts";

/** Ranks of torrents that follow each other are so far apart, as a part of all: the golden section spreads best. */
const STEP_SHARE = 0.6180339887;

/** Sizes of `torrents` torrents (1 to 2^26) that have `peers` peers together. */
export class TorrentSizes {
  readonly #torrents: number;
  readonly #peers: number;
  readonly #exponent: number;
  readonly #step: number;
  readonly #start: number;
  readonly #whole: number;

  constructor(torrents: number, peers: number, skew: number, seed: number) {
    this.#torrents = torrents;
    this.#peers = peers;
    this.#exponent = 1 - skew;
    this.#step = coprimeNear(torrents, Math.round(torrents * STEP_SHARE));
    this.#start = mix32(seed) % torrents;
    this.#whole = this.#integral(torrents);
  }

  /** Peers of the torrent `index`, 0 up to the number of torrents less one. */
  peersOf(index: number): number {
    const rank = (this.#start + index * this.#step) % this.#torrents;
    return this.#peersBefore(rank + 1) - this.#peersBefore(rank);
  }

  /** Peers of the torrents with a rank below `rank`. */
  #peersBefore(rank: number): number {
    return Math.round(this.#peers * (this.#integral(rank) / this.#whole));
  }

  /** Of x^-skew from 1 to `rank` + 1. */
  #integral(rank: number): number {
    if (this.#exponent === 1) return rank;
    if (this.#exponent === 0) return Math.log(rank + 1);
    return ((rank + 1) ** this.#exponent - 1) / this.#exponent;
  }
}

/** The first number from `wanted` up, at least 1, that has no divisor with `count` in common. */
function coprimeNear(count: number, wanted: number): number {
  let number = Math.max(1, wanted);
  while (greatestDivisor(number, count) !== 1) number++;
  return number;
}

function greatestDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
