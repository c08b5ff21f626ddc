import { assert } from "@std/assert";
import { collectionsOfWork } from "../collections.ts";
import { GLIBC, testWith } from "../requirements.ts";

const SCRIPT = new URL("./serving_on_and_on.ts", import.meta.url);
/** If each left as much as an object behind, 32 bytes, they would cost eight collections and more. */
const DATAGRAMS = 1_000_000;
/** The compiler may finish a little later in one run than in the other. */
const MORE_MAX = 3;

testWith([GLIBC], "datagrams leave nothing for the garbage collector", async () => {
  const more = await collectionsOfWork(SCRIPT, DATAGRAMS);
  assert(more <= MORE_MAX, `${DATAGRAMS} datagrams cost ${more} collections`);
});
