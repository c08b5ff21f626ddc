// HTTP requests for tests, written by hand so that every byte of the target reaches the tracker as the test wrote it.
import bencode from "bencode";
import { peerTexts } from "./compact_peers.ts";
import type { Endpoint } from "./harness.ts";
import { within } from "./within.ts";

const ANSWER_MS = 20_000;

export interface HttpAnswer {
  status: number;
  head: string;
  body: Uint8Array;
}

export interface HttpAnnounceAnswer {
  complete: number;
  incomplete: number;
  intervalSec: number;
  /** Sorted texts of both families, as `peerTexts` makes them. */
  peers: string[];
}

export interface HttpScrapeEntry {
  complete: number;
  downloaded: number;
  incomplete: number;
}

/** GETs a request target, for example `/health`, over a connection of its own; `fields` are further lines of the head. */
export function httpGet(to: Endpoint, target: string, ...fields: string[]): Promise<HttpAnswer> {
  const lines = [`GET ${target} HTTP/1.1`, "Host: tracker", "Connection: close", ...fields];
  return httpSend(to, new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
}

/** Sends bytes over a connection of its own; the answer must be one whole HTTP answer, after which the tracker closes. */
export async function httpSend(to: Endpoint, request: Uint8Array): Promise<HttpAnswer> {
  const bytes = await httpSendRaw(to, request, { closeWrite: false });
  const latin1 = new TextDecoder("latin1").decode(bytes);
  const headBytes = latin1.indexOf("\r\n\r\n");
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(latin1);
  if (headBytes < 0 || status === null) throw new Error(`No HTTP answer: ${JSON.stringify(latin1)}`);
  const head = latin1.slice(0, headBytes);
  const body = bytes.slice(headBytes + 4);
  const length = /^content-length: (\d+)\r?$/im.exec(head);
  if (length === null || Number(length[1]) !== body.length) {
    throw new Error(`The body has ${body.length} bytes under this head:\n${head}`);
  }
  return { status: Number(status[1]), head, body };
}

/**
 * Sends bytes and returns all that came until the tracker closed the connection: nothing, if it hangs up without a word.
 * With `closeWrite` the tracker is told that no more will come, so that a request cut short ends at once.
 */
export async function httpSendRaw(
  to: Endpoint,
  request: Uint8Array,
  options: { closeWrite: boolean },
): Promise<Uint8Array> {
  const connection = await Deno.connect(to);
  try {
    return await within(
      ANSWER_MS,
      exchange(connection, request, options.closeWrite),
      () => "The connection stays open",
    );
  } catch (error) {
    // Reset before the tracker had read all of it: the same as hanging up.
    if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) {
      return new Uint8Array();
    }
    throw error;
  } finally {
    connection.close();
  }
}

async function exchange(
  connection: Deno.TcpConn,
  request: Uint8Array,
  closeWrite: boolean,
): Promise<Uint8Array> {
  for (let sent = 0; sent < request.length;) sent += await connection.write(request.subarray(sent));
  if (closeWrite) await connection.closeWrite();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const buffer = new Uint8Array(65536);
  for (let count; (count = await connection.read(buffer)) !== null;) chunks.push(buffer.slice(0, count));
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Announces in compact form; parameters are added to the query as they are. Fails on a failure reason. */
export async function httpAnnounce(
  to: Endpoint,
  hash: Uint8Array,
  params: Record<string, string | number> & { port: number },
): Promise<HttpAnnounceAnswer> {
  const answer = await httpAnnounceRaw(to, hash, { compact: 1, ...params });
  return {
    complete: answer.complete as number,
    incomplete: answer.incomplete as number,
    intervalSec: answer.interval as number,
    peers: [
      ...peerTexts(answer.peers as Uint8Array, 4),
      ...peerTexts(answer.peers6 as Uint8Array | undefined ?? new Uint8Array(0), 16),
    ],
  };
}

/** Announces and returns the decoded dictionary, whatever form its peers have. Fails on a failure reason. */
export async function httpAnnounceRaw(
  to: Endpoint,
  hash: Uint8Array,
  params: Record<string, string | number> & { port: number },
): Promise<Record<string, unknown>> {
  const peerId = `-TT0001-${String(params.port).padStart(12, "0")}`;
  const all = { peer_id: peerId, uploaded: 0, downloaded: 0, left: 1, ...params };
  const query = Object.entries(all).map(([key, value]) => `&${key}=${value}`).join("");
  return decode(await httpGet(to, `/announce?info_hash=${escaped(hash)}${query}`));
}

/** Scrapes one torrent; undefined when the answer has no entry for it. */
export async function httpScrape(to: Endpoint, hash: Uint8Array): Promise<HttpScrapeEntry | undefined> {
  const { files } = decode(await httpGet(to, `/scrape?info_hash=${escaped(hash)}`));
  // The decoder writes keys that are not UTF-8 in hexadecimal, and `randomHash` makes no others.
  return (files as Record<string, HttpScrapeEntry>)[hash.toHex()];
}

function decode(answer: HttpAnswer): Record<string, unknown> {
  const dictionary = bencode.decode(answer.body) as Record<string, unknown>;
  if (answer.status !== 200) throw new Error(`Status ${answer.status}`);
  const failure = dictionary["failure reason"];
  if (failure !== undefined) {
    throw new Error(`Failure reason: ${new TextDecoder().decode(failure as Uint8Array)}`);
  }
  return dictionary;
}

/** Every byte as %xx. */
export function escaped(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}
