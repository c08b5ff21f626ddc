// The peer table: what each operation costs as the table grows from what the processor's caches hold to what they do not.
import {
  announce,
  AnnounceRequest,
  EVENT_NONE,
  EVENT_STOPPED,
  NUMWANT_DEFAULT,
  scrape,
  ScrapeAnswer,
} from "../src/peers/mod.ts";
import {
  createAnswer,
  createFilledTable,
  createPopulation,
  inWords,
  seededRandom,
  setPeer,
  sink,
  TABLE_SIZES,
} from "./data.ts";

for (const peers of TABLE_SIZES) {
  const population = createPopulation(peers);
  const table = createFilledTable(population);
  const random = seededRandom();
  const request = new AnnounceRequest();
  const answer = createAnswer();
  const scraped = new ScrapeAnswer();
  const size = `${inWords(peers)} peers`;
  const anyPeer = () => setPeer(request, population, random.below(peers));

  Deno.bench({
    name: `making the request alone, ${size}`,
    group: "table",
    fn() {
      anyPeer();
      sink.value += request.peer[2];
    },
  });

  Deno.bench({
    name: `refresh, ${size}`,
    group: "table",
    fn() {
      anyPeer();
      request.event = EVENT_NONE;
      request.wanted4 = 0;
      announce(table, request, answer);
      sink.value += answer.leechers;
    },
  });

  Deno.bench({
    name: `refresh and choose ${NUMWANT_DEFAULT}, ${size}`,
    group: "table",
    fn() {
      anyPeer();
      request.event = EVENT_NONE;
      request.wanted4 = NUMWANT_DEFAULT;
      announce(table, request, answer);
      sink.value += answer.count4;
    },
  });

  Deno.bench({
    name: `go and come back, ${size}`,
    group: "table",
    fn() {
      anyPeer();
      request.wanted4 = 0;
      request.event = EVENT_STOPPED;
      announce(table, request, answer);
      request.event = EVENT_NONE;
      announce(table, request, answer);
      sink.value += answer.leechers;
    },
  });

  Deno.bench({
    name: `scrape, ${size}`,
    group: "table",
    fn() {
      anyPeer();
      scrape(table, request.hash, 0, scraped);
      sink.value += scraped.leechers;
    },
  });
}
