// Whether the colours of the style sheet can be told apart, by the formula of WCAG 2.2 ("contrast ratio").
import { assertEquals } from "@std/assert";

const STYLE = Deno.readTextFileSync(new URL("../../src/page/client/page.css", import.meta.url));
const [LIGHT, DARK] = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, rules]) =>
  new Map([...rules.matchAll(/--([\w-]+): #([0-9a-f]{6})/g)].map(([, name, digits]) => [name, digits]))
);

/** Text needs 4.5 (success criterion 1.4.3), lines that mean something 3 (1.4.11). */
const TEXT = 4.5;
const GRAPHIC = 3;

const PAIRS: [color: string, behind: string, least: number][] = [
  ["text", "page", TEXT],
  ["text", "card", TEXT],
  ["muted", "page", TEXT],
  ["muted", "card", TEXT],
  ["link", "page", TEXT],
  ["well", "page", TEXT],
  ["starting", "page", TEXT],
  ["full", "card", TEXT],
  ["degraded", "card", TEXT],
  ["full", "page", GRAPHIC],
  ["degraded", "page", GRAPHIC],
  ["series-1", "card", GRAPHIC],
  ["series-2", "card", GRAPHIC],
];

function luminance(digits: string): number {
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const value = parseInt(digits.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

Deno.test("the formula is that of the guidelines", () => {
  assertEquals(contrast("000000", "ffffff"), 21);
  assertEquals(contrast("777777", "ffffff").toFixed(2), "4.48");
});

for (const [name, colors] of [["light", LIGHT], ["dark", DARK]] as const) {
  Deno.test(`${name}: whatever is read or means something stands out from what is behind it`, () => {
    const weak = PAIRS.map(([color, behind, least]) => {
      const ratio = contrast(colors.get(color) ?? "", colors.get(behind) ?? "");
      return { color, behind, ratio, least };
    }).filter(({ ratio, least }) => !(ratio >= least));
    assertEquals(weak, []);
  });
}

Deno.test("dark has every colour that light has", () => {
  assertEquals([...DARK.keys()], [...LIGHT.keys()]);
});
