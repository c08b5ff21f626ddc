/**
 * `deno task page`: makes the script and the style sheet of the page, with the chart library in them, and writes them as
 * constants into src/page/assets.ts, so that the program needs no files beside it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile, stop } from "esbuild";

/** The file with the constants. */
export const ASSETS: URL = new URL("../src/page/assets.ts", import.meta.url);
const ROOT = fileURLToPath(new URL("../", import.meta.url));
const [SCRIPT, STYLE] = ["main.ts", "page.css"];
const CLIENT = new URL("../src/page/client/", import.meta.url);
/** How old a browser may be. */
const BROWSERS = ["chrome111", "firefox113", "safari16.4"];
const VERSION_DIGITS = 16;

/** Finds a file of the library where Deno keeps packages. */
const CHART_LIBRARY = {
  "uplot": libraryFile("dist/uPlot.esm.js"),
  "uplot/dist/uPlot.min.css": libraryFile("dist/uPlot.min.css"),
};

/** The text of `assets.ts` as the sources make it now; the same for the same sources. */
export async function renderAssets(): Promise<string> {
  const [script, style] = [await bundle(SCRIPT), await bundle(STYLE)];
  return `// deno-fmt-ignore-file
// deno-lint-ignore-file
/** The page's script and style sheet, made by \`deno task page\` from client/ and uPlot. @module */

/** Changes when one of them does. */
export const VERSION = ${JSON.stringify(await digest(script + style))};
/** The script. */
export const PAGE_JS = ${JSON.stringify(script)};
/** The style sheet. */
export const PAGE_CSS = ${JSON.stringify(style)};
`;
}

/** What the script and the style sheet are made from. */
export async function pageFrom(): Promise<Metafile[]> {
  const results = [SCRIPT, STYLE].map((name) => build({ ...optionsOf(name), metafile: true }));
  return (await Promise.all(results)).map(({ metafile }) => metafile);
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build(optionsOf(name));
  return outputFiles[0].text;
}

/** One file and all that it imports, made small, below the licence of the library that is in it. */
function optionsOf(name: string): BuildOptions & { write: false } {
  return {
    absWorkingDir: ROOT,
    entryPoints: [fileURLToPath(new URL(name, CLIENT))],
    alias: CHART_LIBRARY,
    banner: { js: licence(), css: licence() },
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    minify: true,
    target: BROWSERS,
    tsconfigRaw: "{}",
    write: false,
  };
}

function licence(): string {
  return `/*!\nuPlot\n\n${Deno.readTextFileSync(libraryFile("LICENSE")).trim()}\n*/`;
}

function libraryFile(path: string): string {
  return fileURLToPath(import.meta.resolve(`uplot/${path}`));
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return bytes.toHex().slice(0, VERSION_DIGITS);
}

if (import.meta.main) {
  Deno.writeTextFileSync(ASSETS, await renderAssets());
  await stop();
}
