import { assert } from "@std/assert";
import { countCollections } from "../collections.ts";

const SCRIPT = new URL("./asking_on_and_on.ts", import.meta.url);
/** So many that a busy machine has compiled everything by then. */
const WARM_UP = 1_000_000;
/** If each left as much as one number behind, 16 bytes, they would cost eight collections and more. */
const QUESTIONS = 2_000_000;
/** The compiler may finish a little later in one run than in the other. */
const MORE_MAX = 3;

Deno.test("asking who is refused leaves nothing for the garbage collector", async () => {
  const without = await countCollections(SCRIPT, `${WARM_UP}`, "0");
  const more = await countCollections(SCRIPT, `${WARM_UP}`, `${QUESTIONS}`) - without;
  assert(more <= MORE_MAX, `${QUESTIONS} announces cost ${more} collections`);
});
