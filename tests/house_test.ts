// The rules of the house: which folder may know which, and what a source file may do. DESIGN.md says why.
import { assertEquals } from "@std/assert";

const SRC = new URL("../src/", import.meta.url);

/** The folders of `src/` and what each may import; files beside them stand above and may import all. */
const FLOORS: Record<string, string[]> = {
  peers: [],
  stats: [],
  os: [],
  addresses: [],
  config: ["addresses"],
  odb: ["peers"],
  access: ["addresses", "config", "peers"],
  udp: ["access", "addresses", "config", "os", "peers", "stats"],
  http: ["access", "addresses", "config", "os", "peers", "stats"],
  random: [],
  load: ["addresses", "config", "os", "random", "stats", "udp"],
  odb_tools: ["config", "odb", "os", "peers", "random"],
  doctor: ["addresses", "config", "http", "os", "peers"],
  manual: ["config"],
  page: ["stats"],
  metrics: ["stats"],
  stats_modes: ["stats"],
  terminal: ["config"],
};

/** Files that may import these from the project's root. */
const ROOT_IMPORTS: Record<string, string[]> = { "config/version.ts": ["../deno.json"] };

const LINES_MAX = 350;

interface Import {
  /** Paths below `src/`; `target` begins with `../` when it is outside. */
  source: string;
  target: string;
}

const files: Map<string, string> = readFiles("");
const imports: Import[] = [...files].flatMap(([source, text]) =>
  specifiersOf(text).filter((specifier) => specifier.startsWith(".")).map((specifier) => ({
    source,
    target: resolve(source, specifier),
  }))
);

/** All TypeScript files, and what JavaScript there is, in a folder of `src/` and the folders in it, by path. */
function readFiles(folder: string): Map<string, string> {
  const found: [string, string][] = [];
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, SRC))) {
    const path = folder + name;
    if (isDirectory) found.push(...readFiles(`${path}/`));
    else if (/\.[jt]s$/.test(name)) found.push([path, Deno.readTextFileSync(new URL(path, SRC))]);
  }
  return new Map(found);
}

/** Whatever a file imports or exports from, types and `import()` with a constant too; layout as `deno fmt` leaves it. */
function specifiersOf(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:[^;"']*?\sfrom\s)?"([^"]+)"/gm);
  const expressions = text.matchAll(/\bimport\("([^"]+)"\)/g);
  return [...statements, ...expressions].map(([, specifier]) => specifier);
}

function resolve(source: string, specifier: string): string {
  const path = new URL(specifier, new URL(source, SRC)).href;
  const root = new URL("../", SRC).href;
  return path.startsWith(SRC.href) ? path.slice(SRC.href.length) : `../${path.slice(root.length)}`;
}

/** The folder directly below `src/` that the file is in; empty for files beside the folders. */
function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

function show({ source, target }: Import): string {
  return `${source} imports ${target}`;
}

/** A way round from a node to itself; null when there is none. */
function findCycle(edges: Map<string, Set<string>>): string[] | null {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (node: string): string[] | null => {
    if (way.includes(node)) return [...way.slice(way.indexOf(node)), node];
    if (done.has(node)) return null;
    way.push(node);
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle !== null) return cycle;
    }
    way.pop();
    done.add(node);
    return null;
  };
  for (const node of edges.keys()) {
    const cycle = visit(node);
    if (cycle !== null) return cycle;
  }
  return null;
}

function edgesBetween(name: (path: string) => string): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const { source, target } of imports) {
    const from = name(source), to = name(target);
    if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  return edges;
}

/** The files that are loaded before the file at `path` runs, and it. */
function loadedBefore(path: string): string[] {
  const loaded = new Set([path]);
  for (const source of loaded) {
    const statements = files.get(source)!.matchAll(
      /^(?:import|export)\s(?!type\s)[^;"']*?\sfrom\s"(\.[^"]+)"/gm,
    );
    const targets = [...statements].map(([, specifier]) => resolve(source, specifier));
    for (const target of targets) if (files.has(target)) loaded.add(target);
  }
  return [...loaded];
}

/** Those of them which await something as they are loaded. */
function waitingBefore(path: string): string[] {
  // What is not indented, and no comment, is at the top level.
  return loadedBefore(path).filter((source) => /^[^\s/].*\bawait\b/m.test(files.get(source)!));
}

/** The files that threads begin with. */
function workers(): string[] {
  const isWorker = (text: string) => text.includes('<reference lib="deno.worker" />');
  return [...files].filter(([, text]) => isWorker(text)).map(([path]) => path);
}

Deno.test("the imports of the source files are found", () => {
  assertEquals(imports.filter(({ target }) => !target.startsWith("../") && !files.has(target)).map(show), []);
  const fromTracker = imports.filter(({ source }) => source === "tracker.ts").map(({ target }) => target);
  for (const target of ["config/mod.ts", "peers/mod.ts", "restore.ts", "supervisor.ts"]) {
    assertEquals(fromTracker.includes(target), true, `tracker.ts imports ${target}`);
  }
  assertEquals(specifiersOf('import "a";\nimport type {\n  B,\n} from "b";\nexport { c } from "c";\n'), [
    "a",
    "b",
    "c",
  ]);
});

Deno.test("every folder has its floor and imports nothing above it", () => {
  const folders = new Set([...files.keys()].map(folderOf).filter((folder) => folder !== ""));
  assertEquals([...folders].filter((folder) => FLOORS[folder] === undefined), []);
  const wrong = imports.filter(({ source, target }) => {
    const from = folderOf(source), to = folderOf(target);
    return from !== "" && to !== from && to !== ".." && !FLOORS[from].includes(to);
  });
  assertEquals(wrong.map(show), []);
});

Deno.test("nothing in src/ imports from outside it, but for what is named", () => {
  const wrong = imports.filter(({ source, target }) =>
    target.startsWith("../") && ROOT_IMPORTS[source]?.includes(target) !== true
  );
  assertEquals(wrong.map(show), []);
});

Deno.test("folders are entered through mod.ts alone", () => {
  const wrong = imports.filter(({ source, target }) => {
    const to = folderOf(target);
    return to !== "" && to !== ".." && to !== folderOf(source) && target !== `${to}/mod.ts`;
  });
  assertEquals(wrong.map(show), []);
});

Deno.test("there is no cycle between folders nor between files, types included", () => {
  assertEquals(findCycle(edgesBetween((path) => folderOf(path) || path)), null);
  assertEquals(findCycle(edgesBetween((path) => path)), null);
  const round = new Map([["a", new Set(["b"])], ["b", new Set(["c"])], ["c", new Set(["b"])]]);
  assertEquals(findCycle(round), ["b", "c", "b"]);
});

Deno.test("no worker waits before it can be sent something: messages that come earlier are lost", () => {
  assertEquals(workers().includes("keeper.ts"), true);
  for (const worker of workers()) assertEquals(waitingBefore(worker), [], worker);
  assertEquals(waitingBefore("save_table.ts"), ["odb/digest.ts"]);
});

Deno.test("no worker loads the settings: each would keep a copy of them, and of what they are read with", () => {
  for (const worker of workers()) {
    assertEquals(loadedBefore(worker).filter((path) => folderOf(path) === "config"), [], worker);
  }
  assertEquals(loadedBefore("tracker.ts").includes("config/settings.ts"), true);
});

Deno.test("only src/os calls into other libraries", () => {
  const callers = [...files].filter(([, text]) => /\bdlopen\s*\(/.test(text)).map(([path]) => path);
  assertEquals(callers.filter((path) => folderOf(path) !== "os"), []);
  assertEquals(callers.length > 0, true);
});

Deno.test(`no source file is longer than ${LINES_MAX} lines`, () => {
  const long = [...files].filter(([, text]) => text.split("\n").length - 1 > LINES_MAX);
  assertEquals(long.map(([path]) => path), []);
});

Deno.test("exports are listed by name", () => {
  const unnamed = [...files].filter(([, text]) => /^export\s+(type\s+)?\*/m.test(text));
  assertEquals(unnamed.map(([path]) => path), []);
});
