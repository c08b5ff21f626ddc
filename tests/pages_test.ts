// Statistics and redirections of a running tracker, by both backends.
import { assertEquals, assertMatch } from "@std/assert";
import { type Endpoint, startTracker } from "./harness.ts";
import { type HttpAnswer, httpGet, httpSend } from "./http_client.ts";
import { GLIBC, testWith } from "./requirements.ts";

/** GETs the statistics through a proxy that says for whom. */
function statsFor(address: string, to: Endpoint): Promise<HttpAnswer> {
  const head = `GET /private.json HTTP/1.1\r\nHost: tracker\r\nX-Forwarded-For: ${address}\r\n` +
    "Connection: close\r\n\r\n";
  return httpSend(to, new TextEncoder().encode(head));
}

for (const [backend, needs] of [["libc", [GLIBC]], ["deno", []]] as const) {
  testWith([...needs], `pages are where and for whom the operator wants them (${backend})`, async () => {
    await using tracker = await startTracker([
      ...["--http", "127.0.0.1:0", "--http-backend", backend],
      ...["--redirect-url", "https://tracker.example/über"],
      ...["--stats-path", "private", "--stats-from", "192.0.2.0/24", "--stats-from", "2001:db8::1"],
      ...["--proxy-header", "X-Forwarded-For", "--trusted-proxy", "127.0.0.1"],
    ]);
    const [http] = tracker.http;
    const root = await httpGet(http, "/");
    assertEquals(root.status, 302);
    assertMatch(root.head, /^location: https:\/\/tracker\.example\/%C3%BCber\r?$/im);
    assertEquals((await httpGet(http, "/stats.json")).status, 404);
    assertEquals((await httpGet(http, "/private.json")).status, 403);
    assertEquals((await statsFor("198.51.100.1", http)).status, 403);
    for (const address of ["192.0.2.9", "2001:db8::1"]) {
      const { status, body } = await statsFor(address, http);
      assertEquals(status, 200);
      assertEquals(JSON.parse(new TextDecoder().decode(body)).torrents, 0);
    }
  });
}
