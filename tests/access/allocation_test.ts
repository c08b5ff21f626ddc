import { assert } from "@std/assert";
import { collectionsOfWork } from "../collections.ts";

const SCRIPT = new URL("./asking_on_and_on.ts", import.meta.url);
/** If each left as much as one number behind, 16 bytes, they would cost forty collections and more. */
const QUESTIONS = 10_000_000;
/** The compiler may finish later in one run than in the other, on a busy machine much later. */
const MORE_MAX = 15;

Deno.test("asking who is refused leaves nothing for the garbage collector", async () => {
  const more = await collectionsOfWork(SCRIPT, QUESTIONS);
  assert(more <= MORE_MAX, `${QUESTIONS} questions cost ${more} collections`);
});
