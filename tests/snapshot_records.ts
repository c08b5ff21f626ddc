import { type Family, IPV4, RECORD_BYTES, type TorrentSnapshot } from "../src/peers/mod.ts";

/** The snapshot's records of one family as a file holds them, in no order. */
export function snapshotRecords(snapshot: TorrentSnapshot, family: Family): Uint8Array[] {
  const words = family === IPV4 ? snapshot.records4 : snapshot.records6;
  const count = family === IPV4 ? snapshot.count4 : snapshot.count6;
  const size = RECORD_BYTES[family];
  return Array.from({ length: count }, (_, i) => new Uint8Array(words.buffer, i * size, size).toReversed());
}
