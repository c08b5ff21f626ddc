/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// Reads the first document of a board again and again, while another thread writes it, and tells what was wrong with it.
import { type BoardDocument, type BoardParts, BoardReader } from "../../src/stats/board.ts";

const VERSIONS = 1000;

self.onmessage = ({ data }: MessageEvent<BoardParts>) => {
  self.postMessage(readOften(new BoardReader(data)));
  self.close();
};

/** What is wrong with one of so many versions; null when nothing is. */
function readOften(reader: BoardReader): string | null {
  let last: BoardDocument | null = null;
  for (let versions = 0; versions < VERSIONS;) {
    const document = reader.read(0);
    if (document === null) return "it is withheld";
    if (document === last) continue;
    last = document;
    versions++;
    const { body, gzipped } = document;
    const gzippedBytes = gzipped?.length ?? 0;
    if ((body.length - 1) % 100_000 !== 0) return `it has ${body.length} bytes`;
    if (gzippedBytes !== body.length - 1) {
      return `it has ${body.length} bytes, and ${gzippedBytes} compressed`;
    }
    if (body.some((byte) => byte !== body[0])) return `it is a mix of ${body.length} bytes`;
    if (gzipped?.some((byte) => byte !== body[0])) return `its compressed form is of another version`;
  }
  return null;
}
