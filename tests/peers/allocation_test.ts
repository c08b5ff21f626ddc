import { assert } from "@std/assert";

const WARM_UP = 200_000;
/** If each left as much as one number behind, 16 bytes, they would cost eight collections and more. */
const ANNOUNCES = 2_000_000;
/** The compiler may finish a little later in one run than in the other. */
const MORE_MAX = 3;

Deno.test("announces leave nothing for the garbage collector", async () => {
  const without = await countCollections(0);
  const more = await countCollections(ANNOUNCES) - without;
  assert(more <= MORE_MAX, `${ANNOUNCES} announces cost ${more} collections`);
});

/** Collections of a process that announces so many times once it is warm. */
async function countCollections(announces: number): Promise<number> {
  const script = new URL("./announcing_on_and_on.ts", import.meta.url).pathname;
  const args = ["run", "--no-check", "--v8-flags=--trace-gc", script, `${WARM_UP}`, `${announces}`];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  const text = new TextDecoder().decode(stdout);
  assert(success, text);
  return text.split(" ms: ").length - 1;
}
