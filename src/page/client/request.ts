/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Asking the tracker. @module */

/** An answer that takes longer is none. */
const PATIENCE_MS = 10_000;

/**
 * What the tracker answers now at `target`, relative to the page. Throws an error whose message is for the reader when it
 * gives no answer, or refuses.
 */
export async function request(target: string): Promise<Response> {
  const response = await fetch(target, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) })
    .catch(() => {
      throw new Error("The tracker does not answer.");
    });
  if (!response.ok) throw new Error(`The tracker refuses, with status ${response.status}.`);
  return response;
}
