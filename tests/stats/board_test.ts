import { assert, assertEquals } from "@std/assert";
import { BoardReader, BoardWriter, createBoard } from "../../src/stats/board.ts";
import { type BoardDocument, type BoardPlace, DOCUMENT_BYTES_MAX } from "../../src/stats/mod.ts";
import { within } from "../within.ts";

const PLACES: BoardPlace[] = ["/a", "/b"].map((target) => ({
  target,
  contentType: "text/plain",
  headers: "",
}));
const READERS_MS = 60_000;

function textOf(document: BoardDocument | null): string | null {
  return document === null ? null : new TextDecoder().decode(document.body);
}

Deno.test("a document is what was written last, and those beside it stay as they are", () => {
  const board = createBoard(PLACES);
  const writer = new BoardWriter(board);
  const reader = new BoardReader(board);
  assertEquals([reader.has(0), reader.has(1)], [false, false]);
  for (const text of ["one", "", "three, which is longer", "é€😀", "5"]) {
    assert(writer.write(1, text));
    assertEquals([reader.has(0), reader.has(1)], [false, true]);
    assertEquals(textOf(reader.read(1)), text);
  }
  assert(writer.write(0, "other"));
  assertEquals([textOf(reader.read(0)), textOf(reader.read(1))], ["other", "5"]);
  assertEquals([textOf(new BoardReader(board).read(0)), board.places], ["other", PLACES]);
});

Deno.test("what was read stays as it is, and is read once", () => {
  const board = createBoard(PLACES);
  const writer = new BoardWriter(board);
  const reader = new BoardReader(board);
  writer.write(0, "one");
  const one = reader.read(0);
  assert(reader.read(0) === one);
  for (const text of ["two", "three"]) writer.write(0, text);
  assertEquals([textOf(one), textOf(reader.read(0))], ["one", "three"]);
});

Deno.test("a document can be withheld, and given again", () => {
  const board = createBoard(PLACES);
  const writer = new BoardWriter(board);
  const reader = new BoardReader(board);
  for (const text of [null, "given", null]) {
    assert(writer.write(0, text));
    assertEquals([reader.has(0), textOf(reader.read(0))], [true, text]);
  }
});

Deno.test("one that is too long is refused, and the document stays as it was", () => {
  const board = createBoard(PLACES);
  const writer = new BoardWriter(board);
  const reader = new BoardReader(board);
  const longest = "x".repeat(DOCUMENT_BYTES_MAX);
  assertEquals(writer.write(0, `${longest}x`), false);
  assertEquals(reader.has(0), false);
  assert(writer.write(0, longest));
  assertEquals(reader.read(0)?.body.length, DOCUMENT_BYTES_MAX);
  assert(writer.write(0, "short"));
  // Counted in bytes of UTF-8, and never cut within a character.
  assertEquals(writer.write(0, "é".repeat(DOCUMENT_BYTES_MAX / 2) + "é"), false);
  assertEquals(textOf(reader.read(0)), "short");
  assert(writer.write(0, "shorter"));
  assertEquals(textOf(reader.read(0)), "shorter");
});

Deno.test("a document has its compressed form beside it where that is shorter", () => {
  const board = createBoard(PLACES);
  const writer = new BoardWriter(board);
  const reader = new BoardReader(board);
  const forms: [body: string, gzipped: number[] | null, read: number[] | null][] = [
    ["five5", [1, 2, 3, 4], [1, 2, 3, 4]],
    ["four", [9, 8, 7], [9, 8, 7]],
    ["five5", [1, 2, 3, 4, 5], null],
    ["four", null, null],
    ["x".repeat(DOCUMENT_BYTES_MAX), [255], [255]],
  ];
  for (const [body, gzipped, read] of forms) {
    assert(writer.write(0, body, gzipped === null ? null : Uint8Array.from(gzipped)));
    assert(writer.write(1, "other", Uint8Array.of(0)));
    const document = reader.read(0);
    assertEquals([textOf(document), document?.gzipped], [body, read && Uint8Array.from(read)]);
  }
});

Deno.test("main learns what was asked for since it looked", () => {
  const board = createBoard(PLACES);
  const writer = new BoardWriter(board);
  const readers = [new BoardReader(board), new BoardReader(board)];
  writer.write(0, "a");
  writer.write(1, "b");
  const asked = () => [writer.wasAsked(0), writer.wasAsked(1)];
  assertEquals(asked(), [false, false]);
  for (const reader of readers) reader.read(1);
  readers[0].has(0);
  assertEquals(asked(), [false, true]);
  assertEquals(asked(), [false, false]);
  readers[1].read(0);
  assertEquals(asked(), [true, false]);
});

Deno.test("no reader ever takes a mix of two versions for a document", async () => {
  const board = createBoard(PLACES);
  const writer = new BoardWriter(board);
  writer.write(0, "0");
  const url = new URL("board_reader_worker.ts", import.meta.url).href;
  const workers = [1, 2].map(() => new Worker(url, { type: "module" }));
  try {
    const ended = Promise.all(
      workers.map((worker) =>
        new Promise<string | null>((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = (event) => reject(new Error(event.message));
        })
      ),
    );
    for (const worker of workers) worker.postMessage(board);
    let isRead = false;
    const problems = ended.finally(() => isRead = true);
    // One digit all over, in both forms. A short one between two long ones, so that a reader is still at the first of them when its
    // place is taken by the second.
    for (let round = 0; !isRead; round++) {
      writer.write(0, "0");
      const digits = String(round % 10).repeat(1 + round % 7 * 100_000);
      writer.write(0, digits, new TextEncoder().encode(digits.slice(1)));
      if (round % 16 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    assertEquals(await within(READERS_MS, problems, () => "The readers go on"), [null, null]);
  } finally {
    for (const worker of workers) worker.terminate();
  }
});
