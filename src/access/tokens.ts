/**
 * Tokens that open what is not for everybody: published by main, out of a file, for all threads to compare with.
 *
 * A token is a text of bytes as bearer tokens may have (RFC 6750 2.1). It is kept in TOKEN_BYTES_MAX bytes, filled up with
 * zeros that no token has, so that each takes the same time to compare, whatever its length and wherever it differs.
 *
 * @module
 */

import { countLines, ListError, readEntries, readUnchanged } from "./list_file.ts";
import { Published, type PublishedBuffers } from "./published.ts";

/** Shorter ones could be guessed. */
const TOKEN_BYTES_MIN = 16;
const TOKEN_BYTES_MAX = 128;
const TOKEN_WORDS = TOKEN_BYTES_MAX / Uint32Array.BYTES_PER_ELEMENT;
/** All are compared each time. */
const TOKENS_MAX = 100;
/** Words of the most tokens. */
export const TOKENS_WORDS_MAX = TOKENS_MAX * TOKEN_WORDS;

const TOKEN = new RegExp(`^(?=.{${TOKEN_BYTES_MIN},${TOKEN_BYTES_MAX}}$)[A-Za-z0-9._~+/-]+=*$`);
const TOKEN_FORM = `${TOKEN_BYTES_MIN} to ${TOKEN_BYTES_MAX} letters, digits, - . _ ~ + and /, ` +
  "with or without = behind them";

/**
 * Publishes the tokens in the file `path`, and returns how many there are. Rejects with a ListError, which tells nothing
 * of what is in the file, and nothing is published, when it cannot be read, is changed meanwhile, or has a line that is no
 * token, too many of them or none.
 */
export async function publishTokenFile(path: string, published: Published): Promise<number> {
  const tokens = await readUnchanged(path, (file) => readTokens(path, file));
  const words = published.prepare(tokens.length * TOKEN_WORDS);
  for (const [index, token] of tokens.entries()) writeToken(token, words, index * TOKEN_WORDS);
  published.publish();
  return tokens.length;
}

/** The tokens that are published, as one thread compares with them. */
export class Tokens {
  readonly #published: Published;
  readonly #given = new Uint32Array(TOKEN_WORDS);

  /** Tokens must have been published before they are asked for. */
  constructor(buffers: PublishedBuffers) {
    this.#published = new Published(buffers);
  }

  /** Whether `text` is one of them. Takes as long for each text that could be one. */
  has(text: string): boolean {
    if (!TOKEN.test(text)) return false;
    this.#given.fill(0);
    writeToken(text, this.#given, 0);
    for (;;) {
      const version = this.#published.open();
      const isFound = this.#compare(this.#published.words);
      if (this.#published.version === version) return isFound;
    }
  }

  #compare(words: Uint32Array): boolean {
    let found = 0;
    for (let at = 0; at < words.length; at += TOKEN_WORDS) {
      let difference = 0;
      for (let i = 0; i < TOKEN_WORDS; i++) difference |= words[at + i] ^ this.#given[i];
      found |= difference === 0 ? 1 : 0;
    }
    return found === 1;
  }
}

async function readTokens(path: string, file: Deno.FsFile): Promise<string[]> {
  // How many lines there are does not matter, comments being some of them, but that they are lines does.
  await countLines(path, file);
  const tokens: string[] = [];
  await readEntries(path, file, (entry) => {
    if (!TOKEN.test(entry)) return `must be ${TOKEN_FORM}`;
    if (tokens.length === TOKENS_MAX) return `is one more than the ${TOKENS_MAX} tokens that there may be`;
    tokens.push(entry);
    return null;
  });
  if (tokens.length === 0) throw new ListError(path, null, "has no token");
  return tokens;
}

/** Writes the bytes of a token to words that are zero, from word `start` on. */
function writeToken(token: string, words: Uint32Array, start: number): void {
  for (let i = 0; i < token.length; i++) {
    words[start + (i >> 2)] |= token.charCodeAt(i) << ((i & 3) << 3);
  }
}
