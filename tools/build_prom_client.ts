/**
 * `deno task prom-client`: makes one file of the parts of prom-client that are used, and writes it as
 * src/metrics/prom_client.js. The package itself could not be compiled into the executable: `deno compile` would take
 * all that it depends on with it, and fails on a test file of one of those packages. It would also take 20 MB of memory,
 * for cluster modes and summaries that nobody uses.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { build, type Plugin, stop } from "esbuild";

/** The file that it makes. */
export const PROM_CLIENT: URL = new URL("../src/metrics/prom_client.js", import.meta.url);
/** The classes that are used, by the files that they are in. */
const PARTS = { Counter: "lib/counter.js", Gauge: "lib/gauge.js", Registry: "lib/registry.js" };

/** Stands for Node's own module, of which only texts of errors are made. */
const UTIL: Plugin = {
  name: "util",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^util$/ }, ({ path }) => ({ path, namespace: "own" }));
    onLoad({ filter: /./, namespace: "own" }, () => ({
      contents: "export const format = String; export const inspect = JSON.stringify;",
    }));
  },
};

/** The text of that file as it is made now; the same for the same package. */
export async function renderPromClient(): Promise<string> {
  const parts = Object.entries(PARTS).map(([name, path]) =>
    `export { default as ${name} } from ${JSON.stringify(packageFile(path))};`
  );
  const { outputFiles } = await build({
    stdin: { contents: parts.join("\n"), resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    minify: true,
    plugins: [UTIL],
    target: "esnext",
    write: false,
  });
  const { version } = JSON.parse(Deno.readTextFileSync(packageFile("package.json")));
  return `// deno-fmt-ignore-file
// deno-lint-ignore-file
// @ts-self-types="./prom_client.d.ts"
/*!
prom-client ${version}, made one file by \`deno task prom-client\`

${Deno.readTextFileSync(packageFile("LICENSE")).trim()}
*/
${outputFiles[0].text}`;
}

function packageFile(path: string): string {
  return fileURLToPath(import.meta.resolve(`prom-client/${path}`));
}

if (import.meta.main) {
  Deno.writeTextFileSync(PROM_CLIENT, await renderPromClient());
  await stop();
}
