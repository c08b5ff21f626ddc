/**
 * `deno task bundle`: writes the program into build/, each thread's modules joined to one file. What a module imports is
 * looked up anew at every use, which an announce feels; in one file, constants are part of the code.
 *
 * The files have the names of those that they begin with, so that all paths between them stay as they are.
 *
 * @module
 */

import { rmSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile, type Plugin, stop } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = "build/";

/** What a module of the system is called that is required. */
const REQUIRED = "required";

/** The modules that the threads begin with, the main thread's first, and those that are imported while they run. */
export const ENTRIES: readonly string[] = [
  "main.ts",
  "src/udp/worker.ts",
  "src/http/worker.ts",
  "src/http/streams_worker.ts",
  "src/load/worker.ts",
  "src/keeper.ts",
  "src/save_worker.ts",
  "src/save_table.ts",
];

/** Writes all of them. */
export async function bundle(): Promise<void> {
  rmSync(ROOT + FOLDER, { recursive: true, force: true });
  for (const entry of ENTRIES) await build(optionsOf(entry));
  await stop();
}

/** What each of them is made from; writes nothing. */
export async function bundledFrom(): Promise<Metafile[]> {
  const files: Metafile[] = [];
  for (const entry of ENTRIES) {
    files.push((await build({ ...optionsOf(entry), metafile: true, write: false })).metafile);
  }
  return files;
}

function optionsOf(entry: string): BuildOptions {
  return {
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: FOLDER + entry,
    // The types are gone, and their names say TypeScript.
    banner: { js: "// @ts-nocheck" },
    bundle: true,
    charset: "utf8",
    conditions: ["deno", "node", "import"],
    format: "esm",
    mainFields: ["module", "main"],
    // Puts constants where they are used.
    minifySyntax: true,
    platform: "neutral",
    plugins: [packages, ownUrls(entry)],
    target: "esnext",
    tsconfigRaw: "{}",
  };
}

/** Finds packages where Deno keeps them; what they require of the system's modules they import. */
const packages: Plugin = {
  name: "packages",
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: /^\./ },
      ({ path, kind }) => kind === "dynamic-import" ? { path, external: true } : null,
    );
    onResolve({ filter: /^[^./#]/ }, ({ path, importer, kind }) => {
      if (kind === "entry-point") return null;
      if (isBuiltin(path)) {
        const system = path.startsWith("node:") ? path : `node:${path}`;
        return kind === "require-call"
          ? { path: system, namespace: REQUIRED }
          : { path: system, external: true };
      }
      const isOurs = importer.startsWith(ROOT);
      return {
        path: isOurs ? fileURLToPath(import.meta.resolve(path)) : createRequire(importer).resolve(path),
      };
    });
    onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => {
      const name = JSON.stringify(path);
      return { contents: `export * from ${name}; export { default } from ${name};` };
    });
  },
};

/** Lets each module find what lies beside it, though it has become a part of `entry`. */
function ownUrls(entry: string): Plugin {
  return {
    name: "own URLs",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const way = relative(dirname(ROOT + entry), path);
        const url = `new URL(${JSON.stringify(`./${way}`)}, import.meta.url).href`;
        return {
          contents: Deno.readTextFileSync(path).replaceAll("import.meta.url", url),
          loader: "ts",
        };
      });
    },
  };
}

if (import.meta.main) await bundle();
