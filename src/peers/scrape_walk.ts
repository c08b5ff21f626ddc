/**
 * Counting every torrent in ascending order of info hashes while everything else goes on: announces, and the keeper's
 * sweeps too. Any thread may do it at any time. A torrent that is there all the while is met exactly once, none is met
 * twice, and its counts are of one moment.
 *
 * A shard's lock is held to list its torrents, and then for one torrent at a time. Between the two a torrent may go and
 * its line become another's; so the list says only what to look for, and a torrent counts if it is found.
 *
 * @module
 */

import { compareHashes } from "./hash_order.ts";
import { CONTROL_WORDS, HASH_BYTES, HASH_WORDS, LINE_WORDS, SHARD_COUNT } from "./layout.ts";
import { scrape, type ScrapeAnswer } from "./scrape.ts";
import type { PeerTable } from "./table.ts";
import { listTorrents, shardOf } from "./torrents.ts";

const CAPACITY_START = 1024;

/** One walk through the table. Its memory grows with the torrents of the fullest shard, 28 bytes each. */
export class ScrapeWalk {
  readonly #table: PeerTable;
  #shard = -1;
  /** Lines of the shard's torrents, then their hashes, and the places of the hashes in ascending order. */
  #numbers = new Uint32Array(CAPACITY_START);
  #hashes = new Uint32Array(CAPACITY_START * HASH_WORDS);
  #order = new Uint32Array(CAPACITY_START);
  #count = 0;
  #next = 0;
  readonly #hashWords = new Uint32Array(HASH_WORDS);
  /** The 20 bytes of the torrent that `next` went to. */
  readonly hash: Uint8Array<ArrayBuffer> = new Uint8Array(this.#hashWords.buffer, 0, HASH_BYTES);

  constructor(table: PeerTable) {
    this.#table = table;
  }

  /** Goes to the next torrent, its counts into `answer` and its hash into `hash`; false when there is none. */
  next(answer: ScrapeAnswer): boolean {
    for (;;) {
      while (this.#next < this.#count) {
        const index = this.#next++;
        const at = this.#order[index] * HASH_WORDS;
        // A torrent that went and came back meanwhile may stand in two lines of the list.
        if (index > 0 && compareHashes(this.#hashes, this.#order[index - 1] * HASH_WORDS, at) === 0) continue;
        if (!scrape(this.#table, this.#hashes, at, answer)) continue;
        for (let i = 0; i < HASH_WORDS; i++) this.#hashWords[i] = this.#hashes[at + i];
        return true;
      }
      if (this.#shard === SHARD_COUNT - 1) return false;
      this.#shard++;
      this.#list();
    }
  }

  /** Takes the hashes of the shard's torrents and puts them in order. */
  #list(): void {
    const { torrents } = this.#table;
    const shard = CONTROL_WORDS + this.#shard * LINE_WORDS;
    const listed = this.#listLines(shard);
    this.#next = this.#count = 0;
    for (let i = 0; i < listed; i++) {
      const line = this.#numbers[i] * LINE_WORDS;
      const at = this.#count * HASH_WORDS;
      // Without the lock: the line may be another torrent's by now, or half of it.
      for (let word = 0; word < HASH_WORDS; word++) this.#hashes[at + word] = torrents[line + word];
      // What is of another shard has its turn there.
      if (shardOf(this.#hashes[at]) === shard) this.#order[this.#count] = this.#count++;
    }
    const hashes = this.#hashes;
    this.#order.subarray(0, this.#count).sort((a, b) =>
      compareHashes(hashes, a * HASH_WORDS, b * HASH_WORDS)
    );
  }

  /** Lists the lines of the shard's torrents and returns how many they are. */
  #listLines(shard: number): number {
    for (;;) {
      const count = listTorrents(this.#table, shard, this.#numbers);
      if (count <= this.#numbers.length) return count;
      // Room is made without the lock; the shard may grow on meanwhile, hence the slack and the loop.
      const capacity = count + (count >>> 2);
      this.#numbers = new Uint32Array(capacity);
      this.#hashes = new Uint32Array(capacity * HASH_WORDS);
      this.#order = new Uint32Array(capacity);
    }
  }
}
