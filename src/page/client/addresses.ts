/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The announce URLs: with the name that the browser reached the page by, and buttons that copy them. @module */

/** How long a button says what it did. */
const SAID_MS = 2000;

/** Completes the URLs, and shows the buttons beside them. */
export function prepareAddresses(): void {
  for (const item of document.querySelectorAll<HTMLElement>(".addresses li")) {
    const code = item.querySelector("code");
    const button = item.querySelector("button");
    if (code === null || button === null) continue;
    const url = announceUrl(code.dataset);
    code.textContent = url;
    button.setAttribute("aria-label", `Copy ${url}`);
    button.hidden = false;
    button.addEventListener("click", async () => say(button, await copy(code) ? "Copied" : "Selected"));
  }
}

/** The URL beside the page, or another port of the same machine. */
function announceUrl({ own, scheme, port }: DOMStringMap): string {
  if (own !== undefined) return new URL(own, location.origin + location.pathname).href;
  // Not by URL: it knows the default ports of HTTP alone, and only takes those away.
  const isDefault = (scheme === "http" && port === "80") || (scheme === "https" && port === "443");
  return `${scheme}://${location.hostname}${isDefault ? "" : `:${port}`}/announce`;
}

/** Copies the element's text; where the browser does not let the page do that the text is selected, for the reader to. */
async function copy(code: HTMLElement): Promise<boolean> {
  getSelection()?.selectAllChildren(code);
  try {
    // Browsers have it for pages over HTTPS only.
    await navigator.clipboard.writeText(code.textContent ?? "");
    return true;
  } catch {
    return document.execCommand("copy");
  }
}

function say(button: HTMLButtonElement, word: string): void {
  const status = document.getElementById("copied");
  button.textContent = word;
  if (status !== null) status.textContent = word;
  setTimeout(() => {
    button.textContent = "Copy";
    if (status !== null) status.textContent = "";
  }, SAID_MS);
}
