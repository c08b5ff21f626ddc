import { assertEquals } from "@std/assert";
import { IPV4 } from "../../src/peers/mod.ts";
import { DIRECTORIES, TORRENT_CAPACITY } from "../../src/peers/layout.ts";
import { readRecords } from "../../src/peers/peer_records.ts";
import { newTable } from "./model.ts";

Deno.test("a torrent that loses its directories while they are read is not gone through by what they said", () => {
  const table = newTable();
  // Two buckets where the directories were: whatever else, anything may stand there by now.
  table.peers.words[1] = 2;
  let looks = 0;
  const torrents = new Proxy(table.torrents, {
    get: (target, name) =>
      name === String(TORRENT_CAPACITY) && looks++ === 0 ? DIRECTORIES : Reflect.get(target, name, target),
  });
  let asked = 0;
  const isUnchanged = () => {
    asked++;
    return false;
  };
  const changing = Object.assign(Object.create(table), { torrents });
  assertEquals(readRecords(changing, 0, IPV4, new Uint32Array(2), 1, 0, isUnchanged), false);
  assertEquals(asked, 1);
});
