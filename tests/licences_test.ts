// What others ask of those who hand on their work: that their licences go along with it.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Metafile, stop } from "esbuild";
import { dirname, resolve } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { pageFrom } from "../tools/build_page.ts";
import { bundledFrom } from "../tools/bundle.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const LICENCES = Deno.readTextFileSync(`${ROOT}THIRD-PARTY-LICENSES`);
/** What is in the executable and is no package. */
const RUNTIME = ["Deno", "V8"];

/** The folders of the packages that something is made from, by their names and versions. */
function packagesOf({ inputs }: Metafile): [string, string][] {
  // What is ours lies below the root.
  const paths = Object.keys(inputs).filter((path) => path.startsWith("../"));
  return paths.map((path) => packageOf(dirname(resolve(ROOT, path))));
}

function packageOf(folder: string): [string, string] {
  const described = entries(folder).includes("package.json")
    ? JSON.parse(Deno.readTextFileSync(`${folder}/package.json`))
    : {};
  return described.version === undefined
    ? packageOf(dirname(folder))
    : [`${described.name} ${described.version}`, folder];
}

function entries(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

Deno.test({
  name: "every package of which the executable has parts is named with its licence, and no other",
  // The bundler's process lives until `stop`.
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    try {
      const packages = new Map([...await bundledFrom(), ...await pageFrom()].flatMap(packagesOf));
      const named = [...LICENCES.matchAll(/^={10,}\n(.+)\n={10,}$/gm)].map(([, name]) => name);
      assertEquals(named, [...packages.keys()].sort().concat(RUNTIME));
      for (const folder of packages.values()) {
        for (const file of entries(folder).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name))) {
          assertStringIncludes(LICENCES, Deno.readTextFileSync(`${folder}/${file}`).trim());
        }
      }
    } finally {
      await stop();
    }
  },
});
