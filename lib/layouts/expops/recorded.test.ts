import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { runIdOf } from "./paths.ts";
import {
  type Collected,
  collectFacts,
  FactStore,
  fixtures,
  openFolderSlots,
  openRecordedRedis,
  stepUse,
} from "./testing/collect-facts.ts";

describe("spill-lab: twelve runs with spilled results, a stale hit, a failure and a kill", () => {
  const expected = JSON.parse(readFileSync(join(fixtures, "versions/EXPECTED.json"), "utf8")) as {
    runs: {
      run_id: string;
      status: string;
      version_hash: string;
      version_recorded: boolean;
      processes: Record<
        string,
        {
          outcome: string;
          producer?: string;
          hashes?: Record<string, string>;
          steps?: Record<string, { outcome: string }>;
        }
      >;
    }[];
    files: {
      orphaned: { path: string; bytes: number }[];
      spilled_left_by_broken_entry: string[];
      broken_entry: { key: string };
      spilled_referenced: Record<string, unknown>;
    };
  };
  let found: Collected;
  beforeAll(async () => {
    found = await collectFacts(
      await openFolderSlots(join(fixtures, "versions/workspace")),
      new FactStore(Date.UTC(2026, 10, 22)),
    );
  });

  test.each(expected.runs)("$run_id: what each process and step did", (run) => {
    const fact = found.runs.get(run.run_id);
    expect(fact?.status).toBe(run.status === "running" ? "stalled" : run.status);
    for (const [process, { outcome, producer, steps = {} }] of Object.entries(run.processes)) {
      const use = stepUse(fact, process);
      // What a killed run never began is known from the graph of its version: here its commit is not among the slots.
      if (run.status === "running" && outcome === "never-ran") continue;
      expect(use?.origin, process).toBe(outcome);
      expect(use?.producer?.runId ?? null, process).toBe(producer ? runIdOf("lab", "spill-lab", producer) : null);
      for (const [step, { outcome: stored }] of Object.entries(steps)) {
        const isLeft = stored === "running" && outcome === "failed";
        expect(stepUse(fact, process, step)?.origin, step).toBe(isLeft ? "failed" : stored);
      }
    }
  });

  test.each(expected.runs)("$run_id: its version is recorded only if it executed something", (run) => {
    const { version } = found.runs.get(run.run_id) ?? {};
    expect(version?.hash ?? null).toBe(run.version_recorded ? run.version_hash : null);
  });

  test("an entry that a run used has the hashes that its result's name tells", () => {
    for (const run of expected.runs) {
      for (const [process, { hashes, outcome }] of Object.entries(run.processes)) {
        const use = stepUse(found.runs.get(run.run_id), process);
        const id = use?.entry && "id" in use.entry ? use.entry.id : null;
        const entry = found.entries.find((one) => one.id === id);
        if (!entry || !hashes || outcome === "running") continue;
        expect(Object.fromEntries(entry.keyParts.map(({ name, value }) => [name, value]))).toEqual(hashes);
      }
    }
  });

  test("spilled arrays and models are named by the entries whose results hold them; orphans by none", () => {
    const byName = new Map([...found.artifacts.values()].map((artifact) => [artifact.name, artifact]));
    const named = new Set(found.entries.flatMap((entry) => entry.payloads.map((payload) => payload.artifactId)));
    const isNamed = (path: string) => named.has(byName.get(`spill-lab/${path}`)?.id ?? "");
    for (const path of Object.keys(expected.files.spilled_referenced)) expect(isNamed(path), path).toBe(true);
    for (const { path, bytes } of expected.files.orphaned) {
      expect(byName.get(`spill-lab/${path}`)?.bytes).toBe(bytes);
      expect(isNamed(path), path).toBe(false);
    }
    for (const path of expected.files.spilled_left_by_broken_entry) expect(isNamed(path), path).toBe(false);
  });

  test("an entry whose result is gone stays as the row says, and what it held is not known", () => {
    const broken = found.entries.find((entry) => entry.key === expected.files.broken_entry.key);
    expect(broken).toMatchObject({ state: "usable", payloadsComplete: false });
    expect(broken?.payloads).toHaveLength(1);
    expect(found.artifacts.has(broken?.payloads[0]?.artifactId ?? "")).toBe(false);
  });

  test("a killed run is stalled, not running for ever", () => {
    const run = found.runs.get("project-spill-lab-20261121010830-64a9ec5f");
    expect(run).toMatchObject({
      status: "stalled",
      statusReason: expect.stringContaining("2026-11-21 01:08"),
      endedAt: null,
    });
    const entry = found.entries.find(({ status }) => status === "running");
    expect(entry).toMatchObject({ process: "fit_soft", state: "not-served", executionSeconds: null });
  });
});

describe("wine-old: two runs of 0.1.9 in Redis", () => {
  const first = "project-wine-old-20261120234439-0cab7f58";
  const second = "project-wine-old-20261120234514-aa530c21";
  const producer = runIdOf("lab", "wine-old", first);
  let found: Collected;
  beforeAll(async () => {
    const slots = {
      index: [{ driver: await openRecordedRedis("redis-0.1.9.jsonl"), scope: null }],
      blobs: [{ driver: await openFilesDriver({ path: join(fixtures, "redis-0.1.9-files") }), scope: null }],
    };
    found = await collectFacts(slots);
  });

  test("the producer of a hit is the run that completed with the same result, not the one that the record names", () => {
    expect([...found.runs.keys()].sort()).toEqual([first, second]);
    for (const process of ["prepare", "train", "score", "bars"]) {
      const made = stepUse(found.runs.get(first), process);
      expect(made).toMatchObject({ origin: "executed", producer: null });
      expect(stepUse(found.runs.get(second), process)).toMatchObject({
        origin: "reused",
        startedAt: null,
        executionSeconds: null,
        producer: { runId: producer, startedAt: made?.startedAt, executionSeconds: made?.executionSeconds },
        entry: made?.entry,
      });
    }
  });

  test("an entry after a hit names its last user: nobody is called its producer, and its 0.0 seconds are not believed", () => {
    const prepare = found.entries.find((entry) => entry.process === "prepare" && entry.step === null);
    expect(prepare).toMatchObject({ status: "cached", state: "usable", producerRunId: null, version: null });
    expect(prepare?.executionSeconds).toBeCloseTo(2.9585, 3);
    expect(prepare?.warnings).toEqual([]);
    const step = found.entries.find((entry) => entry.step === "load_rows");
    expect(step).toMatchObject({ process: "prepare", producerRunId: producer, state: "usable" });
  });

  test("results stand in one flat folder, and every entry finds its own", () => {
    for (const entry of found.entries) {
      const result = found.artifacts.get(entry.payloads[0]?.artifactId ?? "");
      expect(result?.name).toContain("projects/wine-old/cache/steps/stable_");
    }
  });

  test("a chart hangs on the run by its folder, though no row names it; what its script printed does not", () => {
    const [chart, ...others] = found.runs.get(first)?.charts ?? [];
    expect(others).toEqual([]);
    expect(chart).toMatchObject({ process: "bars", title: "bars.png", mediaType: "image/png", bytesRecorded: null });
    expect(found.artifacts.get(chart?.artifactId ?? "")?.name).toContain("/20261120_234507/bars.png");
    expect(found.runs.get(second)?.charts).toEqual([]);
  });

  test("metrics hang on process/step, without brackets", () => {
    expect(found.runs.get(first)?.metrics).toMatchObject([
      { process: "prepare", step: "load_rows", name: "rows", last: 178, kind: "scalar" },
    ]);
  });

  test("there is no version, so params are not recorded", () => {
    expect(found.runs.get(first)).toMatchObject({
      version: null,
      params: null,
      paramsOrigin: null,
      status: "completed",
    });
  });
});

describe("seed-mini: copies by seed", () => {
  let found: Collected;
  beforeAll(async () => {
    found = await collectFacts(await openFolderSlots(join(fixtures, "sqlite-seeds")));
  });
  const first = "project-seed-mini-20261120234844-fa252eb0";
  const second = "project-seed-mini-20261120234851-85887a4a";

  test("each copy is a process of its own, shown with its seed", () => {
    const shown = found.runs.get(first)?.steps.map((use) => [use.process, use.step, use.origin]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ["fan", null, "executed"],
        ["fit[seed=11]", "fit_one", "executed"],
        ["fit[seed=11]", null, "executed"],
        ["fit[seed=12]", "fit_one", "executed"],
        ["fit[seed=12]", null, "executed"],
        ["gather", null, "executed"],
        ["read", null, "executed"],
      ]),
    );
    expect(shown).toHaveLength(7);
    expect(found.runs.get(second)?.steps.map((use) => use.origin)).toEqual(Array(5).fill("reused"));
  });

  test("copies share input and function, not config; the split node has no function", () => {
    const parts = (process: string) =>
      found.entries.find((entry) => entry.process === process && entry.step === null)?.keyParts;
    const [eleven, twelve] = [parts("fit[seed=11]"), parts("fit[seed=12]")];
    expect(eleven?.[0]).toEqual(twelve?.[0]);
    expect(eleven?.[1]).not.toEqual(twelve?.[1]);
    expect(parts("fan")?.[2]).toEqual({ name: "function", value: "none" });
  });

  test("their metrics do not mix, and a dict logged by the tool is text, no series", () => {
    const metrics = found.runs.get(first)?.metrics ?? [];
    const acc = metrics.filter((metric) => metric.name === "acc");
    expect(acc.map((metric) => [metric.process, metric.step, metric.count])).toEqual([
      ["fit[seed=11]", "fit_one", 10],
      ["fit[seed=12]", "fit_one", 10],
    ]);
    expect(new Set(acc.map((metric) => metric.id)).size).toBe(2);
    expect(metrics.filter((metric) => metric.process === "gather").map((metric) => [metric.name, metric.kind])).toEqual(
      [
        ["kind", "text"],
        ["value", "text"],
      ],
    );
  });
});
