// A real browser for tests: Debian's Chromium without a window.
import { assertEquals } from "@std/assert";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Requirement } from "../requirements.ts";
import { until } from "../within.ts";
import { emptyCharts, findViolations, textOf, widths } from "./in_page.ts";

const PATH = "/usr/bin/chromium";
/** Where screenshots are left for people. */
const ARTEFACTS = new URL("../../artefacts/", import.meta.url);
/** The longest wait for anything that a page should come to show. */
const PAGE_MS = 30_000;
/** Web Content Accessibility Guidelines up to 2.2, levels A and AA, and what their checker finds good beyond them. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What the tests of the page need. */
export const CHROMIUM: Requirement = { name: "Debian's chromium", present: isThere(PATH) };

/** A name that the browser takes for this machine, though it trusts it no more than any other on the internet. */
export const OTHER_HOST = "tracker.test";

/** A browser; disposing it ends it. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    // Root, as whom tests may run, has no sandbox to go into.
    const args = ["--no-sandbox", `--host-resolver-rules=MAP ${OTHER_HOST} 127.0.0.1`];
    return new TestBrowser(await chromium.launch({ executablePath: PATH, args }));
  }

  /** Opens `url` as somebody who was never there, and waits until all of it is loaded. */
  async visit(url: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const visit = new Visit(await context.newPage(), new URL(url).host);
    await visit.page.goto(url, { waitUntil: "load" });
    return visit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** One page that is looked at. */
export class Visit {
  readonly page: Page;
  /** What the browser complained of, and requests that went anywhere else than to the page's own host. */
  readonly complaints: string[] = [];

  constructor(page: Page, host: string) {
    this.page = page;
    page.on("console", (message) => this.complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.host !== host) this.complaints.push(`requested: ${url}`);
    });
  }

  /** Waits until the text of the first element for `selector` matches. */
  async waitForText(selector: string, pattern: RegExp): Promise<void> {
    let text: string | null = null;
    await until(
      PAGE_MS,
      async () => {
        // A page that is just being loaded anew has none.
        text = await this.page.evaluate(textOf, selector).catch(() => null);
        return pattern.test(text ?? "");
      },
      () => `${selector} does not become ${pattern}, but is: ${text}`,
    );
  }

  /** Waits until every chart has a line. */
  async waitForCharts(): Promise<void> {
    let empty: string[] = ["all"];
    await until(
      PAGE_MS,
      async () => (empty = await this.page.evaluate(emptyCharts, { from: 0, to: 1 })).length === 0,
      () => `Nothing is drawn in: ${empty.join(", ")}; ${this.complaints.join("\n")}`,
    );
  }

  /** What can be checked by program of whether everybody can use the page. */
  async assertAccessible(): Promise<void> {
    await this.page.evaluate(axe.source);
    const violations = await this.page.evaluate(findViolations, RULES);
    assertEquals(violations, []);
  }

  /** Whether the page is wider than the screen. */
  async assertNoSidewaysScrolling(): Promise<void> {
    const [content, screen] = await this.page.evaluate(widths);
    assertEquals(content <= screen, true, `${content} pixels in ${screen}`);
  }

  /** Leaves a picture of the whole page for people to look at. */
  async takePicture(name: string): Promise<void> {
    await Deno.mkdir(ARTEFACTS, { recursive: true });
    await Deno.writeFile(
      new URL(`page-${name}.png`, ARTEFACTS),
      await this.page.screenshot({ fullPage: true }),
    );
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
