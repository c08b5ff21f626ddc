// What is packed and published: that the parts fit each other, since not all of it can be made on every machine.
import { parse } from "@std/yaml/parse";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS } from "../src/commands.ts";
import { environmentName, parseConfig, settingsByGroup, VERSION } from "../src/config/mod.ts";
import { TARGETS } from "../tools/compile_all.ts";
import { program } from "./clients/programs.ts";
import { sourceProgram, TempFolder } from "./harness.ts";
import { Process } from "./process.ts";
import { testWith } from "./requirements.ts";

const ROOT = new URL("../", import.meta.url);
const SHELL = program("sh");

interface Step {
  uses?: string;
  run?: string;
}

interface Workflow {
  jobs: Record<string, { steps: Step[]; strategy?: { matrix: { include: { name: string }[] } } }>;
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

function workflow(name: string): Workflow {
  return parse(read(`.github/workflows/${name}.yml`)) as Workflow;
}

function stepsOf({ jobs }: Workflow): Step[] {
  return Object.values(jobs).flatMap(({ steps }) => steps);
}

/** Whether the file can be run. */
function isExecutable(path: string): boolean {
  return ((Deno.statSync(new URL(path, ROOT)).mode ?? 0) & 0o111) === 0o111;
}

Deno.test("the workflows run scripts that there are, and actions of a version", () => {
  const steps = [...stepsOf(workflow("ci")), ...stepsOf(workflow("release"))];
  const scripts = steps.flatMap(({ run = "" }) => run.match(/^(\.ci|packaging)\/\S+/gm) ?? []);
  assertEquals([...new Set(scripts)].sort(), [".ci/run", "packaging/release.sh"]);
  for (const path of scripts) assert(isExecutable(path), path);
  for (const { uses } of steps) {
    if (uses !== undefined) assertMatch(uses, /^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
  }
});

Deno.test("a release starts the executable of every system, by the Deno that tests it", () => {
  const { jobs } = workflow("release");
  assertEquals(jobs.start.strategy?.matrix.include.map(({ name }) => name), [...TARGETS.keys()]);
  const [, version] = /^deno_version=(\S+)$/m.exec(read(".ci/run")) ?? [];
  assert(read(".github/workflows/release.yml").includes(`deno@${version}\n`));
  assert(read("packaging/Dockerfile").includes(`denoland/deno:debian-${version} `));
  assert(read("README.md").includes(`npx -y deno@${version} task start`));
});

Deno.test("the container's build gets the files that it copies, and no others", () => {
  const copied = [...read("packaging/Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, paths]) => paths.split(" "));
  for (const path of copied) Deno.statSync(new URL(path, ROOT));
  const [first, ...allowed] = read("packaging/Dockerfile.dockerignore").trim().split("\n");
  assertEquals(first, "*");
  assertEquals(allowed, copied.map((path) => `!${path}`));
});

Deno.test("the container's variables and its health check are the program's", () => {
  const text = read("packaging/Dockerfile");
  const variables = [...text.matchAll(/^ENV (\w+)=/gm)].map(([, name]) => name);
  const known = [...settingsByGroup().values()].flat().map(environmentName);
  assertEquals(variables.filter((name) => !known.includes(name)), []);
  const [, health] = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(text) ?? [];
  const [path, command] = JSON.parse(health);
  assert(text.includes(`ENTRYPOINT ["${path}"]`));
  assert(COMMANDS.some(({ name }) => name === command));
});

Deno.test("the packaged configuration is one", () => {
  const path = new URL("packaging/tracker.toml", ROOT).pathname;
  const command = parseConfig(["--config", path], {}, { cores: 1 });
  assert(command.kind === "run");
  assertEquals(command.config.odb, "/var/lib/tracker/state.odb");
});

testWith(
  [program("dpkg-deb")],
  "the Debian package has the service, its configuration and the manual",
  async () => {
    using folder = new TempFolder();
    const executable = folder.file("tracker");
    const { command, args } = sourceProgram();
    Deno.writeTextFileSync(
      executable,
      `#!/bin/sh\ncd "${ROOT.pathname}" && exec ${[command, ...args].join(" ")} "$@"\n`,
      {
        mode: 0o755,
      },
    );
    await using build = new Process(new URL("packaging/deb.sh", ROOT).pathname, [
      executable,
      "arm64",
      folder.path,
    ]);
    assertEquals(await build.end(), 0, build.log);
    const path = folder.file(`bittorrent-tracker_${VERSION}_arm64.deb`);

    await using info = new Process("dpkg-deb", ["--field", path, "Package", "Version", "Architecture"]);
    await info.end();
    assertEquals(info.log, `Package: bittorrent-tracker\nVersion: ${VERSION}\nArchitecture: arm64\n`);

    await using contents = new Process("dpkg-deb", ["--contents", path]);
    await contents.end();
    const files = contents.log.split("\n").filter((line) => line.startsWith("-"));
    assertEquals(files.map((line) => `${line.split(" ", 1)[0]} ${line.slice(line.indexOf(" ./") + 2)}`), [
      "-rw-r--r-- /etc/tracker/tracker.toml",
      "-rwxr-xr-x /usr/bin/tracker",
      "-rw-r--r-- /usr/lib/systemd/system/tracker.service",
      "-rw-r--r-- /usr/lib/systemd/system/tracker.socket",
      "-rw-r--r-- /usr/share/bash-completion/completions/tracker",
      "-rw-r--r-- /usr/share/doc/bittorrent-tracker/copyright",
      "-rw-r--r-- /usr/share/doc/bittorrent-tracker/examples/grafana/tracker.json",
      "-rw-r--r-- /usr/share/doc/bittorrent-tracker/examples/prometheus/scrape.yml",
      "-rw-r--r-- /usr/share/doc/bittorrent-tracker/examples/prometheus/tracker.rules.yml",
      "-rw-r--r-- /usr/share/fish/vendor_completions.d/tracker.fish",
      "-rw-r--r-- /usr/share/man/man1/tracker.1.gz",
      "-rw-r--r-- /usr/share/zsh/vendor-completions/_tracker",
    ]);

    const unpacked = folder.file("unpacked");
    await using unpack = new Process("dpkg-deb", ["--raw-extract", path, unpacked]);
    await unpack.end();
    assertEquals(Deno.readTextFileSync(`${unpacked}/DEBIAN/conffiles`), "/etc/tracker/tracker.toml\n");
    const copyright = Deno.readTextFileSync(`${unpacked}/usr/share/doc/bittorrent-tracker/copyright`);
    assertEquals(copyright, read("LICENSE") + read("THIRD-PARTY-LICENSES"));
    for (const script of ["postinst", "prerm", "postrm"]) {
      await using check = new Process("sh", ["-n", `${unpacked}/DEBIAN/${script}`]);
      assertEquals(await check.end(), 0, check.log);
    }
  },
);

/** What a script of the package tells systemd, which says of the service whether it is enabled. */
async function asksOf(script: string, args: string[], isEnabled: boolean): Promise<string[]> {
  using folder = new TempFolder();
  const path = folder.file(script);
  Deno.writeTextFileSync(
    path,
    read(`packaging/debian/${script}`).replaceAll("/run/systemd/system", folder.path),
  );
  const answer = `case $* in *is-enabled*) exit ${isEnabled ? 0 : 1} ;; esac`;
  Deno.writeTextFileSync(folder.file("systemctl"), `#!/bin/sh\necho "$@"\n${answer}\n`, { mode: 0o755 });
  const env = { PATH: `${folder.path}:${Deno.env.get("PATH")}` };
  await using run = new Process("sh", [path, ...args], { env });
  assertEquals(await run.end(), 0, run.log);
  return run.log.split("\n").filter((line) => /enable |start |stop /.test(line));
}

testWith([SHELL], "the package starts the service when it is new and when it comes back", async () => {
  const enable = "enable tracker.service", start = "restart tracker.service";
  assertEquals(await asksOf("postinst", ["configure", ""], true), [enable, start]);
  // After a removal the configuration is left, and its version is told as after an upgrade.
  assertEquals(await asksOf("postinst", ["configure", "0.0.1"], true), [start]);
  assertEquals(await asksOf("postinst", ["configure", "0.0.1"], false), ["try-restart tracker.service"]);
});

testWith(
  [SHELL],
  "the package's removal stops the sockets before the service, and an upgrade neither",
  async () => {
    assertEquals(await asksOf("prerm", ["remove"], true), ["stop tracker.socket tracker.service"]);
    assertEquals(await asksOf("prerm", ["upgrade", "9.9.9"], true), []);
  },
);
