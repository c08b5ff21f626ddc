// The command line of `tracker top`: where a tracker's statistics are, and what is refused.
import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../src/config/mod.ts";
import { parseTop, type TopOptions } from "../../src/terminal/options.ts";
import { TempFolder } from "../harness.ts";

function parsed(...args: string[]): TopOptions {
  const options = parseTop(args);
  if (options.kind !== "top") throw new Error(`${args} asks for ${options.kind}`);
  return options;
}

function places(...args: string[]): string[] {
  const { name, stats, top } = parsed(...args).place;
  return [name, stats.href, top.href];
}

Deno.test("what is not said is the tracker of this machine, every two seconds", () => {
  const { intervalMs, isOnce, token } = parsed();
  assertEquals([intervalMs, isOnce, token], [2000, false, null]);
  assertEquals(places(), [
    "127.0.0.1:6969",
    "http://127.0.0.1:6969/stats.json",
    "http://127.0.0.1:6969/top.json",
  ]);
  assertEquals(parsed("--interval", "1m", "--once", "http://[::1]").intervalMs, 60_000);
});

Deno.test("a tracker is named by its address, by its page, or by its statistics", () => {
  const root = ["tracker.example", "https://tracker.example/stats.json", "https://tracker.example/top.json"];
  for (const path of ["", "/", "/stats", "/stats/", "/stats.json", "/stats?mode=peer", "/#page"]) {
    assertEquals(places(`https://tracker.example${path}`), root, path);
  }
  const moved = ["[::1]:80/a/b", "https://[::1]:80/a/b.json", "https://[::1]:80/a/b/top.json"];
  for (const path of ["/a/b", "/a/b/", "/a/b.json"]) {
    assertEquals(places(`https://[::1]:80${path}`), moved, path);
  }
  assertEquals(places("http://proxy.example/tracker/stats"), [
    "proxy.example/tracker/stats",
    "http://proxy.example/tracker/stats.json",
    "http://proxy.example/tracker/top.json",
  ]);
});

Deno.test("a password in the address is asked with, and not shown", () => {
  const [name, stats] = places("http://any:secret@127.0.0.1:6969/");
  assertEquals([name, stats], ["127.0.0.1:6969", "http://any:secret@127.0.0.1:6969/stats.json"]);
});

Deno.test("a token is the first one of its file", () => {
  using folder = new TempFolder();
  const path = folder.file("tokens");
  const tokenOf = (text: string) => {
    Deno.writeTextFileSync(path, text);
    return parsed("--token-file", path).token;
  };
  assertEquals(tokenOf("0123456789abcdef"), "0123456789abcdef");
  assertEquals(tokenOf("# for people\r\n\r\n  a.b~c+/==  # mine\r\nother\r\n"), "a.b~c+/==");
  for (const text of ["", "\n# none\n", "two words\n", "caf\u00e9\n", "a\x1bb\n"]) {
    const { message } = assertThrows(() => tokenOf(text), ConfigError, "must have a token");
    assertEquals(text === "" || !message.includes(text.trim()), true);
  }
  assertThrows(() => parsed("--token-file", folder.file("none")), ConfigError, "--token-file");
});

Deno.test("what is not allowed is refused", () => {
  for (const url of ["tracker.example:6969", "udp://127.0.0.1:6969", "ftp://127.0.0.1", "http://"]) {
    assertThrows(() => parsed(url), ConfigError, "must be where a tracker serves HTTP");
  }
  assertThrows(() => parsed("http://a", "http://b"), ConfigError, "only one tracker");
  assertThrows(() => parsed("--interval", "0"), ConfigError, "1 to 3600 seconds");
  assertThrows(() => parsed("--intervall", "2"), ConfigError, "--interval");
  assertEquals(parseTop(["--help"]), { kind: "help" });
  assertEquals(parseTop(["--version"]), { kind: "version" });
});
