import { assert, assertEquals } from "@std/assert";
import { COUNTER, requestsOf } from "../../src/stats/mod.ts";
import { warmUp } from "../../src/udp/warm_up.ts";

for (const peerIds of [false, true]) {
  Deno.test(`a worker practises connects, announces and scrapes, ${peerIds ? "with" : "without"} peer ids`, () => {
    const counters = warmUp(peerIds);
    assert(counters[COUNTER.udpConnects] > 500);
    assert(counters[COUNTER.udpScrapes] > 500);
    assert(counters[COUNTER.udpAnnounces] > 20_000);
    assertEquals(requestsOf(counters).udpErrors, 0);
  });
}
