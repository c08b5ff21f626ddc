/** Asking a tracker for its statistics. @module */

import type { Place } from "./options.ts";
import { parseStats, parseTopTorrents, plain, type Stats, type TopTorrents } from "./report.ts";

const ANSWER_MS_MAX = 5000;
/** Of one document; those of a tracker with hundreds of threads have a tenth. */
const ANSWER_BYTES_MAX = 4 << 20;

/** What the statuses mean that a tracker answers with instead. */
const REASONS: Record<number, string> = {
  401: "asks for a token: --token-file",
  403: "does not show its statistics to this address (--stats-from)",
  404: "has no statistics there; --stats-path may have moved them",
  503: "has no statistics yet",
};

/** What a tracker answered, or why it did not, in words that its name comes before. */
export type Answer = { stats: Stats; top: TopTorrents } | { problem: string };

/**
 * Asks for the statistics at `place`, and for the torrents that have the most peers; trackers that do not tell of those
 * are no worse for it. Never rejects. `signal` gives up.
 */
export async function ask(place: Place, token: string | null, signal: AbortSignal): Promise<Answer> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  const headers = new Headers(token === null ? {} : { authorization: `Bearer ${token}` });
  try {
    const [answer, top] = await Promise.all([
      fetch(place.stats, { headers, signal: either }),
      fetch(place.top, { headers, signal: either }).then(readTop),
    ]);
    const text = await readText(answer);
    if (!answer.ok) return { problem: REASONS[answer.status] ?? `answered with status ${answer.status}` };
    const stats = parseStats(text);
    return stats === null ? { problem: "answered with something else than statistics" } : { stats, top };
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      return { problem: `did not answer within ${ANSWER_MS_MAX / 1000} seconds` };
    }
    return { problem: `cannot be asked: ${reasonOf(error)}` };
  }
}

/** What the system said, without the URL, which is known. */
function reasonOf(error: unknown): string {
  const { message } = error instanceof Error && error.cause instanceof Error ? error.cause : error as Error;
  return plain(message.replace(/^error sending request for url \(.*?\): (client error \(\w+\): )?/, ""));
}

async function readTop(answer: Response): Promise<TopTorrents> {
  const text = await readText(answer);
  return answer.ok ? parseTopTorrents(text) : [];
}

/** The body, whatever its status, so that the connection can be used again. Throws an Error for one that is too long. */
async function readText(answer: Response): Promise<string> {
  if (answer.body === null) return "";
  let text = "";
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.length > ANSWER_BYTES_MAX) throw new Error("it answers without end");
  }
  return text;
}
