declare module "@std/cli/parse-args" {
  /** As used here: every flag is collected, so that each is an array in the result. */
  export function parseArgs(args: string[], options: {
    string: string[];
    boolean: string[];
    collect: string[];
    alias: Record<string, string | string[]>;
    unknown: (arg: string, flag?: string) => boolean;
  }): Record<string, (string | boolean)[]>;
}

declare module "@std/streams/text-line-stream" {
  /** Text in chunks to its lines, without their ends LF or CRLF. */
  export class TextLineStream extends TransformStream<string, string> {}
}

declare module "@std/toml/parse" {
  /** Throws a SyntaxError whose message begins `Parse error on line N, column N: `. */
  export function parse(text: string): Record<string, unknown>;
}

declare module "@std/toml/stringify" {
  export function stringify(table: Record<string, unknown>): string;
}

declare module "@std/yaml/parse" {
  export function parse(text: string): unknown;
}

declare module "@std/text/levenshtein-distance" {
  export function levenshteinDistance(a: string, b: string): number;
}

declare module "@std/assert" {
  export function assert(condition: unknown, message?: string): asserts condition;
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertThrows<E extends Error>(
    run: () => unknown,
    ErrorClass: new (...args: never[]) => E,
    messageIncludes?: string,
  ): E;
  export function assertRejects<E extends Error>(
    run: () => Promise<unknown>,
    ErrorClass: new (...args: never[]) => E,
    messageIncludes?: string,
  ): Promise<E>;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
}

declare module "bencode" {
  const bencode: { decode(bytes: Uint8Array): unknown; encode(value: unknown): Uint8Array };
  export default bencode;
}
