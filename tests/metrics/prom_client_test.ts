// What is taken of prom-client and what is in the program must be the same.
import { assertEquals } from "@std/assert";
import { stop } from "esbuild";
import { PROM_CLIENT, renderPromClient } from "../../tools/build_prom_client.ts";

Deno.test({
  name: "src/metrics/prom_client.js is what deno task prom-client makes",
  // The bundler's process lives until `stop`.
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    try {
      const text = await renderPromClient();
      assertEquals(text === await Deno.readTextFile(PROM_CLIENT), true, "Run `deno task prom-client`.");
    } finally {
      await stop();
    }
  },
});
