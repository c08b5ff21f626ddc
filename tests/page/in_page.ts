/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// What tests have run inside the page. Each function is sent to the browser as text: it knows nothing outside itself.

/** The text of the first element for `selector`; null where there is none, or where it is hidden. */
export function textOf(selector: string): string | null {
  const element = document.querySelector<HTMLElement>(selector);
  return element === null || !element.checkVisibility() ? null : element.innerText;
}

/** The titles of the charts in which nothing has the colour of a line between two parts, 0 to 1, of their width. */
export function emptyCharts({ from, to }: { from: number; to: number }): string[] {
  const style = getComputedStyle(document.body);
  const colors = ["--series-1", "--series-2"].map((name) =>
    parseInt(style.getPropertyValue(name).slice(1), 16)
  );
  const isDrawn = (canvas: HTMLCanvasElement | null, over: HTMLElement | null) => {
    if (canvas === null || canvas.width === 0 || over === null) return false;
    const pixels = canvas.width / canvas.clientWidth;
    const left = Math.round((over.offsetLeft + from * over.clientWidth) * pixels);
    const width = Math.round((to - from) * over.clientWidth * pixels);
    // The browser warns of canvases that are read again and again, unless it is told when they are made.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {
      willReadFrequently: true,
    });
    if (copy === null) throw new Error("no memory for a copy of the chart");
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(left, 0, width, canvas.height);
    for (let i = 0; i < data.length; i += 4) {
      const color = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
      if (colors.includes(color) && data[i + 3] === 255) return true;
    }
    return false;
  };
  return [...document.querySelectorAll(".card")]
    .filter((card) => !isDrawn(card.querySelector("canvas"), card.querySelector<HTMLElement>(".u-over")))
    .map((card) => card.querySelector("h3")?.textContent ?? "");
}

/** How wide the content is, and how wide the screen. */
export function widths(): [number, number] {
  return [document.documentElement.scrollWidth, innerWidth];
}

/** Breaches of the accessibility rules that have one of these tags, in words. The checker is in the page already. */
export async function findViolations(tags: string[]): Promise<string[]> {
  const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
  const { violations } = await axe.run(document, { runOnly: tags });
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

/** Where every link leads. */
export function linkTargets(): string[] {
  return [...document.querySelectorAll("a")].map(({ href }) => href);
}

/** The announce URLs as they stand there. */
export function announceUrls(): (string | null)[] {
  return [...document.querySelectorAll(".addresses code")].map(({ textContent }) => textContent);
}

/** The number of columns and the text of each cell of one table, row by row. */
export function tableTexts(id: string): string[][] {
  const rows = [...document.querySelectorAll<HTMLTableRowElement>(`#${id} tr`)];
  return rows.map(({ cells }) => [...cells].map((cell) => cell.innerText));
}

/** Which element has the keyboard, and whether the browser shows so. */
export function focused(): { label: string; isShown: boolean } | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const label = element.getAttribute("aria-label") ?? element.id ?? "";
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    label: label || (element.textContent ?? ""),
    isShown: outlineStyle !== "none" && outlineWidth !== "0px",
  };
}

/** The text that the browser's clipboard has. */
export function clipboardText(): Promise<string> {
  return navigator.clipboard.readText();
}

/** All that the page has, shown or not. */
export function pageText(): string {
  return document.documentElement.outerHTML;
}

/** Makes all text twice as large, as people do in their browser's settings. */
export function enlargeText(): void {
  document.documentElement.style.fontSize = "200%";
}
