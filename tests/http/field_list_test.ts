import { assertEquals } from "@std/assert";
import { acceptsGzip, FieldList } from "../../src/http/field_list.ts";
import { ascii } from "../../src/http/query.ts";

const LISTS: [text: string, elements: string[]][] = [
  ["", [""]],
  ["close", ["close"]],
  [" a ,b,\tc\t", ["a", "b", "c"]],
  [",", ["", ""]],
  ["a,,b ", ["a", "", "b"]],
];

for (const [text, elements] of LISTS) {
  Deno.test(`FieldList goes through ${JSON.stringify(text)}`, () => {
    const bytes = ascii(`x,${text},y`);
    const list = new FieldList();
    list.open(bytes, 2, bytes.length - 2);
    const found: string[] = [];
    while (list.next()) found.push(new TextDecoder().decode(bytes.subarray(list.start, list.end)));
    assertEquals(found, elements);
  });
}

const CODINGS: [text: string, isAccepted: boolean][] = [
  ["gzip", true],
  ["GZIP", true],
  ["x-gzip", true],
  ["deflate, gzip;q=1.0, *;q=0.5", true],
  ["br;q=1.0, gzip ; q=0.001", true],
  ["gzip;q=1", true],
  ["gzip;q=0", false],
  ["gzip; Q=0.000", false],
  ["gzip ;q=0., br", false],
  ["", false],
  ["br", false],
  ["identity", false],
  ["gzipped", false],
  ["*", false],
  ["br;gzip", false],
];

for (const [text, isAccepted] of CODINGS) {
  Deno.test(`Accept-Encoding: ${text} ${isAccepted ? "accepts" : "does not accept"} gzip`, () => {
    const bytes = ascii(`gzip,${text},gzip`);
    assertEquals(acceptsGzip(bytes, 5, bytes.length - 5), isAccepted);
  });
}
