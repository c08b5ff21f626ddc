import { assertEquals } from "@std/assert";
import {
  ROUTE_ANNOUNCE,
  ROUTE_HEALTH,
  ROUTE_NONE,
  ROUTE_ROOT,
  ROUTE_SCRAPE,
  routeOf,
} from "../../src/http/paths.ts";
import { ascii } from "../../src/http/query.ts";

const LONGEST_KEY = "k".repeat(128);

const PATHS: [path: string, route: number][] = [
  ["/announce", ROUTE_ANNOUNCE],
  ["/scrape", ROUTE_SCRAPE],
  ["/health", ROUTE_HEALTH],
  ["/stats.json", ROUTE_NONE],
  ["/stats", ROUTE_NONE],
  ["/announce/0123456789abcdef0123456789ABCDEF", ROUTE_ANNOUNCE],
  ["/0123456789abcdef0123456789ABCDEF/announce", ROUTE_ANNOUNCE],
  ["/scrape/a_Z-9", ROUTE_SCRAPE],
  ["/a_Z-9/scrape", ROUTE_SCRAPE],
  [`/announce/${LONGEST_KEY}`, ROUTE_ANNOUNCE],
  [`/${LONGEST_KEY}/scrape`, ROUTE_SCRAPE],
  [`/announce/${LONGEST_KEY}k`, ROUTE_NONE],
  [`/${LONGEST_KEY}k/announce`, ROUTE_NONE],
  // The last segment is the one that clients replace.
  ["/announce/announce", ROUTE_ANNOUNCE],
  ["/announce/scrape", ROUTE_SCRAPE],
  ["/scrape/announce", ROUTE_ANNOUNCE],
  ["/health/announce", ROUTE_ANNOUNCE],
  ["", ROUTE_NONE],
  ["/", ROUTE_ROOT],
  ["//", ROUTE_NONE],
  ["*", ROUTE_NONE],
  ["announce", ROUTE_NONE],
  ["x/announce", ROUTE_NONE],
  ["announce/x", ROUTE_NONE],
  ["/announc", ROUTE_NONE],
  ["/announcer", ROUTE_NONE],
  ["/ANNOUNCE", ROUTE_NONE],
  ["/%61nnounce", ROUTE_NONE],
  ["/announce.php", ROUTE_NONE],
  ["/announce/", ROUTE_NONE],
  ["//announce", ROUTE_NONE],
  ["/announce//", ROUTE_NONE],
  ["/announce/key/", ROUTE_NONE],
  ["/key/announce/", ROUTE_NONE],
  ["//key/announce", ROUTE_NONE],
  ["/announce/key/key", ROUTE_NONE],
  ["/key/announce/key", ROUTE_NONE],
  ["/key/key/announce", ROUTE_NONE],
  ["/../announce", ROUTE_NONE],
  ["/./scrape", ROUTE_NONE],
  ["/announce/%41", ROUTE_NONE],
  ["/announce/a b", ROUTE_NONE],
  ["/announce/a=b", ROUTE_NONE],
  ["/announce/\u00e9", ROUTE_NONE],
  ["/key/health", ROUTE_NONE],
  ["/stats.json/key", ROUTE_NONE],
  ["/key", ROUTE_NONE],
];

for (const [path, route] of PATHS) {
  Deno.test(`routeOf() finds route ${route} at "${path.slice(0, 60)}"`, () => {
    const bytes = ascii(`/${path}/announce`);
    const end = bytes.length - "/announce".length;
    assertEquals(routeOf(bytes, 1, end), route);
    // What lies around the path is not the path.
    assertEquals(routeOf(ascii(path), 0, end - 1), route);
  });
}
