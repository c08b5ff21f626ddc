// A header in which a proxy tells the client's address, as it comes over the wire: in lines, in any case, at any length.
import { assertEquals, assertMatch } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { startTracker } from "./harness.ts";
import { escaped, httpSend } from "./http_client.ts";
import { GLIBC, testWith } from "./requirements.ts";

/** Latin-1, so many that as UTF-8 they and the address behind them would fill 16 KiB to the last comma. */
const LONG = "\xe9".repeat(8187);

/** The lines that a trusted proxy sends, and whose request it then is; null when nobody can tell. */
const HEADS: Record<string, { lines: string[]; client: string | null }> = {
  "one line": { lines: ["X-Forwarded-For: 6.6.6.6, 1.2.3.4"], client: "1.2.3.4:1" },
  "any case": { lines: ["x-forwarded-FOR:1.2.3.4"], client: "1.2.3.4:1" },
  "IPv6, which is in answers over IPv4 too": {
    lines: ["X-Forwarded-For: 1.2.3.4, [2001:db8::5]:1234"],
    client: "[2001:db8::5]:1",
  },
  "several lines": {
    lines: ["X-Forwarded-For: 6.6.6.6", "Accept: */*", "X-Forwarded-For: 7.7.7.7, 1.2.3.4"],
    client: "1.2.3.4:1",
  },
  "an empty line behind": { lines: ["X-Forwarded-For: 1.2.3.4", "X-Forwarded-For:"], client: "1.2.3.4:1" },
  "other headers": {
    lines: [
      "X-Forwarded: 6.6.6.6",
      "X-Forwarded-For2: 6.6.6.6",
      "Forwarded: for=6.6.6.6",
      "X-Real-IP: 6.6.6.6",
    ],
    client: null,
  },
  "no such line": { lines: [], client: null },
  "an unreadable last line": { lines: ["X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: x"], client: null },
  "a long claim of the client": {
    lines: [`X-Forwarded-For: ${LONG}, 6.6.6.6, 1.2.3.4`],
    client: "1.2.3.4:1",
  },
};

for (const [backend, needs] of [["libc", [GLIBC]], ["deno", []]] as const) {
  testWith([...needs], `the header is found in the head (${backend})`, async () => {
    await using tracker = await startTracker([
      ...["--http-backend", backend, "--http", "127.0.0.1:0@X-Forwarded-For", "--trusted-proxy", "127.0.0.1"],
      ...["--http", "127.0.0.1:0@none"],
    ]);
    const [trusting, direct] = tracker.http;
    for (const [name, { lines, client }] of Object.entries(HEADS)) {
      const hash = escaped(randomHash());
      const announce = (port: number, lines: string[]) =>
        latin1(
          [
            `GET /announce?info_hash=${hash}&port=${port}&left=1&compact=0&no_peer_id=1 HTTP/1.1`,
            ...["Host: tracker", ...lines, "Connection: close", "", ""],
          ].join("\r\n"),
        );
      const { status, body } = await httpSend(trusting, announce(1, lines));
      assertEquals(status, 200, name);
      assertMatch(text(body), client === null ? /^d14:failure reason/ : /^d8:complete/, name);
      // The other listener believes nobody, so this is another client of the torrent.
      const seen = await httpSend(direct, announce(2, ["X-Forwarded-For: 6.6.6.6"]));
      const [, peers] = /5:peersl(.*)ee$/.exec(text(seen.body)) ?? [];
      assertEquals(peers, client === null ? "" : peerDictionary(client), name);
    }
  });
}

/** A peer `ADDRESS:PORT` as a bencoded dictionary. */
function peerDictionary(peer: string): string {
  const colon = peer.lastIndexOf(":");
  const address = peer.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return `d2:ip${address.length}:${address}4:porti${peer.slice(colon + 1)}ee`;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
