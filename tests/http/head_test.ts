import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  FIELDS_MAX,
  HEAD_BYTES_MAX,
  HEAD_COMPLETE,
  HEAD_INCOMPLETE,
  HeadParser,
  TARGET_BYTES_MAX,
} from "../../src/http/head.ts";
import { ascii } from "../../src/http/query.ts";
import { METHOD_GET, METHOD_HEAD, METHOD_OPTIONS } from "../../src/http/request.ts";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What is read of a head, or the status that refuses it; the head lies amid other bytes. */
function parse(text: string, collected?: string): Record<string, unknown> | number {
  const parser = new HeadParser();
  parser.fields.collect(collected === undefined ? null : ascii(collected));
  const bytes = bytesOf(`\r\n${text}GET`);
  const status = parser.parse(bytes, 2, 2 + text.length);
  if (status !== HEAD_COMPLETE) return status;
  const { method, isHttp10, keepAlive, fields: { acceptsGzip, values, valuesEnd } } = parser;
  assertEquals(parser.end, 2 + text.length);
  return {
    method,
    target: String.fromCharCode(...bytes.subarray(parser.targetStart, parser.targetEnd)),
    isHttp10,
    keepAlive,
    acceptsGzip,
    values: String.fromCharCode(...values.subarray(0, valuesEnd)),
  };
}

const PLAIN = {
  method: METHOD_GET,
  target: "/a?b",
  isHttp10: false,
  keepAlive: true,
  acceptsGzip: false,
  values: "",
};

const TAKEN: [name: string, head: string, expected: Partial<typeof PLAIN>][] = [
  ["a plain head", "GET /a?b HTTP/1.1\r\nHost: c\r\n\r\n", {}],
  ["HEAD", "HEAD /a?b HTTP/1.1\r\nHost: c\r\n\r\n", { method: METHOD_HEAD }],
  ["OPTIONS", "OPTIONS /a?b HTTP/1.1\r\nHost: c\r\n\r\n", { method: METHOD_OPTIONS }],
  ["OPTIONS of all", "OPTIONS * HTTP/1.1\r\nHost: c\r\n\r\n", { method: METHOD_OPTIONS, target: "*" }],
  ["HTTP/1.0", "GET /a?b HTTP/1.0\r\n\r\n", { isHttp10: true, keepAlive: false }],
  ["HTTP/1.0 kept", "GET /a?b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", { isHttp10: true }],
  [
    "HTTP/1.0 kept and closed",
    "GET /a?b HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n",
    { isHttp10: true, keepAlive: false },
  ],
  ["close", "GET /a?b HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n", { keepAlive: false }],
  ["close in a list", "GET /a?b HTTP/1.1\r\nhost:c\r\nconnection:x,\tClose ,\r\n\r\n", { keepAlive: false }],
  ["no close", "GET /a?b HTTP/1.1\r\nHost: c\r\nConnection: closed\r\n\r\n", {}],
  ["an empty line before", "\r\nGET /a?b HTTP/1.1\r\nHost: c\r\n\r\n", {}],
  ["absolute form", "GET http://x:80/a?b HTTP/1.1\r\nHost: c\r\n\r\n", {}],
  ["absolute form in capitals", "GET HTTPS://x/a?b HTTP/1.1\r\nHost: c\r\n\r\n", {}],
  ["absolute form, query only", "GET http://x?b HTTP/1.1\r\nHost: c\r\n\r\n", { target: "?b" }],
  ["absolute form without a path", "GET http://x HTTP/1.1\r\nHost: c\r\n\r\n", { target: "" }],
  ["all visible bytes", "GET /!\"#$%&'()*+,-.~|}{ HTTP/1.1\r\nHost: c\r\n\r\n", {
    target: "/!\"#$%&'()*+,-.~|}{",
  }],
  ["an empty Host", "GET /a?b HTTP/1.1\r\nHost:\r\n\r\n", {}],
  ["a Host of IPv6", "GET /a?b HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", {}],
  ["blanks around a value", "GET /a?b HTTP/1.1\r\nHost: \t c \t\r\n\r\n", {}],
  ["empty values", "GET /a?b HTTP/1.1\r\nHost: c\r\nX:\r\nY: \r\n\r\n", {}],
  ["bytes beyond ASCII in a value", "GET /a?b HTTP/1.1\r\nHost: c\r\nX: \x80\xff\r\n\r\n", {}],
  ["a body of nothing", "GET /a?b HTTP/1.1\r\nHost: c\r\nContent-Length: 00\r\n\r\n", {}],
  ["names that begin alike", "GET /a?b HTTP/1.1\r\nHost: c\r\nHosts: d\r\nTransfer-Encodin: e\r\n\r\n", {}],
  ["gzip", "GET /a?b HTTP/1.1\r\nHost: c\r\nAccept-Encoding: br, GZip;q=0.5\r\n\r\n", { acceptsGzip: true }],
  ["no gzip", "GET /a?b HTTP/1.1\r\nHost: c\r\nAccept-Encoding: gzip;q=0, br\r\n\r\n", {}],
];

for (const [name, head, expected] of TAKEN) {
  Deno.test(`HeadParser takes ${name}`, () => assertEquals(parse(head), { ...PLAIN, ...expected }));
}

const REFUSED: [name: string, head: string, status: number][] = [
  ["a bare LF behind the request line", "GET / HTTP/1.1\nHost: c\r\n\r\n", 400],
  ["a bare LF behind a field", "GET / HTTP/1.1\r\nHost: c\n\r\n", 400],
  ["a bare LF as the empty line", "GET / HTTP/1.1\r\nHost: c\r\n\n", 400],
  ["a bare CR in a value", "GET / HTTP/1.1\r\nHost: c\r\nX: a\rb\r\n\r\n", 400],
  ["a bare CR as a line end", "GET / HTTP/1.1\r\nHost: c\r\r\n", 400],
  ["NUL in a value", "GET / HTTP/1.1\r\nHost: c\r\nX: a\0b\r\n\r\n", 400],
  ["NUL in a target", "GET /a\0b HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["a control character in a value", "GET / HTTP/1.1\r\nHost: c\r\nX: a\x7f\r\n\r\n", 400],
  ["a byte beyond ASCII in a target", "GET /\x80 HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["two spaces in the request line", "GET  / HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["two spaces before the version", "GET /  HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["a space behind the version", "GET / HTTP/1.1 \r\nHost: c\r\n\r\n", 400],
  ["a space before the method", " GET / HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["no version", "GET /\r\n\r\n", 400],
  ["a version in small letters", "GET / http/1.1\r\nHost: c\r\n\r\n", 400],
  ["a version of two digits", "GET / HTTP/1.10\r\nHost: c\r\n\r\n", 400],
  ["a version without a minor", "GET / HTTP/1\r\nHost: c\r\n\r\n", 400],
  ["HTTP/2", "GET / HTTP/2.0\r\nHost: c\r\n\r\n", 505],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
  ["HTTP/0.9", "GET / HTTP/0.9\r\nHost: c\r\n\r\n", 505],
  ["HTTP/1.2", "GET / HTTP/1.2\r\nHost: c\r\n\r\n", 505],
  ["POST", "POST / HTTP/1.1\r\nHost: c\r\n\r\n", 405],
  ["get", "get / HTTP/1.1\r\nHost: c\r\n\r\n", 405],
  ["CONNECT", "CONNECT c:80 HTTP/1.1\r\nHost: c\r\n\r\n", 405],
  ["POST that is malformed", "POST / HTTP/1.1 \r\n\r\n", 400],
  ["a target without a slash", "GET a HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["GET of all", "GET * HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["absolute form without a host", "GET http:///a HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["absolute form of nothing", "GET http:// HTTP/1.1\r\nHost: c\r\n\r\n", 400],
  ["no Host", "GET / HTTP/1.1\r\nX: c\r\n\r\n", 400],
  ["two Hosts", "GET / HTTP/1.1\r\nHost: c\r\nHost: c\r\n\r\n", 400],
  ["two Hosts by HTTP/1.0", "GET / HTTP/1.0\r\nHost: c\r\nhost: c\r\n\r\n", 400],
  ["a Host with a slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
  ["a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
  ["a Host beyond ASCII", "GET / HTTP/1.1\r\nHost: a\x80\r\n\r\n", 400],
  ["a space before the colon", "GET / HTTP/1.1\r\nHost : c\r\n\r\n", 400],
  ["a space before the name", "GET / HTTP/1.1\r\n Host: c\r\n\r\n", 400],
  ["a folded line", "GET / HTTP/1.1\r\nHost: c\r\nX: a\r\n b\r\n\r\n", 400],
  ["a line folded by a tab", "GET / HTTP/1.1\r\nHost: c\r\nX: a\r\n\tb\r\n\r\n", 400],
  ["a field without a name", "GET / HTTP/1.1\r\nHost: c\r\n: a\r\n\r\n", 400],
  ["a field without a colon", "GET / HTTP/1.1\r\nHost: c\r\nX\r\n\r\n", 400],
  ["a name with a bracket", "GET / HTTP/1.1\r\nHost: c\r\nX(y: a\r\n\r\n", 400],
  ["a body", "GET / HTTP/1.1\r\nHost: c\r\nContent-Length: 1\r\n\r\n", 400],
  ["a body of an unknown length", "GET / HTTP/1.1\r\nHost: c\r\nContent-Length: \r\n\r\n", 400],
  ["a body of minus nothing", "GET / HTTP/1.1\r\nHost: c\r\nContent-Length: -0\r\n\r\n", 400],
  ["two lengths in one", "GET / HTTP/1.1\r\nHost: c\r\nContent-Length: 0, 0\r\n\r\n", 400],
  ["a second length", "GET / HTTP/1.1\r\nHost: c\r\nContent-Length: 0\r\ncontent-length: 5\r\n\r\n", 400],
  ["a chunked body", "GET / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
  ["any transfer coding", "GET / HTTP/1.1\r\nHost: c\r\ntransfer-encoding: identity\r\n\r\n", 400],
  ["the greeting of TLS", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 400],
];

for (const [name, head, status] of REFUSED) {
  Deno.test(`HeadParser refuses ${name} by ${status}`, () => assertEquals(parse(head), status));
}

Deno.test("HeadParser collects a field's lines, those of others not", () => {
  const head = "GET /a?b HTTP/1.1\r\nX-Forwarded-For: 1.1.1.1 \r\nHost: c\r\nX-Forwarded-Fox: 9\r\n" +
    "x-forwarded-for:2.2.2.2,3.3.3.3\r\n\r\n";
  const expected = { ...PLAIN, values: "1.1.1.1, 2.2.2.2,3.3.3.3" };
  assertEquals(parse(head, "x-forwarded-for"), expected);
  assertEquals(parse(head), PLAIN);
});

Deno.test("HeadParser forgets the head before", () => {
  const parser = new HeadParser();
  parser.fields.collect(ascii("x"));
  const first = bytesOf(
    "HEAD / HTTP/1.0\r\nX: 1\r\nConnection: keep-alive\r\nAccept-Encoding: gzip\r\n" +
      "Authorization: Bearer a\r\nIf-None-Match: b\r\n\r\n",
  );
  assertEquals(parser.parse(first, 0, first.length), HEAD_COMPLETE);
  assertEquals([parser.fields.authorization(), parser.fields.ifNoneMatch()], ["Bearer a", "b"]);
  const second = bytesOf("GET / HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n");
  assertEquals(parser.parse(second, 0, second.length), HEAD_COMPLETE);
  const { method, isHttp10, keepAlive, fields: { acceptsGzip, valuesEnd } } = parser;
  assertEquals([method, isHttp10, keepAlive, acceptsGzip, valuesEnd], [METHOD_GET, false, false, false, 0]);
  assertEquals([parser.fields.authorization(), parser.fields.ifNoneMatch()], ["", ""]);
});

Deno.test("HeadParser takes targets and heads up to their longest, and refuses longer ones", () => {
  const withTarget = (length: number) => `GET /${"a".repeat(length - 1)} HTTP/1.1\r\nHost: c\r\n\r\n`;
  assertEquals((parse(withTarget(TARGET_BYTES_MAX)) as { target: string }).target.length, TARGET_BYTES_MAX);
  assertEquals(parse(withTarget(TARGET_BYTES_MAX + 1)), 414);
  assertEquals(parse(withTarget(TARGET_BYTES_MAX + 2).slice(0, TARGET_BYTES_MAX + 5)), 414);

  const start = "GET /a?b HTTP/1.1\r\nHost: c\r\nX: ";
  const withHead = (length: number) => `${start}${"a".repeat(length - start.length - 4)}\r\n\r\n`;
  assertEquals(parse(withHead(HEAD_BYTES_MAX)), PLAIN);
  assertEquals(parse(withHead(HEAD_BYTES_MAX + 1)), 431);
  assertEquals(parse(withHead(HEAD_BYTES_MAX + 9).slice(0, HEAD_BYTES_MAX)), 431);
  assertEquals(parse(withHead(HEAD_BYTES_MAX + 9).slice(0, HEAD_BYTES_MAX - 1)), HEAD_INCOMPLETE);
  assertEquals(parse("a".repeat(HEAD_BYTES_MAX)), 431);
});

Deno.test("HeadParser takes as many fields as Deno.serve, and refuses more", () => {
  const withFields = (count: number) => `GET /a?b HTTP/1.1\r\nHost: c\r\n${"a:\r\n".repeat(count - 1)}\r\n`;
  assertEquals(parse(withFields(FIELDS_MAX)), PLAIN);
  assertEquals(parse(withFields(FIELDS_MAX + 1)), 431);
});

/** What is said of the head when its bytes come one by one: the first result that is not "more". */
function parseByteByByte(text: string): number {
  const parser = new HeadParser();
  const bytes = bytesOf(text);
  for (let end = 0; end <= bytes.length; end++) {
    const status = parser.parse(bytes, 0, end);
    if (status !== HEAD_INCOMPLETE) return status;
  }
  return HEAD_INCOMPLETE;
}

Deno.test("HeadParser comes to the same whether a head comes whole or byte by byte", () => {
  for (const [name, head] of TAKEN) assertEquals(parseByteByByte(head), HEAD_COMPLETE, name);
  for (const [name, head, status] of REFUSED) assertEquals(parseByteByByte(head), status, name);
});

const [, [, SAMPLE]] = TAKEN;

Deno.test("HeadParser understands, refuses or waits for whatever is made of a head, in pieces the same", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const change = fc.record({
    at: fc.nat(SAMPLE.length - 1),
    cut: fc.nat(4),
    bytes: fc.array(byte, { maxLength: 4 }),
  });
  fc.assert(fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
    let head = SAMPLE;
    for (const { at, cut, bytes } of changes) {
      head = head.slice(0, at) + String.fromCharCode(...bytes) + head.slice(at + cut);
    }
    const parser = new HeadParser();
    const bytes = bytesOf(head);
    const status = parser.parse(bytes, 0, bytes.length);
    assertEquals([0, 200, 400, 405, 505].includes(status), true, `${status}`);
    assertEquals(parseByteByByte(head), status);
    if (status === HEAD_COMPLETE) assertEquals(head.slice(parser.end - 4, parser.end), "\r\n\r\n");
  }));
});
