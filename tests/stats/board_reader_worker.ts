/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// Reads the first document of a board again and again, while another thread writes it, and tells what was wrong with it.
import { type BoardParts, BoardReader } from "../../src/stats/board.ts";

const VERSIONS = 1000;

self.onmessage = ({ data }: MessageEvent<BoardParts>) => {
  self.postMessage(readOften(new BoardReader(data)));
  self.close();
};

/** What is wrong with one of so many versions; null when nothing is. */
function readOften(reader: BoardReader): string | null {
  let last: Uint8Array | null = null;
  for (let versions = 0; versions < VERSIONS;) {
    const bytes = reader.read(0);
    if (bytes === null) return "it is withheld";
    if (bytes === last) continue;
    last = bytes;
    versions++;
    if ((bytes.length - 1) % 100_000 !== 0) return `it has ${bytes.length} bytes`;
    for (let i = 1; i < bytes.length; i++) {
      if (bytes[i] !== bytes[0]) return `it changes at byte ${i} of ${bytes.length}`;
    }
  }
  return null;
}
