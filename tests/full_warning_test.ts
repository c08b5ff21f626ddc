import { assertEquals } from "@std/assert";
import { FullWarning } from "../src/full_warning.ts";
import { setupLog } from "../src/log.ts";
import { announce, AnnounceAnswer, AnnounceRequest, createTable } from "../src/peers/mod.ts";

Deno.test("FullWarning warns of announces that were not stored, once a minute at most", () => {
  const lines: string[] = [];
  setupLog({ logLevel: "info" }, (line) => lines.push(line.replace(/^\S+ /, "").trimEnd()));
  const table = createTable({ maxPeers: 1, maxTorrents: 2, peerIds: false });
  const request = new AnnounceRequest();
  const answer = new AnnounceAnswer(new ArrayBuffer(64));
  const announcePeers = (count: number) => {
    for (let i = 0; i < count; i++) {
      request.peer[2]++;
      announce(table, request, answer);
    }
  };
  const warning = new FullWarning(table);
  const logged = (nowSec: number) => {
    lines.length = 0;
    warning.tick(nowSec);
    return lines.map((line) => line.replace(/ were answered.*/, ""));
  };
  announcePeers(1);
  assertEquals(logged(0), []);
  announcePeers(3);
  assertEquals(logged(1), ["warning the table is full: 3 announces"]);
  announcePeers(2);
  assertEquals(logged(60.9), []);
  assertEquals(logged(61), ["warning the table is full: 2 announces"]);
  assertEquals(logged(1000), []);
});
