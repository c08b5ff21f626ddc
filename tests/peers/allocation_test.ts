import { assert } from "@std/assert";
import { collectionsOfWork } from "../collections.ts";

const SCRIPT = new URL("./announcing_on_and_on.ts", import.meta.url);
/** If each left as much as one number behind, 16 bytes, they would cost eight collections and more. */
const ANNOUNCES = 2_000_000;
/** The compiler may finish a little later in one run than in the other. */
const MORE_MAX = 3;

Deno.test("announces leave nothing for the garbage collector", async () => {
  const more = await collectionsOfWork(SCRIPT, ANNOUNCES);
  assert(more <= MORE_MAX, `${ANNOUNCES} announces cost ${more} collections`);
});
