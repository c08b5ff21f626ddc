/** The lists that say who is refused and who may see the statistics, out of their files: at the start, and anew while the tracker runs. @module */

import {
  type AccessParts,
  createBudgets,
  createPublished,
  HASHES_MAX,
  hashSetWords,
  isOpen,
  NETWORK_WORDS_MAX,
  Published,
  type PublishedBuffers,
  publishHashes,
  publishNetworkFile,
  publishNetworks,
  publishTokenFile,
  stampOf,
  TOKENS_WORDS_MAX,
} from "./access/mod.ts";
import { type AccessConfig, ConfigError, type StatsConfig } from "./config/mod.ts";
import { log } from "./log.ts";

/** Permission bits: everybody may read it. */
const MODE_PUBLIC = 0o004;

/** One list and its file. */
interface ListFile {
  /** The option that names it, without the dashes. */
  readonly option: string;
  readonly path: string;
  /** What there are in it, for the log. */
  readonly entries: string;
  /** Reads the file and publishes the list; returns how many entries it has. Rejects with what is wrong with it. */
  readonly publish: () => Promise<number>;
  /** It is to be read. */
  isDue: boolean;
  /** The file as it was when it was read last, and when it was looked at last. */
  readStamp: string;
  seenStamp: string;
}

/** The settings that name lists. */
type ListsConfig = AccessConfig & Pick<StatsConfig, "statsTokenFile">;

/** All lists of one tracker. */
export class AccessLists {
  /** What the workers need to ask; null when nobody is refused. */
  readonly parts: AccessParts | null;
  /** The tokens that readers of the statistics must have; null when none is needed. */
  readonly tokens: PublishedBuffers | null;
  readonly #files: ListFile[] = [];
  /** The reading that is under way; null when none is. */
  #reading: Promise<void> | null = null;

  /** Reads all lists. Rejects with a ConfigError when one cannot be used. */
  static async read(config: ListsConfig): Promise<AccessLists> {
    const lists = new AccessLists(config);
    for (const file of lists.#files) {
      try {
        await lists.#read(file);
      } catch (error) {
        throw new ConfigError(`--${file.option} ${file.path}`, messageOf(error));
      }
    }
    return lists;
  }

  private constructor(config: ListsConfig) {
    const { whitelist, blacklist, denyClients, announceBudget, statsTokenFile } = config;
    const parts: AccessParts = {
      whitelist: whitelist === null ? null : this.#addHashes("whitelist", whitelist),
      blacklist: blacklist === null ? null : this.#addHashes("blacklist", blacklist),
      networks: this.#addNetworks(config),
      clients: denyClients,
      budget: announceBudget === null ? null : { rule: announceBudget, buckets: createBudgets() },
    };
    this.parts = isOpen(parts) ? null : parts;
    this.tokens = statsTokenFile === null ? null : this.#addTokens(statsTokenFile);
  }

  /** Whether there is anything to read anew. */
  get hasFiles(): boolean {
    return this.#files.length > 0;
  }

  /**
   * Reads all files anew, one after the other, and resolves when that is done. The log says what comes of it; a list that
   * cannot be used stays as it was.
   */
  reload(): Promise<void> {
    return this.#readSoon(this.#files);
  }

  /**
   * Reads those files anew that have changed since they were read, and then no more for as long as from one call to the next:
   * who writes to them shall be done. To be called every second or so.
   */
  reloadChanged(): void {
    this.#readSoon(this.#files.filter((file) => {
      const stamp = stampOf(file.path);
      const isDone = stamp === file.seenStamp;
      file.seenStamp = stamp;
      return isDone && stamp !== file.readStamp;
    }));
  }

  #readSoon(files: ListFile[]): Promise<void> {
    for (const file of files) file.isDue = true;
    if (this.#nextDue() === undefined) return Promise.resolve();
    return this.#reading ??= this.#readDue();
  }

  async #readDue(): Promise<void> {
    for (let file = this.#nextDue(); file !== undefined; file = this.#nextDue()) {
      try {
        await this.#read(file);
      } catch (error) {
        log.warning(`${messageOf(error)}; the old list stays in force (--${file.option})`);
      }
    }
    // At once: what is due from now on must find no reading that has looked already.
    this.#reading = null;
  }

  #nextDue(): ListFile | undefined {
    return this.#files.find(({ isDue }) => isDue);
  }

  async #read(file: ListFile): Promise<void> {
    const { option, path, entries } = file;
    // Before it is read: what changes meanwhile is a change.
    file.isDue = false;
    file.readStamp = stampOf(path);
    const count = await file.publish();
    log.info(`--${option}: ${count} ${entries} in ${path}`);
    if (count === 0 && option === "whitelist") {
      log.warning(`the whitelist ${path} is empty: every torrent is refused`);
    }
  }

  #addHashes(option: string, path: string): PublishedBuffers {
    const buffers = createPublished(hashSetWords(HASHES_MAX));
    const published = new Published(buffers);
    this.#addFile(option, path, "info hashes", () => publishHashes(path, published));
    return buffers;
  }

  #addNetworks({ denyFrom, denyFromFile: path }: AccessConfig): PublishedBuffers | null {
    if (denyFrom.length === 0 && path === null) return null;
    const buffers = createPublished(NETWORK_WORDS_MAX);
    const published = new Published(buffers);
    if (path === null) publishNetworks(denyFrom, published);
    else {
      this.#addFile("deny-from-file", path, "networks", () => publishNetworkFile(path, denyFrom, published));
    }
    return buffers;
  }

  #addTokens(path: string): PublishedBuffers {
    const option = "stats-token-file";
    const buffers = createPublished(TOKENS_WORDS_MAX);
    const published = new Published(buffers);
    this.#addFile(option, path, "tokens", () => {
      if (isPublic(path)) log.warning(`--${option}: everybody on this machine may read ${path}`);
      return publishTokenFile(path, published);
    });
    return buffers;
  }

  #addFile(option: string, path: string, entries: string, publish: () => Promise<number>): void {
    this.#files.push({ option, path, entries, publish, isDue: false, readStamp: "", seenStamp: "" });
  }
}

function isPublic(path: string): boolean {
  try {
    return ((Deno.statSync(path).mode ?? 0) & MODE_PUBLIC) !== 0;
  } catch {
    // That it cannot be read is told by those who read it.
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
