// Nonsense over real sockets: nothing may crash the tracker, and nothing may make it say more than it should.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { randomHash } from "./compact_peers.ts";
import { type Endpoint, startTracker } from "./harness.ts";
import { escaped, httpAnnounce, httpGet, httpSendRaw } from "./http_client.ts";
import { GLIBC, testWith } from "./requirements.ts";
import { UdpClient } from "./udp_client.ts";

const BACKENDS = [{ name: "libc", needs: [GLIBC] }, { name: "deno", needs: [] }];
const ACTIONS = [0, 1, 2, 3, 4, 5, 0xffffffff];
const LENGTH_MAX = 255;
const DATAGRAM_MAX = 1500;
const ID_BYTES = 8, HEAD_BYTES = 16;

function argsFor(backend: string): string[] {
  return ["--listen", "127.0.0.1:0", "--udp-backend", backend, "--udp-workers", "1"];
}

for (const { name, needs } of BACKENDS) {
  testWith(
    needs,
    `random datagrams are answered by no more than they asked (--udp-backend ${name})`,
    async () => {
      await using tracker = await startTracker(argsFor(name));
      const seed = Date.now();
      const bytes = fc.uint8Array({ maxLength: DATAGRAM_MAX });
      const datagrams = fc.sample(bytes, { numRuns: 2000, seed });
      const withActions = everyActionAtEveryLength(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
      const answers = await sendAll(tracker.udp[0], [...datagrams, ...withActions]);
      for (const { request, answer } of answers) {
        assert(
          answer.length <= request.length,
          `Seed ${seed}: ${request.toHex()} is answered by ${answer.toHex()}`,
        );
      }
      await stillAnswers(tracker.udp[0], tracker.http[0]);
    },
  );

  testWith(
    needs,
    `every action at every length with a valid connection id (--udp-backend ${name})`,
    async () => {
      await using tracker = await startTracker(argsFor(name));
      using client = await UdpClient.connect(tracker.udp[0]);
      const answers = await sendAll(tracker.udp[0], everyActionAtEveryLength(client.connectionId));
      for (const { request, answer } of answers) {
        const action = new DataView(request.buffer).getUint32(ID_BYTES);
        const answered = new DataView(answer.buffer, answer.byteOffset).getUint32(0);
        const expected = action === 1 || action === 2 ? [action, 3] : [3];
        assert(expected.includes(answered), `${request.toHex()} is answered by ${answer.toHex()}`);
      }
      assert(answers.length > 0);
      await stillAnswers(tracker.udp[0], tracker.http[0]);
    },
  );
}

/** Random but for connection id and action; each of at least 16 bytes has a transaction id of its own. */
function everyActionAtEveryLength(connectionId: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const datagrams: Uint8Array<ArrayBuffer>[] = [];
  for (const action of ACTIONS) {
    for (let length = 0; length <= LENGTH_MAX; length++) {
      const whole = crypto.getRandomValues(new Uint8Array(LENGTH_MAX));
      whole.set(connectionId);
      new DataView(whole.buffer).setUint32(ID_BYTES, action);
      datagrams.push(whole.slice(0, length));
    }
  }
  return datagrams;
}

/** So few at a time that no receive buffer is full; then an exchange shows that all of them were dealt with. */
const BATCH = 64;

/** Sends datagrams; returns every answer with the request that has its transaction id, which must be one of them. */
async function sendAll(
  to: Endpoint,
  datagrams: Uint8Array<ArrayBuffer>[],
): Promise<{ request: Uint8Array<ArrayBuffer>; answer: Uint8Array }[]> {
  using client = await UdpClient.connect(to);
  const own = new Set<string>();
  for (const [index, datagram] of datagrams.entries()) {
    await client.send(datagram);
    if (index % BATCH === BATCH - 1 || index === datagrams.length - 1) {
      const answer = await client.request(2, randomHash());
      own.add(transactionId(answer, 4));
    }
  }
  const requests = new Map(
    datagrams.filter(({ length }) => length >= HEAD_BYTES)
      .map((request) => [transactionId(request, 12), request]),
  );
  const answers = client.received.slice(1).filter((answer) => !own.has(transactionId(answer, 4)));
  return answers.map((answer) => {
    const request = requests.get(transactionId(answer, 4));
    assert(request !== undefined, `${answer.toHex()} answers nothing that was asked`);
    return { request, answer };
  });
}

function transactionId(packet: Uint8Array, offset: number): string {
  return packet.subarray(offset, offset + 4).toHex();
}

const HASH = escaped(randomHash());
const BROKEN_QUERIES = [
  "/announce",
  "/announce?",
  "/announce?info_hash=short&port=1&left=1",
  `/announce?info_hash=${HASH}%00&port=1&left=1`,
  `/announce?info_hash=${HASH.slice(0, -3)}%zz&port=1&left=1`,
  `/announce?info_hash=${HASH.slice(0, -1)}&port=1&left=1`,
  `/announce?info_hash=${HASH}&info_hash=${HASH}&port=1&left=1`,
  `/announce?info_hash=${HASH}&left=1`,
  `/announce?info_hash=${HASH}&port=0&left=1`,
  `/announce?info_hash=${HASH}&port=65536&left=1`,
  `/announce?info_hash=${HASH}&port=4294974177&left=1`,
  `/announce?info_hash=${HASH}&port=-1&left=1`,
  "/scrape?info_hash=short",
];

Deno.test("broken queries get a failure reason and leave nothing behind", async () => {
  await using tracker = await startTracker();
  for (const target of BROKEN_QUERIES) {
    const { status, body } = await httpGet(tracker.http[0], target);
    const text = new TextDecoder().decode(body);
    const [, length, reason] = /^d14:failure reason(\d+):(.+)e$/.exec(text) ?? [];
    assertEquals([status, Number(length)], [200, reason?.length], `${target}: ${text}`);
  }
  await stillAnswers(tracker.udp[0], tracker.http[0]);
});

const GOOD_HEAD = "GET /announce?info_hash=";
const BROKEN_REQUESTS = [
  "",
  "\r\n",
  "\0\0\0\0",
  "GET",
  "GET /announce",
  `${GOOD_HEAD}${HASH}`,
  `${GOOD_HEAD}${HASH} HTTP/9.9\r\n\r\n`,
  `${GOOD_HEAD}\xff\xfe\x80 HTTP/1.1\r\nHost: tracker\r\n\r\n`,
  "GET announce HTTP/1.1\r\nHost: tracker\r\n\r\n",
  "GET http:// HTTP/1.1\r\nHost: tracker\r\n\r\n",
  "GET //?/announce HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n",
  "POST /announce HTTP/1.1\r\nHost: tracker\r\nContent-Length: 1000\r\n\r\nshort",
  "GET / HTTP/1.1\r\nHost: tracker\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: tracker\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: tracker\r\n${"X: y\r\n".repeat(1000)}\r\n`,
];

Deno.test("broken HTTP gets an error or a closed connection, and the tracker answers on", async () => {
  await using tracker = await startTracker();
  const seed = Date.now();
  const random = fc.sample(fc.uint8Array({ maxLength: 300 }), { numRuns: 100, seed });
  const written = BROKEN_REQUESTS.map((text) =>
    Uint8Array.from(text, (character) => character.charCodeAt(0))
  );
  for (const request of [...written, ...random]) {
    const answer = new TextDecoder("latin1").decode(
      await httpSendRaw(tracker.http[0], request, { closeWrite: true }),
    );
    assert(
      answer === "" || answer.startsWith("HTTP/1."),
      `Seed ${seed}: ${request.toHex()} is answered by ${answer}`,
    );
  }
  await stillAnswers(tracker.udp[0], tracker.http[0]);
});

/** Two peers, one over each protocol, see each other and nobody else. */
async function stillAnswers(udp: Endpoint, http: Endpoint): Promise<void> {
  const hash = randomHash();
  using client = await UdpClient.connect(udp);
  assertEquals((await client.announce({ hash, port: 1 })).peers, []);
  assertEquals((await httpAnnounce(http, hash, { port: 2 })).peers, ["127.0.0.1:1"]);
  assertEquals((await client.announce({ hash, port: 1 })).peers, ["127.0.0.1:2"]);
}
