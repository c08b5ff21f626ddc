// The alert rules and the dashboard: that they ask for metrics that there are, in queries that Prometheus takes.
import { assert, assertEquals } from "@std/assert";
import { METRICS_DOCUMENTS } from "../../src/metrics/mod.ts";
import { TempFolder } from "../harness.ts";
import { PROMTOOL } from "../metrics/promtool.ts";
import { Process } from "../process.ts";
import { testWith } from "../requirements.ts";
import { reportSource } from "../stats/report_source.ts";

const ROOT = new URL("../../", import.meta.url);
const RULES = "packaging/prometheus/tracker.rules.yml";

/** What is read here of a dashboard of Grafana. */
interface Dashboard {
  annotations: { list: { expr: string }[] };
  templating: { list: { name: string; definition?: string }[] };
  panels: Panel[];
}

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; datasource: { uid: string } }[];
}

const dashboard: Dashboard = JSON.parse(read("packaging/grafana/tracker.json"));

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** Every query of the dashboard, with times and a name in place of its variables. */
function queries(): string[] {
  const { annotations, panels } = dashboard;
  return [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list].map(({ expr }) =>
    expr.replaceAll("$__rate_interval", "1m").replaceAll("$__interval", "1m").replaceAll("$instance", ".+")
  );
}

/** The names of metrics in a text: those of the tracker, and those that every process has. */
function metricsIn(text: string): string[] {
  return [...new Set(text.match(/\b(?:tracker|process)_\w+/g))].sort();
}

/** The names that the page of metrics has, without those that a histogram makes of its own for the text. */
async function metricsServed(): Promise<string[]> {
  const pages = await Promise.all(METRICS_DOCUMENTS.map((document) => document.render(reportSource())));
  return pages.flatMap((page) => [...(page ?? "").matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name))
    .sort();
}

function withoutSuffix(name: string): string {
  return name.replace(/(_duration_seconds)_(?:bucket|sum|count)$/, "$1");
}

async function promtool(args: string[]): Promise<void> {
  await using run = new Process("promtool", args, { cwd: ROOT });
  assertEquals(await run.end(), 0, run.log);
}

Deno.test("the alert rules ask for metrics that there are", async () => {
  const served = await metricsServed();
  const asked = metricsIn(read(RULES)).map(withoutSuffix);
  assert(asked.length > 8);
  assertEquals(asked.filter((name) => !served.includes(name)), []);
});

Deno.test("the dashboard shows all metrics that there are, and no others", async () => {
  const variables = dashboard.templating.list.map(({ definition = "" }) => definition);
  const shown = [...queries(), ...variables].flatMap(metricsIn).map(withoutSuffix);
  assertEquals([...new Set(shown)].sort(), await metricsServed());
});

Deno.test("the dashboard's panels ask the chosen source, and lie beside each other", () => {
  const { panels, templating } = dashboard;
  assertEquals(templating.list.map(({ name }) => name), ["datasource", "instance"]);
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Map<string, string>();
  for (const { type, title, gridPos: { x, y, w, h }, targets = [] } of panels) {
    assert(x + w <= 24, title);
    assert(type === "row" || targets.length > 0, title);
    for (const { expr, datasource } of targets) {
      assertEquals(datasource.uid, "${datasource}", title);
      assert(expr.includes('instance=~"$instance"'), title);
    }
    for (let cell = 0; cell < w * h; cell++) {
      const place = `${x + cell % w},${y + Math.floor(cell / w)}`;
      assertEquals(taken.get(place), undefined, title);
      taken.set(place, title);
    }
  }
});

testWith(
  [PROMTOOL],
  "promtool takes the rules, the example of a configuration, and every query",
  async () => {
    using folder = new TempFolder();
    await promtool(["check", "rules", "--lint=all", "--lint-fatal", RULES]);
    await promtool(["check", "config", "packaging/prometheus/scrape.yml"]);
    const path = folder.file("queries.json");
    const rules = queries().map((expr, i) => ({ record: `query:${i}`, expr }));
    Deno.writeTextFileSync(path, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    await promtool(["check", "rules", path]);
  },
);

testWith([PROMTOOL], "the rules alert of what is wrong, and of nothing else", async () => {
  await promtool(["test", "rules", "tests/packaging/alerts.yml"]);
});
