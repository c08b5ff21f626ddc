import { assertEquals } from "@std/assert";
import { requestTarget } from "../../src/http/target.ts";

const CASES: [name: string, url: string, host: string | null, target: string][] = [
  ["a plain URL", "http://localhost:6969/announce?a=%00%fF", "localhost:6969", "/announce?a=%00%fF"],
  ["no Host", "http://localhost:6969/scrape", null, "/scrape"],
  ["an empty Host", "http://localhost:6969/scrape", "", "/scrape"],
  ["an empty Host, pasted in as it is", "http:///scrape", "", "/scrape"],
  ["an IPv6 Host", "http://[::1]:6969/scrape?b", "[::1]:6969", "/scrape?b"],
  ["a Host with a slash", "http://a b/c/announce?d", "a b/c", "/announce?d"],
  ["a Host that claims a path", "http://a/announce?b=/health", "a/announce?b=", "/health"],
  ["a target of two slashes", "http://a//announce", "a", "//announce"],
  ["absolute form, another host", "http://b.example/announce?c=/", "a.example", "/announce?c=/"],
  ["absolute form, a longer host", "http://a.example:80/announce", "a.example", "/announce"],
  ["absolute form, upper case", "HTTP://A/announce", "a", "/announce"],
  ["absolute form without a path", "http://a", "a", ""],
  ["absolute form with a query only", "http://a?b=/announce", "a", "?b=/announce"],
  ["two Hosts", "http://a/announce", "a, b", "/announce"],
  ["a fragment", "http://a/announce?b#c", "a", "/announce?b#c"],
];

for (const [name, url, host, target] of CASES) {
  Deno.test(`requestTarget() finds the target in ${name}`, () => {
    assertEquals(requestTarget(url, host), target);
  });
}
