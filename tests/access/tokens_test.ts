import { assertEquals, assertRejects } from "@std/assert";
import {
  createPublished,
  ListError,
  Published,
  publishTokenFile,
  Tokens,
  TOKENS_WORDS_MAX,
} from "../../src/access/mod.ts";
import { TempFolder } from "../harness.ts";

const FORM = "16 to 128 letters, digits, - . _ ~ + and /, with or without = behind them";
const SHORTEST = "0123456789abcdef";
const LONGEST = "x".repeat(128);

/** Publishes what a file of this text has. */
async function publish(text: string, published: Published): Promise<number> {
  using folder = new TempFolder();
  const path = folder.file("tokens");
  await Deno.writeTextFile(path, text);
  return await publishTokenFile(path, published);
}

Deno.test("a token of the file is known, and nothing else", async () => {
  const buffers = createPublished(TOKENS_WORDS_MAX);
  const base64 = "AZaz09+/AZaz09+/==";
  const text = `# tokens\n\n  ${SHORTEST}  # the first\r\n${LONGEST}\n${base64}\n-._~-._~-._~-._~`;
  assertEquals(await publish(text, new Published(buffers)), 4);
  const tokens = new Tokens(buffers);
  for (const token of [SHORTEST, LONGEST, base64, "-._~".repeat(4)]) {
    assertEquals(tokens.has(token), true, token);
  }
  const others = [
    "",
    SHORTEST.slice(1),
    SHORTEST.slice(0, -1),
    `${SHORTEST}0`,
    `${SHORTEST}\0`,
    SHORTEST.toUpperCase(),
    `1${SHORTEST.slice(1)}`,
    `${LONGEST}x`,
    LONGEST.slice(1),
    base64.slice(0, -1),
    `${SHORTEST}=`,
    `${SHORTEST} `,
    "é".repeat(16),
  ];
  for (const token of others) assertEquals(tokens.has(token), false, token);
});

Deno.test("other tokens take the place of those that were there", async () => {
  const buffers = createPublished(TOKENS_WORDS_MAX);
  const published = new Published(buffers);
  await publish(`${SHORTEST}\n${LONGEST}\n`, published);
  const tokens = new Tokens(buffers);
  assertEquals(tokens.has(LONGEST), true);
  assertEquals(await publish("another-one-of-some-length", published), 1);
  assertEquals([tokens.has(LONGEST), tokens.has(SHORTEST)], [false, false]);
  assertEquals(tokens.has("another-one-of-some-length"), true);
});

for (
  const [what, text, problem] of [
    ["nothing", "", "/tokens: has no token"],
    ["comments alone", "# none\n\n", "/tokens: has no token"],
    ["a short one", `${SHORTEST}\nshort-secret\n`, `/tokens:2: must be ${FORM}`],
    ["a long one", `${LONGEST}x\n`, `/tokens:1: must be ${FORM}`],
    ["one with blanks", "a secret with blanks\n", `/tokens:1: must be ${FORM}`],
    [
      "too many",
      `${SHORTEST}\n`.repeat(101),
      "/tokens:101: is one more than the 100 tokens that there may be",
    ],
  ]
) {
  Deno.test(`a file with ${what} is refused, and tells nothing of itself`, async () => {
    const buffers = createPublished(TOKENS_WORDS_MAX);
    const published = new Published(buffers);
    await publish(SHORTEST, published);
    const error = await assertRejects(() => publish(text, published), ListError);
    assertEquals(error.message.endsWith(problem), true, error.message);
    assertEquals(/secret/.test(error.message), false);
    assertEquals(new Tokens(buffers).has(SHORTEST), true);
  });
}

Deno.test("the most tokens find room", async () => {
  const buffers = createPublished(TOKENS_WORDS_MAX);
  const all = Array.from({ length: 100 }, (_, index) => `${index}-${"y".repeat(100)}`);
  const text = all.map((token) => `# for somebody\n${token}\n`).join("");
  assertEquals(await publish(text, new Published(buffers)), 100);
  const tokens = new Tokens(buffers);
  assertEquals(all.every((token) => tokens.has(token)), true);
});
