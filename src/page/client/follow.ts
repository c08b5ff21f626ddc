/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Keeps the page as the tracker would send it now, and says when the tracker cannot be reached. @module */

import { adopt } from "./adopt.ts";
import { request } from "./request.ts";

/** Between two times that the page is asked for. */
const SHOWN_MS = 2000;
/** The same while nobody looks at it. */
const HIDDEN_MS = 30_000;
const ICON = 'link[rel="icon"]';

/**
 * Asks for the page on and on, hands each one to `onPage`, and takes over its live parts. When something of that fails, the
 * page says so until it goes well again.
 */
export async function followPage(onPage: (page: Document) => Promise<void>): Promise<never> {
  while (true) {
    try {
      const page = await requestPage();
      await onPage(page);
      takeOver(page);
      tellProblem(null);
    } catch (error) {
      tellProblem(error instanceof Error ? error.message : String(error));
    }
    await pause();
  }
}

/** Waits for the next time to ask; who comes back to the page does not wait. */
async function pause(): Promise<void> {
  const leaving = new AbortController();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, document.hidden ? HIDDEN_MS : SHOWN_MS);
    leaving.signal.addEventListener("abort", () => clearTimeout(timer));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) resolve();
    }, { signal: leaving.signal });
  });
  leaving.abort();
}

async function requestPage(): Promise<Document> {
  const page = new DOMParser().parseFromString(await request(""), "text/html");
  if (page.getElementById("state") === null) throw new Error("Something else than the tracker answers.");
  return page;
}

function takeOver(page: Document): void {
  if (document.title !== page.title) document.title = page.title;
  for (const shown of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(shown.id);
    if (fresh !== null) adopt(shown, fresh);
  }
  const icon = document.querySelector<HTMLLinkElement>(ICON);
  const freshIcon = page.querySelector<HTMLLinkElement>(ICON);
  if (icon !== null && freshIcon !== null && icon.href !== freshIcon.href) icon.href = freshIcon.href;
}

/** What keeps the page from being up to date; null = nothing. It is said once, and with the time that it began. */
function tellProblem(problem: string | null): void {
  const notice = document.getElementById("unreachable");
  const reason = notice?.querySelector("span") ?? null;
  if (notice === null || reason === null || notice.dataset.problem === (problem ?? "")) return;
  notice.dataset.problem = problem ?? "";
  notice.hidden = problem === null;
  document.body.classList.toggle("old", problem !== null);
  if (problem === null) return;
  const clock = new Date().toLocaleTimeString("en-GB");
  reason.textContent = `${problem} This has been so since ${clock}; the page goes on asking.`;
  document.title = `Not reachable \u2013 ${location.hostname}`;
}
