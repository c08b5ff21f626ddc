/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Asking the tracker. @module */

/** An answer that takes longer is none. */
const PATIENCE_MS = 10_000;

/**
 * The text that the tracker answers now at `target`, relative to the page. Throws an error whose message is for the reader
 * when it gives no answer, or refuses.
 */
export async function request(target: string): Promise<string> {
  // The page's own URL may have a password in it, with which browsers let no request be made.
  const url = new URL(target, location.origin + location.pathname);
  const unanswered = () => {
    throw new Error("The tracker does not answer.");
  };
  const options = { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) } as const;
  const response = await fetch(url, options).catch(unanswered);
  if (!response.ok) throw new Error(`The tracker refuses, with status ${response.status}.`);
  return await response.text().catch(unanswered);
}
