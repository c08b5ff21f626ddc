// The page in a real browser, from a made-up state.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { HISTORY_COLUMNS, HISTORY_STEP_SEC, type HistoryRow } from "../../src/stats/mod.ts";
import { testWith } from "../requirements.ts";
import { historyWithout, snapshot } from "../stats/report_source.ts";
import { CHROMIUM, OTHER_HOST, TestBrowser, type Visit } from "./browser.ts";
import {
  announceUrls,
  clipboardText,
  emptyCharts,
  enlargeText,
  focused,
  linkTargets,
  tableTexts,
} from "./in_page.ts";
import { PAGE_OPTIONS, PageServer } from "./page_server.ts";

const PHONE = { width: 360, height: 740 };
const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

/** Lets the history go on by a row of `value`. */
function addRow({ source }: PageServer, value: number, saveAgeSec: number | null = value): void {
  const { columns } = source.history;
  const timeUnix = columns.timeUnix[columns.timeUnix.length - 1] + HISTORY_STEP_SEC;
  const values = Object.fromEntries(HISTORY_COLUMNS.map((name) => [name, value]));
  const row = { ...values, timeUnix, saveAgeSec } as HistoryRow;
  const added = HISTORY_COLUMNS.map((name) => [name, [...columns[name].slice(1), row[name]]]);
  source.history = { stepSec: HISTORY_STEP_SEC, columns: Object.fromEntries(added) };
}

/** Moves the pointer to that part, 0 to 1, of the first chart's width. */
async function pointAt({ page }: Visit, part: number): Promise<void> {
  const over = page.locator(".u-over").first();
  const { width, height } = await over.boundingBox() ?? { width: 0, height: 0 };
  await over.hover({ position: { x: part * (width - 1), y: height / 2 } });
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, viewport] of [["desktop", { width: 1280, height: 900 }], ["phone", PHONE]] as const) {
    testWith(
      [CHROMIUM],
      `${colorScheme}, ${device}: charts are drawn, and everybody can use the page`,
      async () => {
        await using server = new PageServer();
        await using browser = await TestBrowser.start();
        const visit = await browser.visit(server.url(), { colorScheme, viewport });
        await visit.waitForCharts();
        await visit.assertNoSidewaysScrolling();
        await visit.assertAccessible();
        await visit.takePicture(`${colorScheme}-${device}`);
        assertEquals(visit.complaints, []);
      },
    );
  }
}

testWith([CHROMIUM], "the charts take the colours of the hour in which the system turns dark", async () => {
  await using server = new PageServer();
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(server.url(), { colorScheme: "light" });
  await visit.waitForCharts();
  await visit.page.emulateMedia({ colorScheme: "dark" });
  await visit.waitForCharts();
  assertEquals(visit.complaints, []);
});

testWith([CHROMIUM], "without scripts the page is tables and numbers", async () => {
  await using server = new PageServer();
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(server.url(), { javaScriptEnabled: false, viewport: PHONE });
  const { page } = visit;
  assertEquals(await page.locator("canvas").count(), 0);
  assertEquals(await page.locator("button:visible").count(), 0);
  assertEquals(await page.locator("table:visible").count(), 8);
  assertEquals(await page.locator("figure:visible dd").first().innerText(), "329");
  assertMatch(await page.locator(".addresses").innerText(), /udp:\/\/your\.host:6969\/announce/);
  assertMatch(await page.locator(".addresses").innerText(), /your\.host stands for the name/);
  assertEquals(await page.locator('meta[http-equiv="refresh"]').getAttribute("content"), "10");
  await visit.takePicture("without-scripts");
  assertEquals(visit.complaints, []);
});

testWith([CHROMIUM], "what changes is shown, and what does not is left alone", async () => {
  await using server = new PageServer();
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(server.url());
  await visit.waitForCharts();
  const cell = await visit.page.locator("#stored td").first().elementHandle();
  await visit.page.locator("#requests").focus();
  server.source.snapshot = { ...snapshot(), condition: "degraded", problem: "degraded: <b>no</b> save" };
  server.source.snapshot.table.torrents = 101_999;
  server.source.snapshot.workers.pop();
  server.source.snapshot.udpErrorCauses.refused_client = 1_000_000;
  await visit.waitForText("#state", /^\s*Degraded\s+<b>no<\/b> save\s*$/);
  await visit.waitForText("#stored", /Torrents\s+101,999/);
  const { page } = visit;
  assertEquals(await page.title(), "Degraded \u2013 tracker");
  assertMatch(await page.locator('link[rel="icon"]').getAttribute("href") ?? "", /%23c2342b/);
  const workers = await page.evaluate(tableTexts, "workers");
  assertEquals(workers.map(([name]) => name), ["Name", "udp-1", "udp-2"]);
  const causes = await page.evaluate(tableTexts, "causes");
  assertEquals([causes.length, causes[1]], [8, ["UDP refused client", "1,000,000"]]);
  assertEquals(await cell?.innerText(), "101,999", "The same element is there still.");
  assertEquals((await page.evaluate(focused))?.label, "requests");
  await visit.assertAccessible();
  await visit.takePicture("degraded");
  assertEquals(visit.complaints, []);
});

testWith(
  [CHROMIUM],
  "new rows of the history are drawn, and a pointer reads all charts at one time",
  async () => {
    await using server = new PageServer();
    await using browser = await TestBrowser.start();
    const visit = await browser.visit(server.url(), { timezoneId: "UTC" });
    await visit.waitForCharts();
    addRow(server, 77);
    await visit.waitForText("#now-announces", /UDP\s+77\s+HTTP\s+77/);
    // The line is drawn in the same turn as the text.
    await pointAt(visit, 1);
    await visit.waitForText(".reading", /^04:05:11 · UDP 77 · HTTP 77$/);
    const readings = await visit.page.locator(".reading").allInnerTexts();
    assertEquals(readings.length, 8);
    assertEquals(readings[2], "04:05:11 · Torrents 77");
    assertEquals(readings.filter((text) => !text.startsWith("04:05:11")), []);
    assertEquals(visit.complaints, []);
  },
);

testWith([CHROMIUM], "where rows of the history are missing no line is drawn", async () => {
  await using server = new PageServer();
  server.source.history = historyWithout(300, 420);
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(server.url());
  await visit.waitForCharts();
  const empty = (from: number, to: number) => visit.page.evaluate(emptyCharts, { from, to });
  const all = await visit.page.locator(".card h3").allInnerTexts();
  assertEquals([all.length, await empty(0.43, 0.57)], [8, all]);
  assertEquals([await empty(0.3, 0.41), await empty(0.59, 0.7)], [[], []]);
  await pointAt(visit, 0.57);
  await visit.waitForText(".reading", / · UDP – · HTTP –$/);
  // What comes then is drawn beside it.
  addRow(server, 77);
  await visit.waitForText("#now-announces", /UDP\s+77\s+HTTP\s+77/);
  assertEquals(await empty(0.43, 0.57), all);
  await visit.takePicture("gap");
  assertEquals(visit.complaints, []);
});

testWith([CHROMIUM], "before the first save the page says that there was none, and draws none", async () => {
  await using server = new PageServer();
  const { history, snapshot: { odb } } = server.source;
  const saveAgeSec = history.columns.saveAgeSec.map(() => null);
  server.source.history = { ...history, columns: { ...history.columns, saveAgeSec } };
  odb.lastSaveUnix = 0;
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(server.url(), { timezoneId: "UTC" });
  await visit.waitForText("#now-save-age", /^Saved\s+not since the start$/);
  addRow(server, 77, null);
  await visit.waitForText("#now-announces", /UDP\s+77\s+HTTP\s+77/);
  await pointAt(visit, 1);
  await visit.waitForText(".reading", /^04:05:11 · UDP 77/);
  assertEquals((await visit.page.locator(".reading").allInnerTexts())[7], "04:05:11 · Saved –");
  assertEquals(await visit.page.evaluate(emptyCharts, { from: 0, to: 1 }), [
    "Age of the saved state in minutes",
  ]);
  assertEquals(visit.complaints, []);
});

testWith([CHROMIUM], "a tracker that cannot be reached is missed, and found again", async () => {
  const first = new PageServer();
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(first.url());
  await visit.waitForCharts();
  const { port } = first;
  await first[Symbol.asyncDispose]();
  await visit.waitForText(
    "#unreachable",
    /^Not reachable\s+The tracker does not answer\. This has been so since \d\d:\d\d:\d\d; /,
  );
  assertEquals(await visit.page.title(), "Not reachable \u2013 127.0.0.1");
  assertEquals(await visit.page.locator("#state").isVisible(), false);
  await visit.takePicture("unreachable");
  await visit.assertAccessible();
  {
    await using second = new PageServer(PAGE_OPTIONS, "/", port);
    second.status = 503;
    await visit.waitForText("#unreachable", /^Not reachable\s+The tracker refuses, with status 503\. /);
    second.status = 200;
    second.source.snapshot.uptimeSec = 5;
    await visit.waitForText("#meta", /up for 5\ss/);
    await visit.waitForText("#state", /^Well/);
    assertEquals(await visit.page.locator("#unreachable").isVisible(), false);
    assertEquals(await visit.page.title(), "tracker");
    assertEquals(await visit.page.locator("body.old").count(), 0);
    await visit.waitForCharts();
  }
  // The browser itself tells of every request that failed; nothing else is complained of.
  assertEquals(visit.complaints.filter((text) => !text.startsWith("error: Failed to load resource")), []);
});

testWith([CHROMIUM], "a password in the page's own URL is in nobody's way", async () => {
  await using server = new PageServer();
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(server.url("anybody:password@127.0.0.1"));
  server.source.snapshot.uptimeSec = 5;
  await visit.waitForText("#meta", /up for 5\ss/);
  await visit.waitForCharts();
  assertEquals(await visit.page.evaluate(announceUrls), [
    "udp://127.0.0.1:6969/announce",
    `http://127.0.0.1:${server.port}/announce`,
  ]);
  assertEquals(visit.complaints, []);
});

testWith([CHROMIUM], "an announce URL can be read on a phone with text of twice the size", async () => {
  await using server = new PageServer();
  await using browser = await TestBrowser.start();
  const { page } = await browser.visit(server.url(), { viewport: PHONE });
  await page.evaluate(enlargeText);
  const { width } = await page.locator(".addresses code").first().boundingBox() ?? { width: 0 };
  assertEquals(width > PHONE.width / 2, true, `${width} pixels`);
});

testWith([CHROMIUM], "buttons copy the announce URLs, by the keyboard too", async () => {
  await using server = new PageServer();
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(server.url(), CLIPBOARD);
  const { page } = visit;
  assertEquals(await page.evaluate(announceUrls), [
    "udp://127.0.0.1:6969/announce",
    `http://127.0.0.1:${server.port}/announce`,
  ]);
  await page.keyboard.press("Tab");
  const focus = await page.evaluate(focused);
  assertEquals(focus, { label: "Copy udp://127.0.0.1:6969/announce", isShown: true });
  await page.keyboard.press("Enter");
  await visit.waitForText(".addresses button", /^Copied$/);
  assertEquals(await page.locator("#copied").textContent(), "Copied");
  assertEquals(await page.evaluate(clipboardText), "udp://127.0.0.1:6969/announce");
  await page.locator(".addresses button").nth(1).click();
  await visit.waitForText(".addresses li:nth-child(2) button", /^Copied$/);
  assertEquals(await page.evaluate(clipboardText), `http://127.0.0.1:${server.port}/announce`);
  assertEquals(visit.complaints, []);
});

testWith(
  [CHROMIUM],
  "they copy where the browser trusts no page with its clipboard: over plain HTTP",
  async () => {
    await using server = new PageServer();
    await using browser = await TestBrowser.start();
    const visit = await browser.visit(server.url(OTHER_HOST));
    await visit.page.locator(".addresses button").first().click();
    await visit.waitForText(".addresses button", /^Copied$/);
    const trusted = await browser.visit(server.url(), CLIPBOARD);
    assertEquals(await trusted.page.evaluate(clipboardText), `udp://${OTHER_HOST}:6969/announce`);
    assertEquals(visit.complaints, []);
  },
);

testWith([CHROMIUM], "the page finds all that belongs to it below a hidden path", async () => {
  const options = { ...PAGE_OPTIONS, up: "../", statsName: "hidden" } as const;
  await using server = new PageServer(options, "/hidden/");
  await using browser = await TestBrowser.start();
  const visit = await browser.visit(server.url());
  await visit.waitForCharts();
  const origin = `http://127.0.0.1:${server.port}`;
  assertEquals(await visit.page.evaluate(announceUrls), [
    "udp://127.0.0.1:6969/announce",
    `${origin}/announce`,
  ]);
  assertEquals(await visit.page.evaluate(linkTargets), [
    `${origin}/hidden.json`,
    `${origin}/hidden/metrics`,
    `${origin}/hidden/history.json`,
  ]);
  assertEquals(visit.complaints, []);
});

testWith(
  [CHROMIUM],
  "a tracker without a past yet, nor anything else, is drawn as soon as there is something",
  async () => {
    await using server = new PageServer();
    const { history, snapshot: { odb } } = server.source;
    const empty = Object.fromEntries(Object.keys(history.columns).map((name) => [name, []]));
    server.source.history = { stepSec: 5, columns: empty as unknown as typeof history.columns };
    odb.isSaved = false;
    await using browser = await TestBrowser.start();
    const visit = await browser.visit(server.url(), { viewport: PHONE });
    await visit.waitForText("#now-peers", /Seeders\s+\u2013/);
    server.source.history = history;
    await visit.waitForCharts();
    assertEquals(await visit.page.locator("canvas").count(), 7);
    assert(await visit.page.locator("#numbers tbody tr").count() === 12);
    assertEquals(visit.complaints, []);
  },
);
