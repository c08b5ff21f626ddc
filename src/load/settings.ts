/** Every option of the load tester, in the order in which its help shows them. @module */

import { count, duration, file, number, optionLines, type Setting, share, toggle } from "../config/mod.ts";

/** The most that trackers give; their answers fit into what the loader receives, so that all peers are counted. */
const NUMWANT_MAX = 200;

const LOAD = "Load";
const SWARM = "Torrents and peers (the same seed gives the same ones)";
const OUTPUT = "Output";
const SAFETY = "Safety";

export const SETTINGS = {
  duration: duration(
    { name: "duration", group: LOAD, metavar: "SECONDS", default: "10", help: "How long to measure." },
    1,
    86_400,
  ),
  warmup: duration(
    {
      name: "warmup",
      group: LOAD,
      metavar: "SECONDS",
      default: "1",
      help: "Load before that, not measured.",
    },
    0,
    3600,
  ),
  rate: count(
    {
      name: "rate",
      group: LOAD,
      metavar: "COUNT",
      defaultNote: "as fast as the window allows",
      help: "Requests a second, sent on time whether answers come or not.",
    },
    1,
    10_000_000,
  ),
  window: count(
    {
      name: "window",
      group: LOAD,
      metavar: "COUNT",
      default: "256",
      help: "Requests without an answer at most, all sockets together, where no rate is given.",
    },
    1,
    65_536,
  ),
  sockets: count(
    { name: "sockets", group: LOAD, metavar: "COUNT", default: "1", help: "Source ports of each thread." },
    1,
    256,
  ),
  threads: count(
    { name: "threads", group: LOAD, metavar: "COUNT", default: "1", help: "Threads that share the load." },
    1,
    64,
  ),
  scrapeShare: share({
    name: "scrape-share",
    group: LOAD,
    metavar: "PERCENT",
    default: "3%",
    help: "Requests that are scrapes, of one to four torrents each; the others are announces.",
  }),
  numwant: count(
    { name: "numwant", group: LOAD, metavar: "COUNT", default: "50", help: "Peers wanted by each announce." },
    0,
    NUMWANT_MAX,
  ),

  torrents: count(
    { name: "torrents", group: SWARM, metavar: "COUNT", default: "1000", help: "Different info hashes." },
    1,
    10_000_000,
  ),
  peers: count(
    {
      name: "peers",
      group: SWARM,
      metavar: "COUNT",
      default: "10000",
      help: "Different peers, each in one torrent. Every announce is of one of them.",
    },
    1,
    100_000_000,
  ),
  fill: count(
    {
      name: "fill",
      group: SWARM,
      metavar: "COUNT",
      default: "0",
      help: "Announce so many of the peers once before anything else.",
    },
    0,
    100_000_000,
  ),
  addresses: count(
    {
      name: "addresses",
      group: SWARM,
      metavar: "COUNT",
      defaultNote: "64, or what the peers need; 1 unless the target is IPv4 on loopback",
      help: "Source addresses from 127.0.0.1 up; each can tell 65535 peers apart.",
    },
    1,
    65_536,
  ),
  skew: number(
    {
      name: "skew",
      group: SWARM,
      metavar: "EXPONENT",
      default: "1",
      help: "How unlike the torrents are: torrent n has peers in proportion to 1 / n^EXPONENT.",
    },
    0,
    10,
  ),
  seedersShare: share({
    name: "seeders-share",
    group: SWARM,
    metavar: "PERCENT",
    default: "50%",
    help: "Peers that have the whole torrent.",
  }),
  seed: count(
    { name: "seed", group: SWARM, metavar: "NUMBER", default: "1", help: "See above." },
    0,
    2 ** 32 - 1,
  ),

  json: toggle({ name: "json", group: OUTPUT, default: "false", help: "The result as JSON." }),
  pid: count(
    {
      name: "pid",
      group: OUTPUT,
      metavar: "PID",
      defaultNote: "none",
      help: "The server's process on this machine: tells its CPU time for each answer, and its memory.",
    },
    1,
    2 ** 22,
  ),
  hashes: file({
    name: "hashes",
    group: OUTPUT,
    metavar: "FILE",
    defaultNote: "none",
    help:
      "Write the info hashes to FILE, one a line, for a tracker's whitelist. Without a target, only that.",
  }),

  ownHost: toggle({
    name: "yes-i-own-this-host",
    group: SAFETY,
    default: "false",
    help: "Load a target that is not on loopback (127.0.0.0/8, ::1). Whoever owns it must have agreed.",
  }),
};

/** All of them, as those that parse and describe settings take them. */
export const ALL_SETTINGS: Setting<unknown>[] = Object.values(SETTINGS);

/** What `tracker load --help` prints, ending in a newline. */
export function loadHelpText(): string {
  const groups = Map.groupBy(ALL_SETTINGS, ({ group }) => group);
  return [
    "tracker load: sends announces and scrapes to a UDP tracker and measures its answers",
    "",
    "Usage: tracker load [OPTIONS] udp://ADDR:PORT",
    ...[...groups].flatMap(([group, members]) => ["", `${group}:`, ...members.flatMap(optionLines)]),
    "",
    "What it tells of time, over all answers:",
    "  latency     from when a request was due until its answer was read",
    "  of it late  how late requests were sent, by the loader's own fault",
    "  at server   what of the latency the server took, at a --rate: from the handing of a request to the",
    "              kernel until its answer came back there, as the kernel noted it; nothing of the loader's",
    "              own delay is in it. Left out where the kernel does not note it.",
    "",
    "Where the loader is late at a --rate, it catches up at one and a half times that rate, and by the rate",
    "itself faster for each 20 ms that it is late. A request is lost when 2 s after it was sent no answer came",
    "from the address that it was sent to. What the loader's own receive buffers drop is lost, too, and told.",
    "",
    "Examples:",
    "  tracker load udp://127.0.0.1:6969",
    "  tracker load --torrents 100k --peers 4500k --fill 4500k --pid $(pidof tracker) udp://127.0.0.1:6969",
    "",
  ].join("\n");
}
