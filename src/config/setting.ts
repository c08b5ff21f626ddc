/**
 * The kinds of setting there are: how each is written, and which values are allowed.
 *
 * @module
 */

import {
  type Cidr,
  CIDR_FORM,
  type Endpoint,
  ENDPOINT_FORM,
  HTTP_ENDPOINT_FORM,
  type NamedHttpEndpoint,
  NO_HEADER,
  parseCidr,
  parseEndpoint,
  parseHttpEndpoint,
  parseProxyHeader,
  parseTcpHttpEndpoint,
  PROXY_HEADERS,
  type ProxyHeaderChoice,
  TCP_HTTP_ENDPOINT_FORM,
  type TcpHttpEndpoint,
} from "../addresses/mod.ts";

/** One setting. Everything that parses, checks or describes settings reads these and nothing else. */
export interface Setting<Value> {
  /** The flag without its dashes, as `odb-save`. */
  readonly name: string;
  /** The letter that stands for it after one dash, as `o`; empty for none. */
  readonly letter: string;
  /** The heading it stands under in the help. */
  readonly group: string;
  /** What stands for the value in the help, as `FILE`; empty for a switch, which takes none. */
  readonly metavar: string;
  /** How a TOML file has the value: a string; a number, or a string where there is a unit; true or false. */
  readonly form: "text" | "number" | "switch";
  /** May be given more than once, each adding a value. */
  readonly repeatable: boolean;
  /** As an environment variable would have it; null where there is none or it depends on something else. */
  readonly default: string | null;
  /** The default in words, where `default` does not say it all. */
  readonly defaultNote: string;
  /** What the value does, in sentences. */
  readonly help: string;
  /** Unit and bounds or choices, in words; empty where any text will do. */
  readonly range: string;
  /** The words of which the value is one; none where it may be something else. */
  readonly words: readonly string[];
  /** What is allowed, in words, to follow "must be". */
  readonly allowed: string;
  /** The value that `text` stands for, or null if that is not allowed. */
  parse(text: string): Value | null;
}

/** What is said of a setting of any kind. */
interface Description {
  name: string;
  letter?: string;
  group: string;
  metavar: string;
  help: string;
  default?: string;
  defaultNote?: string;
  repeatable?: boolean;
}

/** When to save: as soon as both `seconds` have passed and `changes` were made since the last save. */
export interface SaveRule {
  /** 1 up. */
  seconds: number;
  /** Announces that changed the table; 0 up. */
  changes: number;
}

/** How much an address may announce: `count` times at once, and again so much in each `seconds`. */
export interface AnnounceBudgetRule {
  /** 1 up, and at most ANNOUNCES_PER_SECOND_MAX a second. */
  count: number;
  /** 1 to a day. */
  seconds: number;
}

/** A budget is kept in milliseconds an announce; with more announces than this those could not be told apart. */
const ANNOUNCES_PER_SECOND_MAX = 100;
const BUDGET_SECONDS_MAX = 86_400;
const PEER_ID_BYTES = 20;

const SAVE_RULE_MAX: SaveRule = { seconds: 31_536_000, changes: 1_000_000_000 };
const URL_BYTES_MAX = 2048;
const SECONDS_OF_UNIT: Record<string, number> = { "": 1, s: 1, m: 60, h: 3600 };
const FACTOR_OF_SUFFIX: Record<string, number> = { "": 1, k: 1000, M: 1_000_000 };

/** A length of time in whole seconds, `minSec` to `maxSec`. */
export function duration(about: Description, minSec: number, maxSec: number): Setting<number> {
  const range = `${minSec} to ${maxSec} seconds`;
  return numeric(about, range, `${range} (as 90, 90s, 15m or 2h)`, (text) => {
    return within(minSec, parseScaled(text, SECONDS_OF_UNIT), maxSec);
  });
}

/** A whole number, `min` to `max`. */
export function count(about: Description, min: number, max: number): Setting<number> {
  const range = `${min} to ${max}`;
  return numeric(
    about,
    range,
    `a whole number from ${range} (k and M for thousands and millions)`,
    (text) => {
      return within(min, parseScaled(text, FACTOR_OF_SUFFIX), max);
    },
  );
}

/** A number with or without a fraction, `min` to `max`. */
export function number(about: Description, min: number, max: number): Setting<number> {
  const range = `${min} to ${max}`;
  return numeric(about, range, `a number from ${range}`, (text) => within(min, parseDecimal(text), max));
}

/** A part of a whole in percent; its value is 0 to 1. */
export function share(about: Description): Setting<number> {
  return setting(about, "0% to 100%", "a percentage from 0% to 100%", (text) => {
    return text.endsWith("%") ? within(0, parseDecimal(text.slice(0, -1)) / 100, 1) : null;
  });
}

/** One of a few words. */
export function choice<Word extends string>(about: Description, words: readonly Word[]): Setting<Word> {
  const range = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return { ...setting(about, range, range, (text) => words.find((word) => word === text) ?? null), words };
}

/** On or off: `--NAME` and `--no-NAME`, or `true` and `false` in the environment. */
export function toggle(about: Omit<Description, "metavar">): Setting<boolean> {
  const parse = (text: string) => text === "true" ? true : text === "false" ? false : null;
  return { ...setting({ ...about, metavar: "" }, "", "true or false", parse), form: "switch" };
}

/** The path of a file: any text that is not empty. */
export function file(about: Description): Setting<string> {
  return setting(about, "", "the path of a file", (text) => text === "" ? null : text);
}

/** An address and port to listen on. */
export function endpoint(about: Description): Setting<Endpoint> {
  return setting(about, "", ENDPOINT_FORM, parseEndpoint);
}

/** Where to serve HTTP, and the header of its own that a listener may have. */
export function httpEndpoint(about: Description): Setting<NamedHttpEndpoint> {
  return setting(about, "", HTTP_ENDPOINT_FORM, parseHttpEndpoint);
}

/** Where to serve HTTP over TCP, and the header of its own that a listener may have. */
export function tcpHttpEndpoint(about: Description): Setting<NamedHttpEndpoint<TcpHttpEndpoint>> {
  return setting(about, "", TCP_HTTP_ENDPOINT_FORM, parseTcpHttpEndpoint);
}

/** A header in which proxies tell whose request it is, or none. */
export function proxyHeader(about: Description): Setting<ProxyHeaderChoice> {
  const range = `${PROXY_HEADERS.join(", ")} or ${NO_HEADER}`;
  return { ...setting(about, range, range, parseProxyHeader), words: [...PROXY_HEADERS, NO_HEADER] };
}

/** A network, or one address. */
export function network(about: Description): Setting<Cidr> {
  return setting(about, "", CIDR_FORM, parseCidr);
}

/** A text for clients, 1 to `maxBytes` bytes of UTF-8 without control characters. */
export function text(about: Description, maxBytes: number): Setting<string> {
  const range = `1 to ${maxBytes} bytes`;
  return setting(about, range, `a text of ${range} without control characters`, (given) => {
    return within(1, new TextEncoder().encode(given).length, maxBytes) !== null && !/\p{Cc}/u.test(given)
      ? given
      : null;
  });
}

/** What peer ids begin with: printable ASCII, but for the comma that separates values in an environment variable. */
export function peerIdPrefix(about: Description): Setting<string> {
  const range = `1 to ${PEER_ID_BYTES} characters`;
  return setting(about, range, `${range} of printable ASCII without blanks and commas`, (given) => {
    return /^[!-+\--~]+$/.test(given) && given.length <= PEER_ID_BYTES ? given : null;
  });
}

/** `COUNT/SECONDS`: so many announces in so long a time. */
export function announceBudget(about: Description): Setting<AnnounceBudgetRule> {
  const allowed =
    `COUNT/SECONDS with 1 to ${BUDGET_SECONDS_MAX} seconds and 1 to ${ANNOUNCES_PER_SECOND_MAX} ` +
    "announces for each of them, as 60/10m";
  return setting(about, "", allowed, (text) => {
    const [countText, secondsText, ...rest] = text.split("/");
    if (secondsText === undefined || rest.length > 0) return null;
    const seconds = within(1, parseScaled(secondsText, SECONDS_OF_UNIT), BUDGET_SECONDS_MAX);
    if (seconds === null) return null;
    const count = within(1, parseScaled(countText, FACTOR_OF_SUFFIX), seconds * ANNOUNCES_PER_SECOND_MAX);
    return count === null ? null : { count, seconds };
  });
}

/** The address of a page, given back percent-encoded (URL standard), so that it can stand in a head of HTTP. */
export function pageUrl(about: Description): Setting<string> {
  const allowed = `an address of at most ${URL_BYTES_MAX} bytes that begins with http:// or https://`;
  return setting(about, "", allowed, (given) => {
    const url = /^https?:\/\/[^\s\p{Cc}]+$/iu.test(given) ? URL.parse(given)?.href : undefined;
    return url !== undefined && url.length <= URL_BYTES_MAX ? url : null;
  });
}

/** A path that HTTP serves something at, given back without the slash before it. */
export function servedPath(about: Description, reserved: readonly string[]): Setting<string> {
  const allowed = "a path of letters, digits, - . _ and ~ between its slashes, but for the words " +
    `${reserved.join(", ")}, and . and .. alone`;
  return setting(about, "", allowed, (given) => {
    const [, path] = /^\/?((?:[\w.~-]+\/)*[\w.~-]+)$/.exec(given) ?? [];
    // Clients take dots that stand alone for a folder, and ask for another path.
    const excepted = [...reserved, ".", ".."];
    return path === undefined || path.split("/").some((part) => excepted.includes(part)) ? null : path;
  });
}

/** `SECONDS:CHANGES`, as opentracker's `persist.save`. */
export function saveRule(about: Description): Setting<SaveRule> {
  const { seconds: maxSeconds, changes: maxChanges } = SAVE_RULE_MAX;
  const allowed = `SECONDS:CHANGES with 1 to ${maxSeconds} seconds and 0 to ${maxChanges} changes, as 300:10`;
  return setting(about, "", allowed, (text) => {
    const [secondsText, changesText, ...rest] = text.split(":");
    if (changesText === undefined || rest.length > 0) return null;
    const seconds = within(1, parseScaled(secondsText, SECONDS_OF_UNIT), maxSeconds);
    const changes = within(0, parseScaled(changesText, FACTOR_OF_SUFFIX), maxChanges);
    return seconds === null || changes === null ? null : { seconds, changes };
  });
}

function setting<Value>(
  about: Description,
  range: string,
  allowed: string,
  parse: (text: string) => Value | null,
): Setting<Value> {
  const text = {
    letter: "",
    repeatable: false,
    default: null,
    defaultNote: "",
    form: "text",
    words: [],
  } as const;
  return { ...text, ...about, range, allowed, parse };
}

function numeric(
  about: Description,
  range: string,
  allowed: string,
  parse: (text: string) => number | null,
): Setting<number> {
  return { ...setting(about, range, allowed, parse), form: "number" };
}

/** Digits and one of the suffixes, in the suffix's unit; NaN for anything else. */
function parseScaled(text: string, factors: Record<string, number>): number {
  const [, digits, suffix] = /^(\d+)([a-zA-Z]?)$/.exec(text) ?? [];
  return suffix !== undefined && Object.hasOwn(factors, suffix) ? Number(digits) * factors[suffix] : NaN;
}

/** Digits, with or without a decimal fraction; NaN for anything else. */
function parseDecimal(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
}

function within(min: number, value: number, max: number): number | null {
  return value >= min && value <= max ? value : null;
}
