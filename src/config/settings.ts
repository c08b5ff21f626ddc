/**
 * Every setting of the tracker, in the order in which the help shows them. Flags, environment variables, checks
 * and help are all made from this one table.
 *
 * @module
 */

import { ACCESS_SETTINGS, ADDRESS_LIMIT_SETTINGS } from "./access_settings.ts";
import { GROUP } from "./groups.ts";
import { HTTP_ANSWER_SETTINGS, HTTP_LIMIT_SETTINGS, HTTP_LISTENER_SETTINGS } from "./http_settings.ts";
import { PAGE_SETTINGS } from "./page_settings.ts";
import { LOG_SETTINGS, PRIVILEGE_SETTINGS } from "./program_settings.ts";
import { choice, count, duration, endpoint, file, saveRule, type Setting, toggle } from "./setting.ts";

/** The age of a peer is kept in one byte of minutes, and 240 of them leave room for a late sweep. */
const PEER_TIMEOUT_MAX_SEC = 240 * 60;

/**
 * The shortest time that a peer may live, so that none is dropped before it is due: an answer's interval is up to
 * 10 % above the setting, and the table counts whole minutes.
 */
export function peerTimeoutLeastSec(intervalSec: number): number {
  return Math.floor((11 * intervalSec) / 10) + 60 + 1;
}

const INTERVAL_MIN_SEC = 60;
/** The longest interval for which a peer timeout is left. */
const INTERVAL_MAX_SEC = Math.floor((PEER_TIMEOUT_MAX_SEC - 60) / 1.1);
const MIN_INTERVAL_MIN_SEC = 10;
const STALE_AFTER_MAX_SEC = 30 * 24 * 3600;
const WORKERS_MAX = 64;
const PEERS_MAX = 2 ** 27;
const TORRENTS_MAX = 2 ** 26;

/** The settings. The keys are for this program alone; the operator sees `name`. */
export const SETTINGS = {
  listen: endpoint({
    name: "listen",
    group: GROUP.addresses,
    metavar: "ADDR:PORT",
    repeatable: true,
    help:
      "Serve UDP and HTTP there. IPv6 in brackets: [::1]:6969; [::] takes IPv4 too; port 0 is any free port.",
  }),
  udp: endpoint({
    name: "udp",
    group: GROUP.addresses,
    metavar: "ADDR:PORT",
    repeatable: true,
    help: "Serve UDP there.",
  }),
  udpBackend: choice({
    name: "udp-backend",
    group: GROUP.addresses,
    metavar: "BACKEND",
    default: "auto",
    help: "UDP sockets of libc, of Deno, or of libc where it can be had.",
  }, ["auto", "libc", "deno"]),
  ...HTTP_LISTENER_SETTINGS,

  odb: file({
    name: "odb",
    group: GROUP.state,
    metavar: "FILE",
    defaultNote: "none: nothing is kept over a restart",
    help: "Restore torrents and peers from FILE at the start, and save them to it; IPv6 peers in FILE6.",
  }),
  odbSave: saveRule({
    name: "odb-save",
    group: GROUP.state,
    metavar: "SECONDS:CHANGES",
    repeatable: true,
    default: "900:1,300:10,60:10000",
    help: "Save when both SECONDS have passed and CHANGES were made since the last save. Giving any rule " +
      "replaces the default ones.",
  }),
  odbKey: toggle({
    name: "odb-key",
    group: GROUP.state,
    default: "true",
    defaultNote: "on",
    help: "Keep counters and the secret of connection ids in FILE.key, so that they outlive a restart.",
  }),
  odbStaleAfter: duration(
    {
      name: "odb-stale-after",
      group: GROUP.state,
      metavar: "SECONDS",
      default: "3600",
      help: "How long a save may be due before /health tells of it with status 503.",
    },
    1,
    STALE_AFTER_MAX_SEC,
  ),
  odbReadonly: toggle({
    name: "odb-readonly",
    group: GROUP.state,
    default: "false",
    help: "Restore from the file of --odb, and never write to it or beside it.",
  }),

  interval: duration(
    {
      name: "interval",
      group: GROUP.answers,
      metavar: "SECONDS",
      default: "1800",
      help:
        "When a client shall announce again; each answer varies it by up to a tenth so that clients spread.",
    },
    INTERVAL_MIN_SEC,
    INTERVAL_MAX_SEC,
  ),
  minInterval: duration(
    {
      name: "min-interval",
      group: GROUP.answers,
      metavar: "SECONDS",
      defaultNote: "900, or half the interval where that is less",
      help: "How soon a client may announce again; at most the interval.",
    },
    MIN_INTERVAL_MIN_SEC,
    INTERVAL_MAX_SEC,
  ),
  peerTimeout: duration(
    {
      name: "peer-timeout",
      group: GROUP.answers,
      metavar: "SECONDS",
      default: "2700",
      help: "How long a peer lives after its last announce; more than 1.1 times the interval and a minute.",
    },
    peerTimeoutLeastSec(INTERVAL_MIN_SEC),
    PEER_TIMEOUT_MAX_SEC,
  ),
  peerIds: toggle({
    name: "peer-ids",
    group: GROUP.answers,
    default: "true",
    defaultNote: "on",
    help: "Keep peer ids (18 bytes a peer) for HTTP answers that are not compact.",
  }),
  ...HTTP_ANSWER_SETTINGS,
  ...ACCESS_SETTINGS,
  ...PAGE_SETTINGS,

  maxPeers: count(
    {
      name: "max-peers",
      group: GROUP.limits,
      metavar: "COUNT",
      default: "16777216",
      help: "Peers to keep. When full, announces are answered and nothing new is stored.",
    },
    1,
    PEERS_MAX,
  ),
  maxTorrents: count(
    {
      name: "max-torrents",
      group: GROUP.limits,
      metavar: "COUNT",
      default: "2097152",
      help: "Torrents to keep.",
    },
    1,
    TORRENTS_MAX,
  ),
  ...ADDRESS_LIMIT_SETTINGS,
  udpWorkers: count(
    {
      name: "udp-workers",
      group: GROUP.limits,
      metavar: "COUNT",
      defaultNote: "the machine's cores less one, at least 1",
      help: "Threads that serve UDP.",
    },
    1,
    WORKERS_MAX,
  ),
  udpRealtime: toggle({
    name: "udp-realtime",
    group: GROUP.limits,
    default: "true",
    defaultNote: "on",
    help: "Make these threads real-time where the system lets them, so that no other program delays answers.",
  }),
  httpWorkers: count(
    {
      name: "http-workers",
      group: GROUP.limits,
      metavar: "COUNT",
      default: "1",
      help: "Threads that serve HTTP, and as many again for HTTPS.",
    },
    1,
    WORKERS_MAX,
  ),
  ...HTTP_LIMIT_SETTINGS,

  ...PRIVILEGE_SETTINGS,

  directory: file({
    name: "directory",
    group: GROUP.program,
    metavar: "DIR",
    defaultNote: "where it is started",
    help: "Work in DIR: relative paths in all other settings but --chroot begin there.",
  }),
  ...LOG_SETTINGS,
};

/** What only the command line can say, but for `config`, which a variable can say too. */
export const COMMAND_SETTINGS = {
  config: file({
    name: "config",
    group: GROUP.program,
    metavar: "FILE",
    help: "Read settings from FILE too, in TOML; options and variables win over it.",
  }),
  checkConfig: toggle({
    name: "check-config",
    group: GROUP.program,
    default: "false",
    help: "Check the configuration and the files that it names, say what is wrong, and exit.",
  }),
  printConfig: toggle({
    name: "print-config",
    group: GROUP.program,
    default: "false",
    help: "Print what is set and by what, as TOML that --config takes, and exit.",
  }),
};

/** All settings under their headings, in the order in which they are described. */
export function settingsByGroup(): Map<string, Setting<unknown>[]> {
  const all: Setting<unknown>[] = [...Object.values(SETTINGS), ...Object.values(COMMAND_SETTINGS)];
  return Map.groupBy(all, ({ group }) => group);
}

/** The number of UDP workers where none is given. */
export function defaultUdpWorkers(cores: number): number {
  return Math.min(Math.max(cores - 1, 1), WORKERS_MAX);
}

/** The minimum interval where none is given. */
export function defaultMinIntervalSec(intervalSec: number): number {
  return Math.min(900, Math.floor(intervalSec / 2));
}
