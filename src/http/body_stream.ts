/** Long bodies as the stream that a `Response` takes, compressed where that was asked for. @module */

import type { BodyStream } from "./reply.ts";

/** The body as the client gets it. Holds some pieces at a time, as many as the reader lets it. */
export function readBody(body: BodyStream): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const piece = body.next();
      if (piece === null) controller.close();
      else controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
  return body.gzip ? pieces.pipeThrough(new CompressionStream("gzip")) : pieces;
}
