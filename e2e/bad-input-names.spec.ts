import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "playwright/test";
import { openSignedIn } from "./support/signed-in.ts";
import { watch } from "./support/test.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

/** What people and attackers call things; each stands for a run's name, a process, a step, a metric and a file. */
const names = [
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(2)</script>",
  "a/../../b//c",
  "50%2F..%2F%%zz",
  "\u202Egnp.exe\u202C",
  "שלום עולם",
  'it\'s "quoted" `so`',
  "=cmd|' /C calc'!A1",
  "line\nbreak\ttab\u0007bell",
  "k".repeat(64 * 1024),
];
/** As a page shows it: whatever would reorder or hide the text stands as an escape. */
const shown = ["<img src=x onerror=alert(1)>", "\\u{202e}gnp.exe\\u{202c}", "line\\nbreak\\ttab\\u{7}bell"];

const project = "lab <b>bold 50% \u202Eבל";
const hash = (digit: number) => String(digit % 10).repeat(64);

interface Listed<Item> {
  items: Item[];
}

test.describe("names that hold markup, slashes, percent signs, other directions of writing, and 64 KB", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let server: TrialdeckServer;
  let workspace: string;

  test.beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), "names-"));
    const stored = join(workspace, project, `.${project}`);
    await mkdir(stored, { recursive: true });
    await mkdir(join(workspace, project, "configs"));
    await writeFile(join(workspace, project, "configs/project_config.yaml"), "experiment: {}\n");
    const database = new DatabaseSync(join(stored, "metrics.sqlite"));
    database.exec("CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT, updated_at REAL)");
    const insert = database.prepare("INSERT INTO kv VALUES (?, ?, ?)");
    const write = (key: string, value: unknown) => insert.run(key, JSON.stringify(value), 1795217600);
    const runOf = (name: string) => `project-${name}-20261120233253-e4cc72ac`;
    for (const [index, name] of names.entries()) {
      const run = runOf(name);
      const process = `//process[@name='${name}']`;
      const record = { status: "completed", execution_time: 1.5, started_at: 1795217580, ended_at: 1795217590 };
      const hashes = [1, 2, 3].map((part) => hash(index + part)).join(":");
      write(`runs:${run}:status`, "completed");
      write(`runs:${run}:timestamps`, { start: 1795217573, end: 1795217600 });
      write(`runs:${run}:steps:${process}:__process__`, { ...record, process_name: process, run_id: run });
      write(`runs:${run}:steps:${process}:${name}`, { ...record, process_name: process, step_name: name, run_id: run });
      write(`process:${process}:${hashes}`, { ...record, process_name: process, run_id: run });
      const probe = `p_${Buffer.from(`${process}/step[@name='${name}']`).toString("base64url")}`;
      write(`metric:${run}:probe_path:${probe}`, {
        [name]: { 1: 0.5, 2: 0.25 },
        [`${name} in words`]: name,
      });
      // What a file system takes for a name.
      const title = name.length < 200 ? `${name.replaceAll("/", "∕")}.txt` : "long.txt";
      const chart = join(stored, "artifacts", hash(index), "p_Ly8", title);
      await mkdir(dirname(chart), { recursive: true });
      await writeFile(chart, name.slice(0, 100));
      write(`runs:${run}:charts:${process}`, { items: [{ title: name, object_path: chart, cache_path: chart }] });
    }
    database.close();
    server = await startTrialdeck([workspace]);
    await untilIndexed(server);
  });
  test.afterAll(async () => {
    await server?.stop();
    await rm(workspace, { recursive: true, force: true });
  });

  test("come through the API as they are stored", async () => {
    const { items } =
      await server.ask<Listed<{ id: string; source: string; name: string; experimentName: string }>>("/runs?limit=100");
    expect(items.map(({ name }) => name).sort()).toEqual(
      names.map((name) => `project-${name}-20261120233253-e4cc72ac`).sort(),
    );
    expect(new Set(items.map(({ experimentName }) => experimentName))).toEqual(new Set([project]));
    for (const { source, id, name } of items) {
      const own = name.slice("project-".length, -"-20261120233253-e4cc72ac".length);
      const place = `/sources/${source}/runs/${id}`;
      const run = await server.ask<{ steps: { process: string; step: string | null }[]; charts: { title: string }[] }>(
        place,
      );
      expect(run.steps.map(({ process, step }) => [process, step]).sort()).toEqual(
        [
          [own, null],
          [own, own],
        ].sort(),
      );
      expect(run.charts.map(({ title }) => title)).toEqual([own]);
      const { items: metrics } = await server.ask<Listed<{ name: string }>>(`${place}/metrics`);
      expect(metrics.map((metric) => metric.name).sort()).toEqual([own, `${own} in words`].sort());
      await server.ask(`${place}/graph`);
    }
    const { items: entries } = await server.ask<Listed<{ process: string }>>("/cache/entries?limit=100");
    expect(entries.map(({ process }) => process).sort()).toEqual([...names].sort());
  });

  test("are text on every page: nothing of them runs, nothing turns the page around", async ({ page, context }) => {
    test.setTimeout(120_000);
    const misdeeds = watch(context, server.origin);
    const { items } = await server.ask<Listed<{ id: string; source: string; name: string }>>("/runs?limit=100");
    const { items: entries } = await server.ask<Listed<{ id: string; source: string }>>("/cache/entries?limit=100");
    const expectTextOnly = async () => {
      await expect(page.locator("main")).toBeVisible();
      await expect(page.locator("img[src='x'], main b, main script")).toHaveCount(0);
      // What is read aloud and what a tip says is text as well; only a text shown as it is stored keeps to itself, in a box.
      const words = await page
        .locator("main")
        .evaluate((main) =>
          [...main.querySelectorAll("*:not(pre, pre *)")].flatMap((element) => [
            ...[...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.nodeValue),
            ...["aria-label", "data-tip", "title", "alt"].map((name) => element.getAttribute(name)),
          ]),
        );
      expect(words.filter((word) => ["\u202E", "\u202C", "\u0007"].some((unseen) => word?.includes(unseen)))).toEqual(
        [],
      );
    };
    await openSignedIn(page, server, "/runs");
    await expect(page.getByText("10 runs")).toBeVisible();
    for (const name of shown) {
      await expect(page.getByRole("row", { name: `Select project-${name}-20261120233253-e4cc72ac` })).toBeVisible();
    }
    await expectTextOnly();
    const telling = items.filter(({ name }) =>
      ["<img", "</script>", "\u202E", "\n"].some((part) => name.includes(part)),
    );
    for (const { source, id } of telling) {
      await page.goto(`${server.origin}/runs/${source}/${id}`);
      for (const tab of ["Overview", "Metrics", "Steps", "Artifacts", "Config & code", "Log"]) {
        await page.getByRole("tab", { name: tab }).click();
        await expectTextOnly();
      }
    }
    await page.goto(`${server.origin}/cache`);
    await expect(page.getByText("10 entries")).toBeVisible();
    await expectTextOnly();
    for (const { source, id } of entries.slice(0, 3)) {
      await page.goto(`${server.origin}/cache/${source}/${id}`);
      await expectTextOnly();
    }
    await page.goto(`${server.origin}/artifacts`);
    await expect(page.getByText("10 artifacts")).toBeVisible();
    await expectTextOnly();
    expect(misdeeds).toEqual({ foreign: [], violations: [], errors: [], dialogs: [] });
  });
});
