// What is no answer to a request does not count as one.
import { assertEquals } from "@std/assert";
import type { LoadResult } from "../../src/load/report.ts";
import { GLIBC, testWith } from "../requirements.ts";
import { type Asked, FakeTracker } from "./fake_tracker.ts";
import { runLoad } from "./program.ts";

const HEAD_BYTES = 8;
const ERROR = 3;

testWith(
  [GLIBC],
  "only what comes from the target, is whole and has the request's id is an answer",
  async () => {
    const elsewhere = ["127.0.0.1", "127.0.0.5"].map((hostname) =>
      Deno.listenDatagram({ transport: "udp", hostname, port: 0 })
    );
    const answers: ((asked: Asked) => unknown)[] = [
      ({ answer, send }) => send(answer),
      ({ answer, send }) => send(answer.subarray(0, HEAD_BYTES)),
      ({ answer, send }) => send(answer.subarray(0, answer.length - 1)),
      ({ answer, send }) => send(withId(answer, (id) => id + 2 ** 31)),
      ({ answer, send }) => send(withId(answer, (id) => id + 1000)),
      ({ answer, from }) => elsewhere[0].send(answer, from),
      ({ answer, from }) => elsewhere[1].send(answer, from),
      ({ answer, send }) => {
        new DataView(answer.buffer).setUint32(0, ERROR);
        return send(answer.subarray(0, HEAD_BYTES));
      },
      // Twice is once.
      async ({ answer, send }) => {
        await send(answer);
        await send(answer);
      },
    ];
    using server = new FakeTracker((asked) => answers[asked.index % answers.length](asked));
    const each = 20;
    const sent = answers.length * each;
    const args = ["--rate", `${sent}`, "--duration", "1", "--warmup", "0", "--scrape-share", "0%", "--json"];
    const { code, log } = await runLoad(...args, server.url);
    for (const socket of elsewhere) socket.close();
    assertEquals(code, 0, log);
    const result: LoadResult = JSON.parse(log);
    assertEquals([result.sent, result.answered, result.errors, result.lost], [
      sent,
      2 * each,
      each,
      6 * each,
    ]);
  },
);

function withId(answer: Uint8Array<ArrayBuffer>, change: (id: number) => number): Uint8Array {
  const view = new DataView(answer.buffer);
  view.setUint32(4, change(view.getUint32(4)));
  return answer;
}

testWith([GLIBC], "a fill ends when the server does not answer any more", async () => {
  using server = new FakeTracker(({ index, answer, send }) => index < 100 ? send(answer) : null);
  const { code, log } = await runLoad("--fill", "10000", server.url);
  assertEquals([code, log], [1, `No answer any more from ${server.url}\n`]);
});
