import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import type { Fact } from "../../domain/facts.ts";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { expopsLayout } from "./index.ts";
import {
  collectFacts,
  FactStore,
  fixtures,
  gatherFacts,
  openFolderSlots,
  openRecordedRedis,
} from "./testing/collect-facts.ts";
import { StoredProject } from "./testing/stored-project.ts";

const run = "project-wine-lab-20261120233435-df2c2e70";

async function openWineLab() {
  const slots = await openFolderSlots(join(fixtures, "sqlite-local"));
  const { context } = new FactStore();
  return { slots, context, layout: await expopsLayout.open(slots, context) };
}

describe("a workspace opened", () => {
  test("can do this", async () => {
    const { layout } = await openWineLab();
    expect(await layout.describe()).toMatchInlineSnapshot(`
      {
        "capabilities": [
          "runs",
          "steps",
          "metrics",
          "series",
          "cache",
          "artifacts",
          "logs",
          "graph",
          "versions",
        ],
        "hints": [],
      }
    `);
    expect(layout.sweepSeconds).toBeNull();
  });

  test("suggests what is missing when only Redis is there", async () => {
    const slots = { index: [{ driver: await openRecordedRedis("redis.jsonl"), scope: null }] };
    const layout = await expopsLayout.open(slots, new FactStore().context);
    const { capabilities, hints } = await layout.describe();
    expect(capabilities).not.toContain("artifacts");
    expect(capabilities).not.toContain("logs");
    expect(hints).toHaveLength(2);
  });

  test("shows a run's records as they are stored", async () => {
    const { layout, context } = await openWineLab();
    const records = await layout.readRawRun(context, run, "wine-lab");
    expect(records[`runs:${run}:status`]).toBe("failed");
    expect(records[`runs:${run}:steps://process[@name='evaluate']:__process__`]).toMatchObject({
      status: "failed",
      execution_time: 0,
    });
    expect(await layout.readRawRun(context, "project-wine-lab-20261120233435-00000000", "wine-lab")).toEqual({});
  });

  test("shows an entry's record by the locator of its fact, and says when it is gone", async () => {
    const { layout, context, slots } = await openWineLab();
    const [entry] = (await collectFacts(slots)).entries;
    expect(await layout.readRawEntry(context, entry?.locator ?? "")).toMatchObject({ status: entry?.status });
    await expect(
      layout.readRawEntry(context, entry?.locator.replace("process:", "process:x") ?? ""),
    ).rejects.toMatchObject({ code: "gone" });
    await expect(layout.readRawEntry(context, "no locator")).rejects.toMatchObject({ code: "gone" });
  });

  test("opens a file by the locator of its fact, and nothing outside", async () => {
    const { layout, slots } = await openWineLab();
    const chart = [...(await collectFacts(slots)).artifacts.values()].find(({ name }) => name.endsWith(".png"));
    const opened = await layout.openArtifact(chart?.locator ?? "");
    expect(opened?.stat.bytes).toBe(chart?.bytes);
    const bytes = await opened?.blobs.read(opened.path, { offset: 1, length: 3 });
    expect(Buffer.from(bytes ?? []).toString()).toBe("PNG");
    expect(await layout.openArtifact("wine-lab/.wine-lab/artifacts/none.png")).toBeNull();
    await expect(layout.openArtifact("../../package.json")).rejects.toMatchObject({ code: "forbidden" });
  });

  test("reads a run's graph, log and code", async () => {
    const { layout, context } = await openWineLab();
    const graph = await layout.readGraph?.(context, "project-wine-lab-20261120233422-b3611fd4", "wine-lab");
    expect(graph?.origin).toBe("version");
    expect(graph?.nodes.filter((node) => node.parentId === null)).toHaveLength(7);
    expect(graph?.edges).toContainEqual({ from: "train_forest", to: "evaluate" });
    const log = await layout.readLog?.(context, run, "wine-lab", { offset: 0, limit: 1000 });
    expect(log?.lines.some(({ text }) => text.includes("n_estimators"))).toBe(true);
    const hash = "fb69108f0f26a62465f997414b313d030da600547165b36090129ff82724bd21";
    expect((await layout.readVersion?.(context, hash, "wine-lab"))?.config?.path).toBe("configs/project_config.yaml");
    expect(await layout.readVersion?.(context, "0".repeat(64), "wine-lab")).toBeNull();
  });
});

describe("places", () => {
  test("of nothing that ExpOps wrote are not recognised", async () => {
    const driver = await openMemoryBlobDriver({ files: new Map([["a/b.txt", "x"]]) });
    expect(await expopsLayout.recognises({ blobs: [{ driver, scope: null }] })).toBeNull();
  });

  test("with only a config are a project without runs", async () => {
    const driver = await openMemoryBlobDriver({
      files: new Map([["lab/configs/project_config.yaml", "metadata: {name: lab}"]]),
    });
    const slots = { blobs: [{ driver, scope: null }] };
    expect(await expopsLayout.recognises(slots)).not.toBeNull();
    expect(await collectFacts(slots)).toMatchObject({ experiments: ["lab"], entries: [] });
  });

  test("without any index tell runs from their logs, and results as files that no row names", async () => {
    const driver = await openFilesDriver({ path: join(fixtures, "redis-0.1.9-files") });
    const found = await collectFacts({ blobs: [{ driver, scope: null }] });
    expect(found.experiments).toEqual(["wine-old"]);
    expect([...found.runs.values()].map(({ name, status }) => [name, status])).toEqual([
      ["project-wine-old-20261120234439-0cab7f58", "completed"],
      ["project-wine-old-20261120234514-aa530c21", "completed"],
    ]);
    for (const fact of found.runs.values()) expect(fact.warnings[0]?.code).toBe("not-recorded");
    expect(found.entries).toEqual([]);
    expect([...found.artifacts.values()].filter(({ role }) => role === "result")).toHaveLength(5);
    const layout = await expopsLayout.open({ blobs: [{ driver, scope: null }] }, new FactStore().context);
    expect((await layout.describe()).hints[0]).toContain("No key store");
  });
});

describe("several projects in one workspace", () => {
  async function openTwo() {
    const folder = await makeScratchFolder();
    const slots = await new StoredProject("good")
      .status("project-good-20261121120000-00000000", "completed")
      .sqliteSlots(folder, 1);
    const bad = await new StoredProject("bad")
      .status("project-bad-20261121120000-00000000", "completed")
      .sqliteSlots(folder, 1);
    return { folder, slots: { index: [...(bad.index ?? []), ...(slots.index ?? [])] } };
  }

  test("are one source", async () => {
    const { slots } = await openTwo();
    const found = await collectFacts(slots);
    expect(found.experiments.sort()).toEqual(["bad", "good"]);
    expect(found.runs.size).toBe(2);
  });

  test("a damaged index does not hide the others, and the scan is still not complete", async () => {
    const { folder, slots } = await openTwo();
    await writeFile(join(folder, "bad/.bad/metrics.sqlite"), "this is no database, whatever its name says".repeat(50));
    const store = new FactStore();
    const layout = await expopsLayout.open(slots, store.context);
    const told: Fact[] = [];
    await expect(
      (async () => {
        for await (const facts of layout.scan(store.context, new AbortController().signal)) told.push(...facts);
      })(),
    ).rejects.toMatchObject({ code: expect.stringMatching(/source_unavailable|unsupported/) });
    expect(told.flatMap((fact) => (fact.kind === "run" ? [fact.run.name] : []))).toEqual([
      "project-good-20261121120000-00000000",
    ]);
  });
});

describe("an index that cannot be opened now", () => {
  const outOfReach = [
    {
      slot: "index",
      scope: "wine-lab",
      open: { engine: "sqlite" as const, path: "wine-lab/.wine-lab/metrics.sqlite" },
    },
  ];
  const tell = async (store: FactStore) => {
    const { index: _, ...slots } = await openFolderSlots(join(fixtures, "sqlite-local"));
    const layout = await expopsLayout.open(slots, store.context, outOfReach);
    return gatherFacts(layout.scan(store.context, new AbortController().signal), store);
  };

  test("leaves its runs as they were known", async () => {
    const store = new FactStore();
    const { layout } = await openWineLab();
    const before = await gatherFacts(layout.scan(store.context, new AbortController().signal), store);
    expect(before.runs.size).toBe(6);
    expect((await tell(store)).runs.size).toBe(0);
  });

  test("is told beside runs that only their log tells of", async () => {
    const { runs } = await tell(new FactStore());
    expect(runs.size).toBe(6);
    for (const { warnings } of runs.values()) expect(warnings[0]?.sentence).toContain("cannot be read");
  });
});

test("a database that a first run has only just made holds nothing yet", async () => {
  const folder = await makeScratchFolder();
  const stored = new StoredProject();
  const slots = await stored.sqliteSlots(folder, 1);
  const path = join(folder, "lab/.lab/metrics.sqlite");
  await rm(path);
  new DatabaseSync(path).close();
  const found = await collectFacts(slots);
  expect(found).toMatchObject({ experiments: ["lab"], entries: [] });
});

test("a time to live in the config is told as ignored where SQLite ignores it", async () => {
  const folder = await makeScratchFolder();
  const stored = new StoredProject();
  stored.entry("train", null, { status: "completed", cache_path: stored.resultPath("train") });
  const slots = await stored.sqliteSlots(folder, 1);
  const config = "metadata: {name: lab}\nexperiment:\n  cache: {ttl_hours: 72}\n";
  const driver = await openMemoryBlobDriver({ files: new Map([["lab/configs/project_config.yaml", config]]) });
  const [entry] = (await collectFacts({ ...slots, code: [{ driver, scope: null }] })).entries;
  expect(entry).toMatchObject({ state: "usable", expiresAt: null, ttl: { seconds: 72 * 3600, enforced: false } });
  expect(entry?.warnings).toMatchObject([
    { code: "expiry-not-enforced", sentence: expect.stringContaining("72 hours") },
  ]);
});

test("a copy of a project beside it is another project: its runs keep their own ids", async () => {
  const folder = await makeScratchFolder();
  await cp(join(fixtures, "sqlite-seeds/seed-mini"), join(folder, "seed-mini"), { recursive: true });
  await cp(join(fixtures, "sqlite-seeds/seed-mini"), join(folder, "copy"), { recursive: true });
  await cp(join(folder, "copy/.seed-mini"), join(folder, "copy/.copy"), { recursive: true });
  const slots = await openFolderSlots(folder);
  const store = new FactStore();
  const layout = await expopsLayout.open(slots, store.context);
  const ids = new Set<string>();
  const names = new Set<string>();
  await gatherFacts(
    (async function* () {
      for await (const facts of layout.scan(store.context, new AbortController().signal)) {
        for (const fact of facts) {
          if (fact.kind !== "run") continue;
          ids.add(fact.run.id);
          names.add(fact.run.name);
        }
        yield facts;
      }
    })(),
    store,
  );
  expect([ids.size, names.size]).toEqual([4, 2]);
});
