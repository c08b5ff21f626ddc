/** What the operator may have meant. @module */

import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** "did you mean …?" with the nearest of `names`, or null when none is within two fifths of its letters. */
export function suggestion(name: string, names: string[]): string | null {
  const letters = lettersOf(name);
  const distances = names.map((candidate) => distance(letters, lettersOf(candidate)));
  const least = Math.min(...distances);
  return least <= letters.length * 2 / 5 ? `did you mean ${names[distances.indexOf(least)]}?` : null;
}

/** A flag or variable without what all of them begin with. */
function lettersOf(name: string): string {
  return name.replace(/^(--?|TRACKER_)/, "");
}

/** How many slips make one of the other. Letters that changed places are one, not one missing and one too many. */
function distance(given: string, meant: string): number {
  const edits = levenshteinDistance(given, meant);
  return inOrder(given) === inOrder(meant) ? Math.min(edits, 1) : edits;
}

function inOrder(letters: string): string {
  return [...letters].sort().join("");
}
