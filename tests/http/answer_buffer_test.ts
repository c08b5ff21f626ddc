import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  AnswerBuffer,
  CONNECTION_CLOSE,
  CONNECTION_OPEN,
  CONNECTION_OPEN_HTTP10,
} from "../../src/http/answer_buffer.ts";
import { ascii } from "../../src/http/query.ts";
import type { HttpReply } from "../../src/http/reply.ts";
import { TorrentList } from "../../src/http/torrent_list.ts";
import { createTable } from "../../src/peers/mod.ts";
import { counterRow, createCounters } from "../../src/stats/mod.ts";

const DATE = "Date: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n";
const REPLY: HttpReply = {
  status: 200,
  contentType: "text/plain",
  body: ascii("body"),
  headers: "",
  stream: null,
};
const EMPTY: HttpReply = { status: 204, contentType: "", body: ascii(""), headers: "X: y\r\n", stream: null };

function textOf(answers: AnswerBuffer): string {
  return new TextDecoder().decode(answers.buffer.slice(0, answers.length));
}

/** An expression for exactly these lines, DATE among them. */
function exactly(...lines: string[]): RegExp {
  return new RegExp(`^${lines.join("")}$`);
}

Deno.test("AnswerBuffer writes head and body", () => {
  const answers = new AnswerBuffer();
  answers.setTime(0);
  answers.append(REPLY, CONNECTION_OPEN, false);
  const head = ["HTTP/1\\.1 200 OK\r\n", "Content-Type: text/plain\r\n", DATE];
  assertMatch(textOf(answers), exactly(...head, "Content-Length: 4\r\n\r\n", "body"));
  answers.clear();
  answers.append(REPLY, CONNECTION_CLOSE, true);
  assertMatch(textOf(answers), exactly(...head, "Connection: close\r\nContent-Length: 4\r\n\r\n"));
  answers.clear();
  answers.append({ ...REPLY, status: 404, headers: "A: b\r\n" }, CONNECTION_OPEN_HTTP10, false);
  assertMatch(
    textOf(answers),
    exactly(
      "HTTP/1\\.1 404 Not Found\r\n",
      "Content-Type: text/plain\r\nA: b\r\n",
      DATE,
      "Connection: keep-alive\r\nContent-Length: 4\r\n\r\nbody",
    ),
  );
});

Deno.test("AnswerBuffer writes no length where there can be no body", () => {
  const answers = new AnswerBuffer();
  answers.append(EMPTY, CONNECTION_OPEN, false);
  assertMatch(textOf(answers), exactly("HTTP/1\\.1 204 No Content\r\n", "X: y\r\n", DATE, "\r\n"));
  answers.clear();
  answers.append({ ...EMPTY, status: 304 }, CONNECTION_CLOSE, false);
  assertMatch(
    textOf(answers),
    exactly("HTTP/1\\.1 304 Not Modified\r\n", "X: y\r\n", DATE, "Connection: close\r\n\r\n"),
  );
});

Deno.test("AnswerBuffer writes lengths of any number of digits, and grows", () => {
  const answers = new AnswerBuffer();
  let expected = 0;
  for (const length of [0, 9, 10, 99, 100, 99_999, 100_000, 1_000_000]) {
    const body = new Uint8Array(length).fill(0x61);
    answers.append({ ...REPLY, body }, CONNECTION_OPEN, false);
    const text = textOf(answers);
    assert(text.endsWith(`Content-Length: ${length}\r\n\r\n${"a".repeat(length)}`));
    assert(text.length > expected);
    expected = text.length;
  }
  assertEquals(textOf(answers).split("HTTP/1.1 ").length - 1, 8);
});

Deno.test("AnswerBuffer tells heads apart, more than it can remember too", () => {
  const answers = new AnswerBuffer();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 100; i++) {
      answers.clear();
      answers.append({ ...REPLY, headers: `Retry-After: ${i}\r\n` }, CONNECTION_OPEN, false);
      assertMatch(textOf(answers), new RegExp(`\r\nRetry-After: ${i}\r\n`));
    }
  }
});

Deno.test("AnswerBuffer looks the date up once a second", () => {
  const answers = new AnswerBuffer();
  const dateAt = (nowMs: number) => {
    answers.clear();
    answers.setTime(nowMs);
    answers.append(REPLY, CONNECTION_OPEN, false);
    return /\r\nDate: (.*)\r\n/.exec(textOf(answers))![1];
  };
  const now = Date.now;
  try {
    Date.now = () => Date.UTC(2026, 0, 2, 3, 4, 5);
    assertEquals(dateAt(-2000), "Fri, 02 Jan 2026 03:04:05 GMT");
    Date.now = () => Date.UTC(2026, 0, 2, 3, 4, 6);
    assertEquals(dateAt(-1001), "Fri, 02 Jan 2026 03:04:05 GMT");
    assertEquals(dateAt(-1000), "Fri, 02 Jan 2026 03:04:06 GMT");
  } finally {
    Date.now = now;
  }
});

Deno.test("AnswerBuffer gives the head of a stream, and what is left of answers", () => {
  const answers = new AnswerBuffer();
  answers.append(REPLY, CONNECTION_OPEN, false);
  const before = textOf(answers);
  const table = createTable({ maxPeers: 1, maxTorrents: 1, peerIds: false });
  const counters = counterRow(createCounters(1), 0);
  const head = ["HTTP/1\\.1 200 OK\r\n", "Content-Type: text/plain\r\n", DATE, "Connection: close\r\n"];
  for (const [gzip, end] of [[false, "\r\n"], [true, "Content-Encoding: gzip\r\n\r\n"]] as const) {
    const order = { format: "scrape", gzip, client: "192.0.2.1", turn: null } as const;
    const stream = new TorrentList(table, order, counters, () => {});
    assertMatch(answers.streamHead({ ...REPLY, stream }), exactly(...head, end));
  }
  assertEquals(textOf(answers), before);
  assertEquals(new TextDecoder().decode(answers.rest(5)), before.slice(5));
  answers.clear();
  answers.appendBytes(ascii(before.slice(5)));
  assertEquals(textOf(answers), before.slice(5));
});
