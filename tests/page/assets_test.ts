// What the page is built from and what is in the program must be the same.
import { assertEquals } from "@std/assert";
import { stop } from "esbuild";
import { PAGE_FILES } from "../../src/page/mod.ts";
import { ASSETS, renderAssets } from "../../tools/build_page.ts";

Deno.test({
  name: "src/page/assets.ts is what deno task page makes, each time the same",
  // The bundler's process lives until `stop`.
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    try {
      const assets = await renderAssets();
      assertEquals(assets === await Deno.readTextFile(ASSETS), true, "Run `deno task page`.");
      assertEquals(assets, await renderAssets());
    } finally {
      await stop();
    }
  },
});

Deno.test("a file's tag changes with what the page asks for", () => {
  for (const { etag, contentType } of PAGE_FILES) {
    assertEquals(/^"[0-9a-f]{16}"$/.test(etag), true, etag);
    assertEquals(contentType.endsWith("; charset=utf-8"), true);
  }
});
