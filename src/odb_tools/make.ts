/** `tracker odb make`: a synthetic state. @module */

import { count, type GivenSettings, number, share, valueOf } from "../config/mod.ts";
import { ipv6Path, TORRENT_HEAD_BYTES, TorrentHead } from "../odb/mod.ts";
import { type Family, IPV4, IPV6, PEERS_MAX, RECORD_BYTES, TORRENTS_MAX } from "../peers/mod.ts";
import { EXIT_OK, type OdbCommand } from "./command.ts";
import { finishOutputs, Output } from "./output.ts";
import { outputPathOf } from "./output_path.ts";
import { Progress } from "./progress.ts";
import { FORCE, OPTIONS, OUTPUT } from "./settings.ts";
import { type SyntheticOptions, SyntheticState } from "./synthetic.ts";

const SETTINGS = {
  output: OUTPUT,
  torrents: count(
    { name: "torrents", group: OPTIONS, metavar: "COUNT", default: "1000", help: "Torrents." },
    1,
    TORRENTS_MAX,
  ),
  peers: count(
    { name: "peers", group: OPTIONS, metavar: "COUNT", default: "100k", help: "Peers of both families." },
    0,
    PEERS_MAX,
  ),
  seed: count(
    {
      name: "seed",
      group: OPTIONS,
      metavar: "NUMBER",
      default: "1",
      help: "The same seed gives the same files, byte for byte.",
    },
    0,
    2 ** 32 - 1,
  ),
  ipv6Share: share({
    name: "ipv6-share",
    group: OPTIONS,
    metavar: "PERCENT",
    default: "0%",
    help: "Peers that are IPv6; they go to OUT6.",
  }),
  seedersShare: share({
    name: "seeders-share",
    group: OPTIONS,
    metavar: "PERCENT",
    default: "33%",
    help: "Peers that have the whole torrent.",
  }),
  skew: number(
    {
      name: "skew",
      group: OPTIONS,
      metavar: "EXPONENT",
      default: "0",
      help: "How unlike the torrents are: the largest but n has peers in proportion to 1 / n^EXPONENT.",
    },
    0,
    10,
  ),
  ageMax: count(
    { name: "age-max", group: OPTIONS, metavar: "MINUTES", default: "30", help: "Greatest age of a peer." },
    0,
    255,
  ),
  base: count(
    {
      name: "base",
      group: OPTIONS,
      metavar: "MINUTES",
      default: "29000000",
      help: "When the torrents were last touched, in minutes since 1970.",
    },
    0,
    2 ** 32 - 1,
  ),
  force: FORCE,
};

/** Makes OUT, and OUT6 when there are IPv6 peers. */
export const MAKE: OdbCommand = {
  name: "make",
  usage: "-o OUT [OPTIONS]",
  summary: "make a synthetic state, for tests and benchmarks",
  details: [],
  settings: Object.values(SETTINGS),
  filesMin: 0,
  filesMax: 0,
  run: (_files, given) => make(given),
};

function make(given: GivenSettings): number {
  const path = outputPathOf(given);
  const force = valueOf(SETTINGS.force, given);
  const options: SyntheticOptions = {
    torrents: valueOf(SETTINGS.torrents, given),
    peers: valueOf(SETTINGS.peers, given),
    seed: valueOf(SETTINGS.seed, given),
    ipv6Share: valueOf(SETTINGS.ipv6Share, given),
    seedersShare: valueOf(SETTINGS.seedersShare, given),
    ageMaxMin: valueOf(SETTINGS.ageMax, given),
    skew: valueOf(SETTINGS.skew, given),
  };
  using output4 = new Output({ path, family: IPV4, inputs: [], force });
  const output6 = options.ipv6Share === 0
    ? null
    : new Output({ path: ipv6Path(path), family: IPV6, inputs: [], force, ipv4: output4 });
  using _output6 = output6;
  using progress = new Progress(`make ${path}`);
  progress.expect(expectedBytes(options));
  const state = new SyntheticState(options);
  const head = new TorrentHead();
  head.baseMin = valueOf(SETTINGS.base, given);
  while (state.next()) {
    // As the tracker does: the IPv4 file alone tells of torrents without peers, and of every completed count.
    writeTorrent(output4, state, head, progress);
    if (output6 !== null && state.counts[IPV6] > 0) writeTorrent(output6, state, head, progress);
  }
  finishOutputs(output6 === null ? [output4] : [output4, output6]);
  return EXIT_OK;
}

function writeTorrent(output: Output, state: SyntheticState, head: TorrentHead, progress: Progress): void {
  const { family } = output;
  head.hash.set(state.hash);
  head.seeders = state.seeders[family];
  head.peers = state.counts[family];
  head.completed = state.completed;
  head.count = head.peers;
  output.addHead(head);
  for (let left = head.count; left > 0;) {
    const pieces = output.reserve(left);
    state.records(family, output.bytes, output.at, pieces);
    left -= pieces;
  }
  progress.advance(TORRENT_HEAD_BYTES + head.count * RECORD_BYTES[family]);
}

function expectedBytes({ torrents, peers, ipv6Share }: SyntheticOptions): number {
  const recordBytes = (family: Family, share: number) => peers * share * RECORD_BYTES[family];
  return torrents * TORRENT_HEAD_BYTES + recordBytes(IPV4, 1 - ipv6Share) + recordBytes(IPV6, ipv6Share);
}
