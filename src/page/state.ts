/** How the tracker is, as words and marks that differ in shape and not only in colour. @module */

import type { Condition, StatsSnapshot } from "../stats/mod.ts";
import { Markup, markup, type MarkupValue } from "./markup.ts";

/** Elements of SVG in a square of 16 units: a filled shape, and lines of the class "cut" that are cut out of it. */
type Mark = Markup;

interface Appearance {
  word: string;
  /** Said where the tracker names no problem. */
  sentence: string;
  mark: Mark;
  /** The colour in the browser's tab, where no style sheet reaches. */
  tabColor: string;
}

const APPEARANCES: Record<Condition, Appearance> = {
  well: {
    word: "Well",
    sentence: "Everything works.",
    mark: new Markup('<circle cx="8" cy="8" r="7.5"/><path class="cut" d="M4.5 8.5l2.5 2.5 4.5-5.5"/>'),
    tabColor: "#2f8f46",
  },
  starting: {
    word: "Starting",
    sentence: "Not everything works yet.",
    mark: new Markup('<path d="M2.5 1h11L8 8zM2.5 15h11L8 8z"/>'),
    tabColor: "#4a78c0",
  },
  full: {
    word: "Full",
    sentence: "The tracker has no room for more.",
    mark: new Markup('<path d="M1 1h14v14H1z"/><path class="cut" d="M4 4.5h8M4 8h8M4 11.5h8"/>'),
    tabColor: "#a86a00",
  },
  degraded: {
    word: "Degraded",
    sentence: "Something is wrong.",
    mark: new Markup('<path d="M8 .5L16 15H0z"/><path class="cut" d="M8 5.5v4.5M8 11.7v1.8"/>'),
    tabColor: "#c2342b",
  },
};

const UNREACHABLE_MARK: Mark = new Markup(
  '<path d="M5 0h6l5 5v6l-5 5H5l-5-5V5z"/><path class="cut" d="M5 5l6 6M11 5l-6 6"/>',
);

/** The state in the head of the page. */
export function renderState({ condition, problem }: StatsSnapshot): Markup {
  const { word, sentence, mark } = APPEARANCES[condition];
  // The word is there already.
  const reason = problem?.replace(`${condition}: `, "") ?? sentence;
  // The word alone is read aloud when it changes: the reason has figures that change all the time.
  return renderLine(condition, mark, markup`<span role="status">${word}</span>`, capitalised(reason));
}

/** What the page's script shows instead while the tracker does not answer, with the reason put in. */
export function renderUnreachable(): Markup {
  return renderLine("unreachable", UNREACHABLE_MARK, "Not reachable", "");
}

function renderLine(name: string, mark: Mark, word: MarkupValue, sentence: string): Markup {
  return markup`
    <p class="state ${name}">
      <svg viewBox="0 0 16 16" aria-hidden="true">${mark}</svg>
      <strong>${word}</strong> <span>${sentence}</span>
    </p>
  `;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the browser's tab says: the name alone while all is well. */
export function titleOf({ condition }: StatsSnapshot): string {
  return condition === "well" ? "tracker" : `${APPEARANCES[condition].word} \u2013 tracker`;
}

/** The picture of the browser's tab as a URL: the mark of the state, in its colour. */
export function iconOf({ condition }: StatsSnapshot): string {
  const { mark, tabColor } = APPEARANCES[condition];
  const style = `path,circle{fill:${tabColor}}.cut{fill:none;stroke:#fff;stroke-width:2}`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><style>${style}</style>${mark.text}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
