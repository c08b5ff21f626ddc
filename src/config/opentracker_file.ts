/**
 * The configuration file of opentracker: `KEY VALUE` a line, `#` begins a line that is a comment.
 *
 * @module
 */

import { ConfigError } from "./error.ts";
import type { OpentrackerSettings } from "./opentracker.ts";
import { SETTINGS } from "./settings.ts";
import { suggestion } from "./suggestion.ts";
import { readLines } from "./toml_file.ts";

type Take = (settings: OpentrackerSettings, value: string, source: string) => void;

/** What a key of the file does with its value. */
const TAKE: Record<string, Take> = {
  "listen.tcp_udp": (settings, value, source) => settings.addEndpoint(SETTINGS.listen, word(value), source),
  "listen.tcp": (settings, value, source) => settings.addEndpoint(SETTINGS.http, word(value), source),
  "listen.udp": (settings, value, source) => settings.addEndpoint(SETTINGS.udp, word(value), source),
  "listen.udp.workers": (settings, value, source) => settings.setUdpWorkers(word(value), source),
  "access.whitelist": (settings, value, source) => settings.set(SETTINGS.whitelist, value, source),
  "access.blacklist": (settings, value, source) => settings.set(SETTINGS.blacklist, value, source),
  "access.stats": (settings, value, source) => settings.addAddress(SETTINGS.statsFrom, word(value), source),
  "access.stats_path": (settings, value, source) => settings.set(SETTINGS.statsPath, value, source),
  "access.proxy": (settings, value, source) => settings.addProxy(word(value), source),
  "tracker.rootdir": (settings, value, source) => settings.set(SETTINGS.directory, value, source),
  "tracker.user": (settings, value, source) => settings.set(SETTINGS.user, value, source),
  "tracker.redirect_url": (settings, value, source) => settings.set(SETTINGS.redirectUrl, value, source),
  "persist.mode": (settings, value, source) => settings.setPersistMode(word(value), source),
  "persist.file": (settings, value, source) => settings.set(SETTINGS.odb, value, source),
  "persist.save": (settings, value, source) => settings.addSaveRule(word(value), source),
};

/** What opentracker syncs a cluster with, and pipes that change its lists while it runs. */
const UNSUPPORTED = /^(livesync|batchsync)\.|^access\.fifo/;

/** Reads the file at `path` into `settings`. Throws a ConfigError, with the line, for whatever it does not understand. */
export function readOpentrackerFile(path: string, source: string, settings: OpentrackerSettings): void {
  for (const [i, line] of readLines(path, source).entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const place = `${text} (${path}:${i + 1})`;
    const [, key, value] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
    if (UNSUPPORTED.test(key)) settings.leaveOut(place);
    else if (!Object.hasOwn(TAKE, key)) throw unknownKey(key, place);
    else if (value === "") throw new ConfigError(place, "needs a value");
    else TAKE[key](settings, value, place);
  }
}

/** Behind what cannot have a blank in it, opentracker lets a comment stand. */
function word(value: string): string {
  return value.replace(/\s+#.*$/, "");
}

function unknownKey(key: string, place: string): ConfigError {
  return new ConfigError(
    place,
    `unknown key; ${suggestion(key, Object.keys(TAKE)) ?? "opentracker has none like it"}`,
  );
}
