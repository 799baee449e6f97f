import { expect, type Locator, type Page, test } from "playwright/test";
import { CachePage } from "./pages/cache-page.ts";
import { EntryPage } from "./pages/entry-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { RunsPage } from "./pages/runs-page.ts";
import {
  combinations,
  type ExpectedEntry,
  type ExpectedRun,
  type ExpectedStep,
  shown,
  splitProbePath,
  splitStep,
} from "./support/expected-figures.ts";
import type { TestRedis } from "./support/redis-server.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

interface Named {
  id: string;
  name: string;
  source: string;
}

/** What a cell says in full: its words, or what it says on hover. */
const inFull = (cell: Locator, text: string) =>
  cell.locator(`[data-tip="${text}"]`).or(cell.getByText(text, { exact: true }));

for (const { name, figures, open } of combinations) {
  test.describe(`the pages show wine-lab on ${name} figure by figure`, () => {
    test.describe.configure({ mode: "serial" });
    let server: TrialdeckServer;
    let redis: TestRedis | null = null;
    let runs: Map<string, Named>;
    // One for all tests, so that the code of the pages is loaded once.
    let page: Page;

    test.beforeAll(async ({ browser }) => {
      const opened = await open();
      redis = opened.redis;
      server = await startTrialdeck([opened.target]);
      await untilIndexed(server);
      const { items } = await server.ask<{ items: Named[] }>("/runs?limit=1000");
      runs = new Map(items.map((run) => [run.name, run]));
      page = await browser.newPage();
    });
    test.afterAll(async () => {
      await page?.close();
      await server?.stop();
      await redis?.stop();
    });

    const placeOf = (run: ExpectedRun): Named => runs.get(run.run_id) ?? { id: "none", name: "", source: "none" };

    test("the table of runs: each with its status and how much it reused", async () => {
      await openSignedIn(page, server, "/runs");
      const table = new RunsPage(page);
      await expect(table.rows).toHaveCount(figures.runs.length);
      for (const run of figures.runs) {
        const processes = Object.entries(run.steps).filter(([stored]) => splitStep(stored).step === null);
        const reused = processes.filter(([, step]) => step.status === "cached").length;
        const row = table.row(run.run_id.slice(-8));
        await expect(row).toContainText(run.status);
        await expect(row).toContainText(`${reused} of ${processes.length}`);
      }
    });

    for (const run of figures.runs) {
      test(`${run.label}: what each process and step did, and how long it took`, async () => {
        await openSignedIn(page, server, `/runs/${placeOf(run).source}/${placeOf(run).id}?tab=steps`);
        const rows = await readSteps(page);
        expect([...rows.keys()].sort()).toEqual(Object.keys(run.steps).map(nameOf).sort());
        for (const [stored, step] of Object.entries(run.steps))
          await expectStep(rows.get(nameOf(stored)), stored, step);
      });

      test(`${run.label}: every metric`, async () => {
        await openSignedIn(page, server, `/runs/${placeOf(run).source}/${placeOf(run).id}?tab=metrics`);
        const wanted = Object.entries(run.metrics).flatMap(([path, metrics]) =>
          Object.entries(metrics).map(([metric, figure]) => ({ ...splitProbePath(path), metric, figure })),
        );
        if (wanted.length === 0) return await expect(page.getByText("This run logged no metrics")).toBeVisible();
        await expect(page.getByText(`${wanted.length} metric`)).toBeVisible();
        const shownRun = new RunPage(page);
        for (const { process, step, metric, figure } of wanted) {
          if (figure.points === undefined) {
            const text = shownRun.part("Texts and tables").getByRole("listitem").filter({ hasText: metric });
            await expect(text).toContainText(String(figure.value));
          } else if (figure.points === 1) {
            const names = [metric, process, ...(step ? [step] : [])];
            const row = names.reduce(
              (rows, name) => rows.filter({ has: page.getByRole("cell", { name, exact: true }) }),
              shownRun.part("Figures").getByRole("row"),
            );
            await expect(inFull(row, String(figure.last_value))).toBeVisible();
          } else {
            const chart = shownRun.chart(`${process} ▸ ${metric}`);
            await expect(chart.drawing).toHaveAttribute("data-series-drawn", "1");
            const table = await chart.openTable();
            await expect(table).toHaveAttribute("aria-rowcount", String(figure.points + 1));
            await expect(table.getByRole("row").nth(1)).toContainText(String(figure.first_step));
            await table.locator("xpath=..").evaluate((box) => box.scrollTo(0, box.scrollHeight));
            await expect(inFull(table.getByRole("row").last(), String(figure.last_value))).toBeVisible();
            await page.keyboard.press("Escape");
          }
        }
      });

      test(`${run.label}: its charts as files`, async () => {
        await openSignedIn(page, server, `/runs/${placeOf(run).source}/${placeOf(run).id}?tab=artifacts`);
        await expect(page.getByRole("tabpanel").getByRole("listitem").first()).toBeVisible();
        for (const chart of Object.values(run.charts).flat()) {
          const item = page.getByRole("tabpanel").getByRole("listitem").filter({ hasText: chart.title });
          await expect(item.locator(`[data-tip="${chart.bytes_on_disk} bytes"]`)).toBeVisible();
        }
      });
    }

    test("the cache: how many entries, and of each its size, its producer and its users", async () => {
      test.slow();
      const wanted = [...figures.process_entries, ...figures.step_entries];
      await openSignedIn(page, server, "/cache");
      await expect(new CachePage(page).says(`${wanted.length} entries`)).toBeVisible();
      const { items } = await server.ask<{ items: { id: string; source: string; key: string }[] }>(
        "/cache/entries?limit=1000",
      );
      for (const want of wanted) {
        const place = items.find(({ key }) => isKeyOf(key, want));
        if (!place) throw new Error(`${want.process} is not among the entries`);
        const entry = new EntryPage(page);
        await page.goto(`${server.origin}/cache/${place.source}/${place.id}?tab=users`);
        await expect(entry.title).toContainText(want.step ?? shown(want.process));
        const size = entry.fact("Result size");
        if (want.payload_bytes === null) await expect(size).toHaveText("–");
        else await expect(size.locator(`[data-tip="${want.payload_bytes} bytes"]`)).toBeVisible();
        if (want.status === "completed")
          await expect(entry.fact("Producer")).toContainText(want.producer_run.slice(-8));
        for (const [run, how] of Object.entries(want.used_by_runs)) {
          const table = page.getByRole("table", { name: how === "produced" ? "Made by" : "Used by" });
          await expect(table.getByRole("row").filter({ hasText: run.slice(-8) })).toBeVisible();
        }
        await expect(page.getByRole("table").getByRole("row")).toHaveCount(rowsFor(want));
      }
    });
  });
}

function nameOf(stored: string): string {
  const { process, step } = splitStep(stored);
  return step === null ? process : `${process} ▸ ${step}`;
}

/** Rows of the table of steps by name: a step's row stands below that of its process. */
async function readSteps(page: Page): Promise<Map<string, Locator>> {
  const heads = page.getByRole("tabpanel").getByRole("rowheader");
  await expect(heads.first()).toBeVisible();
  const rows = new Map<string, Locator>();
  let process = "";
  for (const head of await heads.all()) {
    const name = (await head.textContent()) ?? "";
    const isStep = await head.evaluate((cell) => Number.parseFloat(getComputedStyle(cell).paddingLeft) > 20);
    if (!isStep) process = name;
    rows.set(isStep ? `${process} ▸ ${name}` : name, head.locator("xpath=.."));
  }
  return rows;
}

async function expectStep(row: Locator | undefined, stored: string, step: ExpectedStep): Promise<void> {
  if (!row) throw new Error(`${stored} has no row`);
  const seconds = row.locator(`[data-tip="${step.execution_time} s"]`);
  if (step.status === "cached") {
    await expect(row).toContainText("reused");
    await expect(row).toContainText(step.from_run?.slice(-8) ?? "");
    await expect(seconds).toBeVisible();
  } else if (step.status === "completed") {
    await expect(row).toContainText("executed");
    if (splitStep(stored).step === null) await expect(seconds).toBeVisible();
  } else {
    const neverRan = splitStep(stored).step === null && step.execution_time === 0;
    await expect(row).toContainText(neverRan ? "dependency failed" : "failed");
  }
}

function isKeyOf(key: string, { process, step, input_hash, config_hash, function_hash }: ExpectedEntry): boolean {
  const names = step === undefined ? [`process:${process}:`] : [`steps:${process}:${step}:`];
  return [...names, input_hash, config_hash, function_hash].every((part) => key.includes(part));
}

/** A head and a row a run, in each of the tables that there are. */
function rowsFor({ used_by_runs }: ExpectedEntry): number {
  const hows = Object.values(used_by_runs);
  return hows.length + new Set(hows).size;
}
