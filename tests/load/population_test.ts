import { assert, assertEquals } from "@std/assert";
import { createTorrentOf, hashLines, peersMax, Population } from "../../src/load/population.ts";

const OPTIONS = { torrents: 50, peers: 20_000, addresses: 3, skew: 1, seedersShare: 0.25, seed: 9 };

function populationOf(changes: Partial<typeof OPTIONS> = {}): Population {
  const options = { ...OPTIONS, ...changes };
  return new Population(options, createTorrentOf(options));
}

/** How many peers each torrent has. */
function sizesOf({ torrents, torrentOf }: Population): number[] {
  const sizes = new Array<number>(torrents).fill(0);
  for (const torrent of torrentOf) sizes[torrent]++;
  return sizes;
}

for (const skew of [0, 0.5, 1, 2]) {
  Deno.test(`with a skew of ${skew}, torrent n has peers in proportion to n ^ -${skew}`, () => {
    const population = populationOf({ skew });
    const weights = Array.from({ length: OPTIONS.torrents }, (_, torrent) => (torrent + 1) ** -skew);
    const sum = weights.reduce((total, weight) => total + weight);
    sizesOf(population).forEach((size, torrent) => {
      const expected = OPTIONS.peers * weights[torrent] / sum;
      // Five standard deviations, and the seed is fixed.
      const tolerance = 5 * Math.sqrt(expected) + 1;
      assert(
        Math.abs(size - expected) <= tolerance,
        `torrent ${torrent} has ${size} peers instead of ${expected}`,
      );
    });
  });
}

Deno.test("the same seed makes the same population, another makes another", () => {
  const lines = (population: Population) => [...hashLines(population)];
  assertEquals(populationOf().torrentOf, populationOf().torrentOf);
  assertEquals(lines(populationOf()), lines(populationOf()));
  const other = populationOf({ seed: 10 });
  assert(other.torrentOf.some((torrent, peer) => torrent !== populationOf().torrentOf[peer]));
  assertEquals(lines(other).filter((line) => lines(populationOf()).includes(line)), []);
});

Deno.test("hash lines are the bytes of the hash words in memory, and all differ", () => {
  const population = populationOf();
  const lines = [...hashLines(population)];
  lines.forEach((line, torrent) => {
    const words = Uint32Array.from({ length: 5 }, (_, word) => population.hashWord(torrent, word));
    const hex = Array.from(new Uint8Array(words.buffer), (byte) => byte.toString(16).padStart(2, "0"));
    assertEquals(line, `${hex.join("")}\n`);
  });
  assertEquals(new Set(lines).size, OPTIONS.torrents);
});

Deno.test("as many peers as can be are told apart by address and port, and port 0 is none", () => {
  const addresses = 2;
  const peers = peersMax(addresses);
  const population = new Population({ ...OPTIONS, addresses, peers }, new Uint32Array(0));
  const seen = new Set<number>();
  for (let peer = 0; peer < peers; peer++) {
    const port = population.portOf(peer);
    assert(port >= 1 && port <= 65535 && population.addressOf(peer) < addresses);
    seen.add(population.addressOf(peer) * 65536 + port);
  }
  assertEquals(seen.size, peers);
});

Deno.test("the share of seeders is as asked", () => {
  for (const [seedersShare, least, most] of [[0, 0, 0], [0.25, 4700, 5300], [1, 20_000, 20_000]]) {
    const population = populationOf({ seedersShare });
    let seeders = 0;
    for (let peer = 0; peer < OPTIONS.peers; peer++) seeders += population.isSeeder(peer) ? 1 : 0;
    assert(seeders >= least && seeders <= most, `${seeders} seeders at ${seedersShare}`);
  }
});
