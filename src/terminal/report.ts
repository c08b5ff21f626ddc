/**
 * What a tracker says of itself, as it is shown. Nothing is taken on trust: the other side may be another tracker, or no
 * tracker at all, and what it says goes to a terminal.
 *
 * @module
 */

/** Counts of requests, or a second's of them. */
const REQUESTS = {
  udp: { connects: 0, announces: 0, scrapes: 0, errors: 0, dropped: 0 },
  http: { announces: 0, scrapes: 0, errors: 0 },
  completions: 0,
};

/** What is read of /stats.json; `StatsJson` says what it means. An empty object stands for numbers by name. */
const STATS = {
  ...REQUESTS,
  udp: { ...REQUESTS.udp, errors_by_cause: {} as Record<string, number> },
  http: { ...REQUESTS.http, errors_by_cause: {} as Record<string, number> },
  version: "",
  time_unix_ms: 0,
  started_unix_ms: 0,
  uptime_s: 0,
  condition: "",
  problem: "",
  torrents: 0,
  seeders: 0,
  leechers: 0,
  peers: 0,
  completed: 0,
  rates: { minute: REQUESTS, five_minutes: REQUESTS },
  workers: [{ ...REQUESTS, name: "" }],
  odb: {
    is_saved: false,
    saves: 0,
    save_failures: 0,
    failing_since_unix: 0,
    last_error: "",
    last_save_unix: 0,
    last_save_ms: 0,
    last_save_bytes: 0,
  },
  table: { bytes_used: 0, bytes_reserved: 0, rejected_full: 0, max_torrents: 0, max_peers: 0 },
  process: { resident_bytes: 0, cpu_s: 0 },
};

/** What is read of /top.json; `TopJson` says what it means. */
const TOP = { by_peers: [{ info_hash: "", seeders: 0, leechers: 0, completed: 0 }] };

export type Requests = typeof REQUESTS;
export type Stats = typeof STATS;
export type TopTorrents = typeof TOP["by_peers"];

/** How much is read of what may be without end. */
const ITEMS_MAX = 1000;
const TEXT_MAX = 200;
/** Whatever is not printable ASCII: control characters first of all, and what turns or stacks letters. */
const UNPRINTABLE = /[^ -~]/g;

/** The statistics in `text`, null when there are none. What is missing is 0 or empty. */
export function parseStats(text: string): Stats | null {
  const document = parseObject(text);
  return typeof document?.torrents === "number" ? conform(STATS, document) : null;
}

/** The torrents that have the most peers, first ones first; none where `text` has none. */
export function parseTopTorrents(text: string): TopTorrents {
  return conform(TOP, parseObject(text)).by_peers;
}

/** `text` as it may go to a terminal. */
export function plain(text: string): string {
  return text.slice(0, TEXT_MAX).replace(UNPRINTABLE, "?");
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) ? document : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What of `given` is like `model`, and for the rest the model's own values. */
function conform<T>(model: T, given: unknown): T {
  return shapeOf(model, given) as T;
}

function shapeOf(model: unknown, given: unknown): unknown {
  if (typeof model === "number") return Number.isFinite(given) ? given : model;
  if (typeof model === "string") return typeof given === "string" ? plain(given) : model;
  if (typeof model === "boolean") return typeof given === "boolean" ? given : model;
  if (Array.isArray(model)) {
    return Array.isArray(given) ? given.slice(0, ITEMS_MAX).map((item) => shapeOf(model[0], item)) : [];
  }
  const source = isObject(given) ? given : {};
  const members = Object.entries(model as Record<string, unknown>);
  if (members.length > 0) {
    return Object.fromEntries(members.map(([name, member]) => [name, shapeOf(member, source[name])]));
  }
  const numbers = Object.entries(source).slice(0, ITEMS_MAX);
  return Object.fromEntries(numbers.map(([name, value]) => [plain(name), shapeOf(0, value)]));
}
