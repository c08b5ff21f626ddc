import { assertEquals, assertRejects } from "@std/assert";
import {
  createPublished,
  hashSetWords,
  ListError,
  Published,
  publishHashes,
  publishNetworkFile,
} from "../../src/access/mod.ts";
import { HashSet } from "../../src/access/hash_set.ts";
import { NetworkSet } from "../../src/access/networks.ts";
import { parseCidr } from "../../src/addresses/mod.ts";
import { parseIp } from "../../src/os/mod.ts";
import { TempFolder } from "../harness.ts";
import { wordsOf } from "./lists.ts";

const A = "0123456789abcdef0123456789ABCDEF01234567";
const B = "f".repeat(40);

/** Publishes a file of this content; the hashes counted, and what is then in the set of A and B. */
async function publish(content: string | Uint8Array): Promise<[count: number, hasA: boolean, hasB: boolean]> {
  using folder = new TempFolder();
  const path = folder.file("list");
  await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  const buffers = createPublished(hashSetWords(1000));
  const count = await publishHashes(path, new Published(buffers));
  const set = new HashSet(buffers);
  return [count, set.has(wordsOf(Uint8Array.fromHex(A)), 0), set.has(wordsOf(Uint8Array.fromHex(B)), 0)];
}

Deno.test("a list of hashes may have comments, blank lines, blanks, any line ends and either case", async () => {
  assertEquals(await publish(`${A}\n${B}\n`), [2, true, true]);
  assertEquals(await publish(`${A.toLowerCase()}\r\n\r\n${B.toUpperCase()}`), [2, true, true]);
  assertEquals(await publish(`# all\n  ${A}\t# the first\n\n#${B}\n   \n`), [1, true, false]);
  assertEquals(await publish(`\ufeff${A}#\n${A.toLowerCase()}\n`), [1, true, false]);
  assertEquals(await publish(""), [0, false, false]);
});

Deno.test("a list is read whole though it comes in pieces", async () => {
  const hashes = Array.from({ length: 20_000 }, () => crypto.getRandomValues(new Uint8Array(20)));
  using folder = new TempFolder();
  const path = folder.file("list");
  await Deno.writeTextFile(
    path,
    hashes.map((hash, i) => `${hash.toHex()} # ${"x".repeat(i % 90)}\r\n`).join(""),
  );
  const buffers = createPublished(hashSetWords(hashes.length + 1));
  assertEquals(await publishHashes(path, new Published(buffers)), hashes.length);
  const set = new HashSet(buffers);
  assertEquals(hashes.every((hash) => set.has(wordsOf(hash), 0)), true);
});

for (
  const { what, content, line } of [
    { what: "a digit too few", content: `${A}\n${A.slice(1)}\n`, line: 2 },
    { what: "a digit too many", content: `\n\n${A}0\n`, line: 3 },
    { what: "no digit", content: `g${A.slice(1)}`, line: 1 },
    { what: "a character beyond ASCII", content: `\u0430${A.slice(1)}`, line: 1 },
    { what: "two hashes", content: `#\r\n${A} ${B}\r\n`, line: 2 },
    { what: "bytes that are no text", content: Uint8Array.of(0x0a, 0xff, 0xfe, 0), line: 2 },
  ]
) {
  Deno.test(`a line with ${what} is told by its number`, async () => {
    await assertRejects(
      () => publish(content),
      ListError,
      `list:${line}: an info hash must be 40 hexadecimal digits`,
    );
  });
}

Deno.test("a line that is no line is not kept in memory", async () => {
  const long = "0".repeat(5000);
  await assertRejects(() => publish(`${A}\n${long}`), ListError, "list:2: is longer than 4096 bytes");
  await assertRejects(() => publish(`${A}\n${long}\n${A}`), ListError, "list:2: is longer than 4096 bytes");
  await assertRejects(() => publish("0".repeat(200_000)), ListError, "list:1: is longer than 4096 bytes");
});

Deno.test("what is no file is no list", async () => {
  using folder = new TempFolder();
  const published = new Published(createPublished(hashSetWords(1000)));
  await assertRejects(() => publishHashes(folder.file("none"), published), ListError, "none: cannot be read");
  await assertRejects(() => publishHashes(folder.path, published), ListError, "is not a regular file");
});

Deno.test("a broken list changes nothing", async () => {
  using folder = new TempFolder();
  const path = folder.file("list");
  const buffers = createPublished(hashSetWords(1000));
  const published = new Published(buffers);
  await Deno.writeTextFile(path, A);
  await publishHashes(path, published);
  const { version } = published;
  await Deno.writeTextFile(path, `${B}\nbroken\n`);
  await assertRejects(() => publishHashes(path, published), ListError, "list:2:");
  const set = new HashSet(buffers);
  assertEquals(published.version, version);
  assertEquals(set.has(wordsOf(Uint8Array.fromHex(A)), 0), true);
  assertEquals(set.has(wordsOf(Uint8Array.fromHex(B)), 0), false);
});

Deno.test("a list of networks is read likewise, and joins those that are named beside it", async () => {
  using folder = new TempFolder();
  const path = folder.file("list");
  const buffers = createPublished(1000);
  const published = new Published(buffers);
  const has = (address: string) => {
    const bytes = parseIp(address)!;
    const words = new Uint32Array(4);
    new Uint8Array(words.buffer).set(bytes);
    return new NetworkSet(buffers).has(bytes.length === 4 ? 0 : 1, words);
  };
  await Deno.writeTextFile(path, "# bad\r\n192.0.2.0/24 # a network\r\n2001:db8::1\r\n");
  assertEquals(await publishNetworkFile(path, [parseCidr("198.51.100.7")!], published), 2);
  const asked = ["192.0.2.200", "192.0.3.0", "198.51.100.7", "2001:db8::1", "2001:db8::2"];
  assertEquals(asked.map(has), [true, false, true, true, false]);
  await Deno.writeTextFile(path, "192.0.2.0/24\n192.0.2.1/24\n");
  await assertRejects(
    () => publishNetworkFile(path, [], published),
    ListError,
    "list:2: must be an IP address",
  );
  assertEquals(asked.map(has), [true, false, true, true, false]);
});

/** Starts to read, and does `change` once the file is open: it is counted first, and then read again. */
async function changedMeanwhile<Value>(change: () => void, read: () => Promise<Value>): Promise<Value> {
  const { open } = Deno;
  Deno.open = async (...args) => {
    const file = await open(...args);
    const { seek } = file;
    file.seek = (...args) => {
      change();
      return seek.apply(file, args);
    };
    return file;
  };
  try {
    return await read();
  } finally {
    Deno.open = open;
  }
}

Deno.test("a list that is written while it is read changes nothing", async () => {
  using folder = new TempFolder();
  const path = folder.file("list");
  const buffers = createPublished(1000);
  const published = new Published(buffers);
  const { version } = published;
  for (const [content, publish] of [[A, publishHashes], ["192.0.2.0/24", publishNetworks]] as const) {
    await Deno.writeTextFile(path, content);
    await assertRejects(
      () => changedMeanwhile(() => Deno.writeTextFileSync(path, ""), () => publish(path, published)),
      ListError,
      "list: was changed while it was read",
    );
  }
  assertEquals(published.version, version);
});

Deno.test("a list in whose place another is put while it is read counts as it was", async () => {
  using folder = new TempFolder();
  const path = folder.file("list");
  const buffers = createPublished(1000);
  const replace = () => {
    Deno.writeTextFileSync(folder.file("new"), `${B}\n${A}\n`);
    Deno.renameSync(folder.file("new"), path);
  };
  await Deno.writeTextFile(path, A);
  assertEquals(await changedMeanwhile(replace, () => publishHashes(path, new Published(buffers))), 1);
  assertEquals(new HashSet(buffers).has(wordsOf(Uint8Array.fromHex(A)), 0), true);
});

function publishNetworks(path: string, published: Published): Promise<number> {
  return publishNetworkFile(path, [], published);
}
