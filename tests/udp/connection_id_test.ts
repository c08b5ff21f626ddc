import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Family, IPV4, IPV6 } from "../../src/peers/mod.ts";
import { ConnectionIds } from "../../src/udp/connection_id.ts";

const SECRET = Uint32Array.of(0x01234567, 0x89abcdef);
const ADDRESS4 = Uint32Array.of(0x010200c0, 0, 0, 0);
const ADDRESS6 = Uint32Array.of(0xb80d0120, 0, 0, 0x01000000);
const NOW_SEC = 100_000;

/** Issues an id in second `issuedSec` and tells whether other workers' objects take it in second `nowSec`. */
function isGoodAt(issuedSec: number, nowSec: number, family: Family = IPV4, address = ADDRESS4): boolean {
  const ids = new ConnectionIds(SECRET);
  ids.issue(issuedSec, family, address);
  return new ConnectionIds(SECRET).isGood(nowSec, family, address, ids.high, ids.low);
}

Deno.test("ConnectionIds takes an id for two minutes", () => {
  for (const [family, address] of [[IPV4, ADDRESS4], [IPV6, ADDRESS6]] as const) {
    for (const ageSec of [0, 1, 60, 119, 120]) {
      assert(isGoodAt(NOW_SEC, NOW_SEC + ageSec, family, address), `${ageSec} s`);
    }
    for (const ageSec of [121, 122, 300, 65535]) {
      assert(!isGoodAt(NOW_SEC, NOW_SEC + ageSec, family, address), `${ageSec} s`);
    }
  }
});

Deno.test("ConnectionIds takes an id at any time of the clock", () => {
  // 0 = just begun; 65535 = the stamp is about to wrap; the last = so is the clock's word.
  for (const issuedSec of [0, 1, 65535, 65536, 131071, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 200]) {
    for (const ageSec of [0, 120]) {
      assert(isGoodAt(issuedSec, issuedSec + ageSec), `${issuedSec} + ${ageSec}`);
    }
    assert(!isGoodAt(issuedSec, issuedSec + 121), `${issuedSec} + 121`);
  }
});

Deno.test("ConnectionIds refuses an id from the future, but for the one second of two workers' skew", () => {
  assert(isGoodAt(NOW_SEC + 1, NOW_SEC));
  for (const aheadSec of [2, 3, 60, 120, 3600, 32768, 65000]) {
    assert(!isGoodAt(NOW_SEC + aheadSec, NOW_SEC), `${aheadSec} s`);
  }
});

Deno.test("ConnectionIds refuses an id when its stamp comes round again", () => {
  for (const rounds of [1, 2, 100]) {
    for (const ageSec of [0, 60]) assert(!isGoodAt(NOW_SEC, NOW_SEC + rounds * 65536 + ageSec));
  }
});

Deno.test("ConnectionIds refuses an id with any one bit turned over", () => {
  for (const [family, address] of [[IPV4, ADDRESS4], [IPV6, ADDRESS6]] as const) {
    const ids = new ConnectionIds(SECRET);
    ids.issue(NOW_SEC, family, address);
    const { high, low } = ids;
    for (let bit = 0; bit < 32; bit++) {
      const flip = 2 ** bit;
      assert(!ids.isGood(NOW_SEC, family, address, (high ^ flip) >>> 0, low), `high bit ${bit}`);
      assert(!ids.isGood(NOW_SEC, family, address, high, (low ^ flip) >>> 0), `low bit ${bit}`);
    }
    assert(ids.isGood(NOW_SEC, family, address, high, low));
  }
});

Deno.test("ConnectionIds refuses an id of another address, family or secret", () => {
  const ids = new ConnectionIds(SECRET);
  for (const [family, address] of [[IPV4, ADDRESS4], [IPV6, ADDRESS6]] as const) {
    ids.issue(NOW_SEC, family, address);
    const { high, low } = ids;
    const words = family === IPV4 ? 1 : 4;
    for (let bit = 0; bit < 32 * words; bit++) {
      const other = address.slice();
      other[bit >>> 5] ^= 1 << (bit & 31);
      assert(!ids.isGood(NOW_SEC, family, other, high, low), `address bit ${bit}`);
    }
    assert(!ids.isGood(NOW_SEC, family === IPV4 ? IPV6 : IPV4, address, high, low));
    for (
      const secret of [Uint32Array.of(SECRET[0] ^ 1, SECRET[1]), Uint32Array.of(SECRET[0], SECRET[1] ^ 1)]
    ) {
      assert(!new ConnectionIds(secret).isGood(NOW_SEC, family, address, high, low));
    }
  }
});

Deno.test("ConnectionIds looks at the first word alone of an IPv4 address", () => {
  const ids = new ConnectionIds(SECRET);
  ids.issue(NOW_SEC, IPV4, ADDRESS4);
  assert(ids.isGood(NOW_SEC, IPV4, Uint32Array.of(ADDRESS4[0], 1, 2, 3), ids.high, ids.low));
});

Deno.test("ConnectionIds carries the second of issue in its first two bytes", () => {
  const ids = new ConnectionIds(SECRET);
  ids.issue(0x12345, IPV4, ADDRESS4);
  assertEquals(ids.high >>> 16, 0x2345);
});

Deno.test("ConnectionIds refuses ids made up", () => {
  const ids = new ConnectionIds(SECRET);
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(fc.property(word, word, (high, low) => {
    // The stamp is made good, so that only the hash can refuse.
    const stamped = ((NOW_SEC << 16) | (high & 0xffff)) >>> 0;
    assert(!ids.isGood(NOW_SEC, IPV4, ADDRESS4, stamped, low));
  }));
});

Deno.test("ConnectionIds does not mistake one address, family or second for another, whatever came before", () => {
  const word = fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1);
  const asked = fc.tuple(
    fc.constantFrom<Family>(IPV4, IPV6),
    fc.tuple(word, word, word, word),
    fc.constantFrom(0, 1, NOW_SEC, 2 ** 31),
  );
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 60 }), (all) => {
      const ids = new ConnectionIds(SECRET);
      for (const [family, words, nowSec] of all) {
        const address = Uint32Array.from(words);
        const fresh = new ConnectionIds(SECRET);
        fresh.issue(nowSec, family, address);
        ids.issue(nowSec, family, address);
        assertEquals([ids.high, ids.low], [fresh.high, fresh.low]);
        assert(ids.isGood(nowSec, family, address, fresh.high, fresh.low));
      }
    }),
  );
});
