import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright";
import { browserArguments, chromiumPath, signIn } from "../browser.ts";
import { type Line, quantile } from "../figures.ts";
import { type BenchServer, startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { type LiveStore, openLiveFirestore, openLiveRedis, openLiveSqlite, runAtWork } from "../stores/live.ts";

const viewers = fileURLToPath(new URL("../viewers.ts", import.meta.url));
const betweenMillis = 1_000;
const fewUpdates = 15;
const shownWithinMillis = 20_000;

const engines = [
  { name: "SQLite", open: openLiveSqlite, gate: 1_000, aim: 500 },
  { name: "Redis with notifications", open: () => openLiveRedis("KEA"), gate: 1_000, aim: 500 },
  { name: "Redis without", open: () => openLiveRedis(""), gate: 3_000, aim: null },
  { name: "Firestore", open: openLiveFirestore, gate: 1_000, aim: 500 },
];

interface Phase {
  /** From when a point was stored until the page shows it, ms. */
  waits: number[];
  /** Questions that the store was asked for an update. */
  questions: number | null;
}

/** A run at work, one point a second, watched by one browser and then by many viewers besides. */
export async function measureLive({ viewers: many, updates }: Sizes): Promise<Line[]> {
  const lines: Line[] = [];
  for (const engine of engines) {
    const store = await engine.open();
    try {
      lines.push(...(await measureEngine(engine, store, many, updates)));
    } finally {
      await store.stop();
    }
  }
  return lines;
}

async function measureEngine(
  { name, gate, aim }: (typeof engines)[number],
  store: LiveStore,
  many: number,
  updates: number,
): Promise<Line[]> {
  const startedAt = Math.floor(Date.now() / 1000);
  const stamp = new Date(startedAt * 1000).toISOString().replace(/\D/g, "").slice(0, 14);
  const run = `project-live-${stamp}-0123abcd`;
  let rounds = 2;
  const log = () => store.write(runAtWork(run, startedAt, rounds));
  await log();
  const server = await startServer([store.target], { env: store.env });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: browserArguments });
  try {
    await server.untilIndexed();
    const page = await openRun(await browser.newContext(), server);
    const watch = async (times: number): Promise<Phase> => {
      const waits: number[] = [];
      const before = await store.questions?.();
      for (let update = 0; update < times; update += 1) {
        rounds += 1;
        await log();
        const stored = Date.now();
        const shown = await page.evaluate(shownAt, { round: rounds, within: shownWithinMillis });
        waits.push(shown - stored);
        await sleep(Math.max(0, stored + betweenMillis - Date.now()));
      }
      const asked = await store.questions?.();
      return { waits, questions: before === undefined || asked === undefined ? null : (asked - before) / times };
    };
    const alone = await watch(fewUpdates);
    const crowd = spawn(process.execPath, [viewers, server.origin, server.token, String(many)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const told = createInterface(crowd.stdout)[Symbol.asyncIterator]();
    await told.next();
    const together = await watch(updates);
    crowd.stdin.end();
    const heard = Number((await told.next()).value);
    await once(crowd, "exit");
    const p50 = quantile(together.waits, 0.5).toFixed(0);
    const note = `p50 ${p50} ms; alone p95 ${quantile(alone.waits, 0.95).toFixed(0)} ms; ${heard} events heard`;
    const what = `${name}: a point stored until it is seen, ${many} viewers, p95`;
    const lines: Line[] = [{ what, unit: "ms", gate, aim, measured: quantile(together.waits, 0.95), note }];
    if (together.questions !== null && alone.questions !== null)
      lines.push({
        what: "… questions to the store, as a multiple of those with one viewer",
        unit: "×",
        gate: 2,
        aim: null,
        measured: together.questions / alone.questions,
        note: `${together.questions.toFixed(0)} an update`,
      });
    return lines;
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function openRun(context: BrowserContext, server: BenchServer): Promise<Page> {
  const { items } = await server.ask<{ items: { source: string; id: string }[] }>("/runs");
  const { source, id } = items[0]!;
  await signIn(context, server);
  const page = await context.newPage();
  await page.goto(`${server.origin}/runs/${source}/${id}?tab=metrics`);
  await page.getByRole("region", { name: /round$/ }).waitFor();
  return page;
}

/** Runs in the page: when (epoch ms) the chart says this round to be its last. */
function shownAt({ round, within }: { round: number; within: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const look = () => {
      const words = [...document.querySelectorAll("section, [role=region]")]
        .map((region) => region.textContent ?? "")
        .find((text) => /Last value/.test(text));
      if (Number(/Last value\s*([\d,]+)/.exec(words ?? "")?.[1]?.replaceAll(",", "")) >= round) resolve(Date.now());
      else if (performance.now() - begun > within)
        reject(new Error(`Round ${round} was not shown within ${within} ms.`));
      else requestAnimationFrame(look);
    };
    look();
  });
}
