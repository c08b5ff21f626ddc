import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { type Config, ConfigError, parseConfig, type Setting, VERSION } from "../../src/config/mod.ts";
import { SETTINGS } from "../../src/config/settings.ts";
import { TempFolder } from "../harness.ts";
import { configOf } from "./expect.ts";

const PATH = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
const TEXT = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) =>
  !/\p{Cc}/u.test(text)
);

/** Values of the settings that are neither switches nor numbers nor words of a list. */
const VALUES: Record<string, fc.Arbitrary<string>> = {
  "listen": fc.constantFrom("127.0.0.1:1", "[::1]:1", "127.0.0.2:0"),
  "udp": fc.constantFrom("127.0.0.3:1", "[::2]:1"),
  "http": fc.constantFrom("127.0.0.4:1@none", 'unix:/run/a "b"@X-Real-IP'),
  "https": fc.constant("127.0.0.5:1"),
  "tls-cert": PATH,
  "tls-key": PATH,
  "proxy-header": fc.constantFrom("X-Real-IP", "Forwarded"),
  "trusted-proxy": fc.constantFrom("10.0.0.0/8", "2001:db8::1"),
  "odb": PATH,
  "odb-save": fc.constantFrom("1:0", "15m:10k"),
  "interval": fc.constantFrom("600", "0600", "10m"),
  "min-interval": fc.constantFrom("60", "1m"),
  "peer-timeout": fc.constantFrom("14400", "4h"),
  "warning-message": TEXT,
  "tracker-id": TEXT,
  "stats-path": fc.constantFrom("a/b", "/x-y_z"),
  "stats-listen": fc.constantFrom("127.0.0.6:1", "unix:/run/stats@Forwarded"),
  "stats-token-file": PATH,
  "stats-from": fc.constantFrom("192.0.2.0/24", "::1"),
  "redirect-url": fc.constant("https://tracker.example/é?a=b#c"),
  "whitelist": PATH,
  "blacklist": PATH,
  "deny-client": fc.constantFrom("-XL", '"\\'),
  "deny-from": fc.constantFrom("192.0.2.0/24", "::1"),
  "deny-from-file": PATH,
  "announce-budget": fc.constant("60/10m"),
  "user": TEXT.filter((text) => new TextEncoder().encode(text).length <= 32),
  "group": fc.constant("adm"),
  "chroot": PATH,
  "directory": PATH,
};
const NUMBER = fc.constantFrom("5", "7", "1k");

/** Settings that are refused without each other. */
const TOGETHER = [["https", "tls-cert", "tls-key"], ["proxy-header", "trusted-proxy"], ["user", "group"]];

/** Flags of one setting; of a repeatable one perhaps two. */
function flagsOf(setting: Setting<unknown>): fc.Arbitrary<string[]> {
  const { name, form, words, repeatable } = setting;
  if (form === "switch") return fc.constantFrom([`--${name}`], [`--no-${name}`]);
  const value = words.length > 0 ? fc.constantFrom(...words) : form === "number" ? NUMBER : undefined;
  return fc.uniqueArray(VALUES[name] ?? value, { minLength: 1, maxLength: repeatable ? 2 : 1 })
    .map((texts) => texts.map((text) => `--${name}=${text}`));
}

/** In any order, the flags of every setting, in pieces that can be given or left out. */
const PIECES: fc.Arbitrary<string[][]> = fc.tuple(
  ...Map.groupBy<string[], Setting<unknown>>(
    Object.values(SETTINGS),
    ({ name }) => TOGETHER.find((names) => names.includes(name)) ?? [name],
  ).values().map((settings) => fc.tuple(...settings.map(flagsOf)).map((flags) => flags.flat())),
).chain((pieces) => fc.shuffledSubarray(pieces));

/** The configuration of these flags, or null when they contradict each other. */
function tryConfig(args: string[]): Config | null {
  try {
    return configOf(args);
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

function printed(args: string[], environment: Record<string, string> = {}): string {
  const command = parseConfig([...args, "--print-config"], environment, { cores: 4 });
  if (command.kind !== "print") throw new Error(`asks for ${command.kind}`);
  return command.text;
}

Deno.test("what is printed gives the same configuration where it is read", () => {
  using folder = new TempFolder();
  const path = folder.file("tracker.toml");
  const tried = new Set<string>();
  fc.assert(
    fc.property(PIECES, (pieces) => {
      // Some contradict others, so each is taken only if it goes with those before it.
      const args: string[] = [];
      for (const piece of pieces) {
        if (tryConfig([...args, ...piece]) !== null) args.push(...piece);
      }
      for (const arg of args) tried.add(arg.replace(/^--(no-)?/, "").split("=", 1)[0]);
      Deno.writeTextFileSync(path, printed(args));
      assertEquals(configOf(["--config", path]), configOf(args));
    }),
    { numRuns: 300 },
  );
  assertEquals(Object.values(SETTINGS).map(({ name }) => name).filter((name) => !tried.has(name)), []);
});

Deno.test("every setting is printed, once", () => {
  for (const args of [[], ["--listen=127.0.0.1:1", "--listen=127.0.0.1:2", "--no-peer-ids", "--odb=x"]]) {
    const names = [...printed(args).matchAll(/^(?:# )?([a-z-]+) (?:=|is not set)/gm)].map(([, name]) => name);
    assertEquals(names, Object.values(SETTINGS).map(({ name }) => name));
  }
});

Deno.test("what was given says where it came from, what holds by default is a comment", () => {
  using folder = new TempFolder();
  const path = folder.file("tracker.toml");
  Deno.writeTextFileSync(path, "# ...\nmax-peers = 16\n");
  const lines = printed(["--config", path, "--interval=20m", "--udp=127.0.0.1:1", "--udp=127.0.0.1:2"], {
    TRACKER_PEER_IDS: "false",
  }).split("\n");
  assertEquals(lines[0], `# What tracker ${VERSION} runs with, and where each setting comes from`);
  assertEquals(lines.at(-1), "");
  const expected = [
    "udp = [",
    '  "127.0.0.1:1",  # --udp 127.0.0.1:1',
    '  "127.0.0.1:2",  # --udp 127.0.0.1:2',
    "]",
    'interval = "20m"  # --interval 20m',
    "# min-interval = 600  # the default",
    "peer-ids = false  # TRACKER_PEER_IDS=false",
    `max-peers = 16  # max-peers = 16 (${path}:2)`,
    "# udp-workers = 3  # the default",
    "# listen is not set",
    "# odb is not set",
    "# Limits",
  ];
  for (const line of expected) assert(lines.includes(line), `${line} is missing in\n${lines.join("\n")}`);
});

Deno.test("the default addresses are printed where no other is named", () => {
  assert(printed([]).includes('\n# listen = [\n#   "[::]:6969",  # the default\n# ]\n'));
});
