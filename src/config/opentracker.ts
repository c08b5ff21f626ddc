/**
 * Settings as opentracker takes them: what its options and the keys of its file stand for among ours.
 *
 * They count in the order in which they come, as in opentracker: an address that ports are opened on holds for those
 * that follow, and of two values for one thing the last one is taken. What opentracker knows and this tracker has no use
 * for is left out with a warning.
 *
 * @module
 */

import { canonicalIp, formatEndpoint, parseEndpoint } from "../addresses/mod.ts";
import { ConfigError } from "./error.ts";
import { SETTINGS } from "./settings.ts";
import type { GivenSettings } from "./sources.ts";

/** Every address of IPv4: opentracker is built for one family, and Debian's and the one with persistence for this one. */
const ANY_ADDRESS = "0.0.0.0";
const DEFAULT_PORT = "6969";
/** Where opentracker saves when no file was named. */
const DEFAULT_ODB = "opentracker.odb";
/** What means nothing without HTTP, and what there is HTTP by. */
const ABOUT_HTTP = [
  SETTINGS.statsFrom,
  SETTINGS.statsPath,
  SETTINGS.redirectUrl,
  SETTINGS.trustedProxy,
  SETTINGS.proxyHeader,
];
const HTTP_LISTENERS = [SETTINGS.listen, SETTINGS.http, SETTINGS.https, SETTINGS.statsListen];

/** Gathers settings, each with the words in which the operator gave it. */
export class OpentrackerSettings {
  /** What was given, by the names of our settings. */
  readonly given: GivenSettings = new Map();
  /** What was left out, a sentence each. */
  readonly warnings: string[] = [];
  #address = ANY_ADDRESS;
  #addressSource: string | null = null;
  /** The line that asks for persistence. */
  #persistSource: string | null = null;

  /** Sets what can be set once; the last value counts. */
  set({ name }: { name: string }, text: string, source: string): void {
    this.given.set(name, [{ text, source }]);
  }

  /** Adds a value to a setting that is repeatable. */
  add({ name }: { name: string }, text: string, source: string): void {
    this.given.set(name, [...this.given.get(name) ?? [], { text, source }]);
  }

  /** Says that something is known and not supported. */
  leaveOut(source: string): void {
    this.warnings.push(`${source}: is not supported, and left out`);
  }

  /** The address that the ports which follow are opened on. */
  setAddress(text: string, source: string): void {
    this.#address = addressOf(text, source);
    this.#addressSource = source;
  }

  /** Opens a port of the address that was set last. */
  addPort(setting: { name: string }, port: string, source: string): void {
    this.add(setting, endpointOf(this.#address, port, source), source);
  }

  /** Opens `ADDR` or `ADDR:PORT`, IPv6 with or without brackets. */
  addEndpoint(setting: { name: string }, text: string, source: string): void {
    const [, bracketed, bare, port] = /^(?:\[([^\]]*)\]|([^:\s]*|[^\s[\]]*))(?::(\d+))?$/.exec(text) ?? [];
    const address = addressOf(bracketed ?? bare ?? text, source);
    this.add(setting, endpointOf(address, port ?? DEFAULT_PORT, source), source);
  }

  /** An address that may do something. */
  addAddress(setting: { name: string }, text: string, source: string): void {
    this.add(setting, addressOf(text, source), source);
  }

  /** Trusts a proxy's X-Forwarded-For, the header that opentracker reads. */
  addProxy(text: string, source: string): void {
    this.addAddress(SETTINGS.trustedProxy, text, source);
    this.set(SETTINGS.proxyHeader, "X-Forwarded-For", source);
  }

  /** Threads of all UDP sockets; opentracker can have a number for each, and 0 is its word for none of their own. */
  setUdpWorkers(text: string, source: string): void {
    const [before] = this.given.get(SETTINGS.udpWorkers.name) ?? [];
    if (before !== undefined && before.text !== text) {
      this.warnings.push(`${before.source}: does not count, ${source} is for all UDP sockets`);
    }
    if (text === "0") this.given.delete(SETTINGS.udpWorkers.name);
    else this.set(SETTINGS.udpWorkers, text, source);
  }

  /** `null` restores and never saves, `dump` saves too. */
  setPersistMode(text: string, source: string): void {
    if (text !== "null" && text !== "dump") throw new ConfigError(source, "must be null or dump");
    this.#persistSource = source;
    this.set(SETTINGS.odbReadonly, String(text === "null"), source);
  }

  /** A rule, `SECONDS CHANGES`. */
  addSaveRule(text: string, source: string): void {
    this.#persistSource ??= source;
    this.add(SETTINGS.odbSave, text.split(/\s+/).join(":"), source);
  }

  /** To be called when all has come: what opentracker does by default. `others` are the settings of other sources. */
  finish(others: GivenSettings): void {
    const { given } = this;
    const listeners = [SETTINGS.listen, SETTINGS.udp, SETTINGS.http];
    if (this.#addressSource !== null && !listeners.some(({ name }) => given.has(name))) {
      this.addPort(SETTINGS.listen, DEFAULT_PORT, this.#addressSource);
    }
    this.#leaveOutHttp(others);
    const isReadonly = given.get(SETTINGS.odbReadonly.name)?.[0].text === "true";
    if (!isReadonly) given.delete(SETTINGS.odbReadonly.name);
    else given.delete(SETTINGS.odbSave.name);
    if (others.has(SETTINGS.odb.name) || given.has(SETTINGS.odb.name) || this.#persistSource === null) return;
    if (isReadonly) given.delete(SETTINGS.odbReadonly.name);
    else this.set(SETTINGS.odb, DEFAULT_ODB, this.#persistSource);
  }

  /** Where opentracker serves UDP alone, it takes what is about HTTP all the same. */
  #leaveOutHttp(others: GivenSettings): void {
    const { given } = this;
    const isNamed = ({ name }: { name: string }) => given.has(name) || others.has(name);
    if (!isNamed(SETTINGS.udp) || HTTP_LISTENERS.some(isNamed)) return;
    const leftOut = ABOUT_HTTP.flatMap(({ name }) => given.get(name) ?? []);
    for (const source of new Set(leftOut.map(({ source }) => source))) {
      this.warnings.push(`${source}: does not count, there is no HTTP`);
    }
    for (const { name } of ABOUT_HTTP) given.delete(name);
  }
}

function addressOf(text: string, source: string): string {
  const address = canonicalIp(text);
  if (address === null) throw new ConfigError(source, "must be an IP address, where one belongs with :PORT");
  return address;
}

function endpointOf(hostname: string, port: string, source: string): string {
  const text = formatEndpoint({ hostname, port: Number(port) });
  if (!/^\d+$/.test(port) || parseEndpoint(text) === null) {
    throw new ConfigError(source, "must have a port from 0 to 65535");
  }
  return text;
}
