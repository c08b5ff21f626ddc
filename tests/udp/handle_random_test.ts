import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { readReplyAction } from "../../src/udp/packet_client.ts";
import { HandlerFixture, hashOf, rawRequest, SENDER4, SENDER6 } from "./handler.ts";

const PROTOCOL_ID = 0x41727101980n;
const ACTIONS = [0, 1, 2, 3, 4, 5, 255, 256, 0x01000000, 0x80000001, 0xffffffff];

/** What a request with a good connection id is answered with: an action, or null for silence. */
function expectedAction(action: number, length: number): number | null {
  if (length < 16) return null;
  if (action === 1) return length < 98 ? null : 1;
  if (action === 2) return length < 36 ? 3 : 2;
  return null;
}

Deno.test("UdpHandler does the right thing on every action at every length from 0 to 255", () => {
  const fixture = new HandlerFixture();
  for (const sender of [SENDER4, SENDER6]) {
    const good = fixture.connect(sender);
    for (const action of ACTIONS) {
      for (let length = 0; length <= 255; length++) {
        // 0xee: a port that is not 0, an unknown event, a negative number of peers wanted.
        const answer = fixture.answer(rawRequest(good, action, length, 0xee), sender);
        const context = `action ${action}, length ${length}`;
        const expected = expectedAction(action, length);
        if (expected === null) assertEquals(answer.length, 0, context);
        else assertEquals(readReplyAction(answer), expected, context);
        for (const bad of [PROTOCOL_ID, good ^ 1n, 0n]) {
          const refusal = fixture.answer(rawRequest(bad, action, length, 0xee), sender);
          const isConnect = action === 0 && bad === PROTOCOL_ID && length >= 16;
          const isAnswered = (action === 1 || action === 2) && length >= 33;
          if (isConnect) assertEquals(readReplyAction(refusal), 0, context);
          else if (isAnswered) assertEquals(readReplyAction(refusal), 3, context);
          else assertEquals(refusal.length, 0, context);
        }
      }
    }
  }
  assertStillAnswers(fixture);
});

const byte = fc.nat(255);
const action = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1, 2) }, fc.nat(0xffffffff));
const anyId = fc.oneof(fc.constant(PROTOCOL_ID), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const length = fc.oneof(fc.nat(2048), fc.nat(120));
const datagram = fc.oneof(
  fc.uint8Array({ maxLength: 2048 }),
  fc.tuple(anyId, action, length, byte).map((fields) => rawRequest(...fields)),
);
const sender = fc.constantFrom(SENDER4, SENDER6, "::ffff:192.0.2.9");

Deno.test("UdpHandler answers nothing that has no good connection id with more than came", () => {
  const fixture = new HandlerFixture();
  fc.assert(
    fc.property(datagram, sender, (bytes, hostname) => {
      assert(fixture.answer(bytes, hostname).length <= bytes.length);
    }),
    { numRuns: 2000 },
  );
  assertEquals(fixture.counts[1] + fixture.counts[2], 0);
  assertStillAnswers(fixture);
});

Deno.test("UdpHandler answers from the datagram and the table alone: old bytes are neither read nor sent", () => {
  const [one, other] = [new HandlerFixture(0x00), new HandlerFixture(0xff)];
  const body = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(fc.constantFrom(1, 2), body, sender, (action, body, hostname) => {
      const answers = [one, other].map((fixture) => {
        const head = rawRequest(fixture.connect(hostname), action, 16);
        return fixture.answer(Uint8Array.of(...head, ...body), hostname).toHex();
      });
      assertEquals(answers[0], answers[1]);
    }),
    { numRuns: 1000 },
  );
});

/** After all that, a plain announce is answered and counted once. */
function assertStillAnswers(fixture: HandlerFixture): void {
  const { leechers, seeders } = fixture.announce({ infoHash: hashOf(0x99), port: 6881, left: 1n });
  assertEquals([leechers, seeders], [1, 0]);
}
