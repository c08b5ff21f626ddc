/** The settings of whom the tracker serves: a part of the table in settings.ts. @module */

import { GROUP } from "./groups.ts";
import { announceBudget, count, file, network, peerIdPrefix, toggle } from "./setting.ts";

/** Peers of one address share a bucket of the table, and those of a bucket are searched one after the other. */
const PEERS_PER_ADDRESS_MAX = 1000;

/** Which torrents, clients and addresses are served. */
export const ACCESS_SETTINGS = {
  whitelist: file({
    name: "whitelist",
    group: GROUP.access,
    metavar: "FILE",
    help:
      "Serve only the torrents in FILE: an info hash of 40 hex digits a line, # begins a comment. Read anew " +
      "on SIGHUP.",
  }),
  blacklist: file({
    name: "blacklist",
    group: GROUP.access,
    metavar: "FILE",
    help:
      "Refuse the torrents in FILE, written likewise. With both lists, a torrent must be on the white and not " +
      "on the black one.",
  }),
  denyClient: peerIdPrefix({
    name: "deny-client",
    group: GROUP.access,
    metavar: "PREFIX",
    repeatable: true,
    help:
      "Refuse announces of clients whose peer id begins so. Most begin with a hyphen, and then an equals sign " +
      "is needed: --deny-client=-XL0012.",
  }),
  denyFrom: network({
    name: "deny-from",
    group: GROUP.access,
    metavar: "CIDR",
    repeatable: true,
    help: "Refuse announces and scrapes from an address or a network: UDP by silence, HTTP by a failure.",
  }),
  denyFromFile: file({
    name: "deny-from-file",
    group: GROUP.access,
    metavar: "FILE",
    help:
      "Refuse those from the addresses and networks in FILE too, one a line, # begins a comment. Read anew " +
      "on SIGHUP.",
  }),
  watchLists: toggle({
    name: "watch-lists",
    group: GROUP.access,
    default: "false",
    help: "Read the files above anew within some seconds of a change too.",
  }),
};

/** What one address may use of the tracker. */
export const ADDRESS_LIMIT_SETTINGS = {
  announceBudget: announceBudget({
    name: "announce-budget",
    group: GROUP.limits,
    metavar: "COUNT/SECONDS",
    defaultNote: "none",
    help:
      "Announces that an address (IPv6: a /64) may make in SECONDS. What is above it gets silence over UDP, " +
      "over HTTP a failure that says when to come again.",
  }),
  maxPeersPerAddress: count(
    {
      name: "max-peers-per-address",
      group: GROUP.limits,
      metavar: "COUNT",
      default: "0",
      defaultNote: "0: as many as there are",
      help:
        "Peers of one address (IPv6: a /64) to keep in one torrent. Further ones are answered and not stored.",
    },
    0,
    PEERS_PER_ADDRESS_MAX,
  ),
};
