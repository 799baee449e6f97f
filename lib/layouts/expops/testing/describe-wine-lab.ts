import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { OpenSlots } from "../../../contracts/layout.ts";
import type { MetricFact, RunFact, StepUseFact } from "../../../domain/facts.ts";
import { displayProcess, splitProbePath } from "../names.ts";
import { runIdOf } from "../paths.ts";
import { type Collected, collectFacts, FactStore, fixtures } from "./collect-facts.ts";

/** What the tool stored in six runs, computed from its own key store and from what it printed: every figure of it must come out of a scan. */
export interface Expected {
  runs: ExpectedRun[];
  process_entries: ExpectedEntry[];
  step_entries: ExpectedEntry[];
  files: { cache_files: number; artifact_files: number; not_referenced_by_any_index_row: [string, number][] };
}
interface ExpectedRun {
  label: string;
  run_id: string;
  status: string;
  timestamps: { end: number };
  steps: Record<string, { status: string; execution_time: number; from_run?: string }>;
  metrics: Record<
    string,
    Record<string, { points?: number; first_step?: number; last_step?: number; last_value?: number; value?: unknown }>
  >;
  charts: Record<
    string,
    { title: string; mime_type: string; recorded_bytes: number; path: string; bytes_on_disk: number }[]
  >;
}
interface ExpectedEntry {
  process: string;
  step?: string;
  input_hash: string;
  config_hash: string;
  function_hash: string;
  status: string;
  producer_run: string;
  used_by_runs: Record<string, "produced" | "hit">;
  payload: string | null;
  payload_bytes: number | null;
}

export const wineLab = JSON.parse(readFileSync(join(fixtures, "EXPECTED.json"), "utf8")) as Record<
  "sqlite" | "redis",
  Expected
>;

/** The six runs of wine-lab with their files, out of whatever holds them. */
export function describeWineLab(
  name: string,
  { runs, process_entries, step_entries, files }: Expected,
  openSlots: () => Promise<OpenSlots>,
): void {
  describe(`wine-lab in ${name}`, () => {
    let found: Collected;
    beforeAll(async () => {
      found = await collectFacts(await openSlots(), new FactStore(Date.now()));
    });
    const idOf = (runName: string) => runIdOf("lab", "wine-lab", runName);

    test("is one experiment with these runs", () => {
      expect(found.experiments).toEqual(["wine-lab"]);
      expect([...found.runs.keys()].sort()).toEqual(runs.map((run) => run.run_id).sort());
    });

    describe.each(runs)("$label", (run) => {
      let fact: RunFact;
      beforeAll(() => {
        fact = found.runs.get(run.run_id) as RunFact;
      });

      test("status and times", () => {
        expect(fact).toMatchObject({ status: run.status, warnings: [] });
        expect(fact.endedAt).toBeCloseTo(run.timestamps.end * 1000, 1);
        const [, day, time] = /-(\d{8})(\d{6})-/.exec(run.run_id) as unknown as [string, string, string];
        expect(new Date(fact.startedAt ?? 0).toISOString().replace(/[-:]/g, "")).toBe(`${day}T${time}.000Z`);
      });

      test("every process and step, with who made it and how long it took", () => {
        expect(fact.steps).toHaveLength(Object.keys(run.steps).length);
        for (const [key, stored] of Object.entries(run.steps)) {
          const [process, step] = splitStepKey(key);
          const use = fact.steps.find((one) => one.process === process && one.step === step) as StepUseFact;
          expect(use, key).toBeDefined();
          expect(use.origin, key).toBe(originOf(stored, step, run));
          if (use.origin === "reused") {
            expect(use).toMatchObject({ startedAt: null, endedAt: null, executionSeconds: null });
            expect(use.producer).toMatchObject({
              runId: idOf(stored.from_run as string),
              executionSeconds: stored.execution_time,
            });
          } else {
            expect(use.producer, key).toBeNull();
            if (step === null && use.origin !== "never-ran") expect(use.executionSeconds).toBe(stored.execution_time);
          }
        }
      });

      test("every metric with its figures, and whose it is", () => {
        const wanted = Object.entries(run.metrics).flatMap(([path, metrics]) =>
          Object.entries(metrics).map(([metric, figures]) => ({ ...splitProbePath(path), metric, figures })),
        );
        expect(fact.metrics).toHaveLength(wanted.length);
        for (const { process, step, metric, figures } of wanted) {
          const head = fact.metrics.find(
            (one) => one.process === displayProcess(process) && one.step === step && one.name === metric,
          ) as MetricFact;
          expect(head, metric).toBeDefined();
          if (figures.points === undefined)
            expect(head).toMatchObject({ kind: "text", value: figures.value, count: 0 });
          else {
            const { points: count, first_step: firstStep, last_step: lastStep, last_value: last } = figures;
            expect(head).toMatchObject({ count, firstStep, lastStep, last, nonFinite: 0 });
          }
          const stored = run.steps[`${process}:__process__`];
          expect(head.producerRunId, metric).toBe(stored?.from_run ? idOf(stored.from_run) : null);
        }
      });

      test("every chart with its recorded size, and the file that stands there now", () => {
        const wanted = Object.entries(run.charts).flatMap(([process, items]) =>
          items.map((item) => ({ process, ...item })),
        );
        expect(fact.charts).toHaveLength(wanted.length);
        for (const item of wanted) {
          const chart = fact.charts.find(
            (one) => one.process === displayProcess(item.process) && one.title === item.title,
          );
          expect(chart).toMatchObject({ mediaType: item.mime_type, bytesRecorded: item.recorded_bytes });
          expect(found.artifacts.get(chart?.artifactId ?? "")).toMatchObject({
            name: item.path,
            bytes: item.bytes_on_disk,
            role: "chart",
          });
        }
      });
    });

    const entries = [...process_entries, ...step_entries];
    test(`has ${entries.length} entries`, () => {
      expect(found.entries).toHaveLength(entries.length);
    });

    test.each(entries)("$process / $step of $status, made by $producer_run", (entry) => {
      const parts = [entry.input_hash, entry.config_hash, entry.function_hash];
      const fact = found.entries.find(
        (one) =>
          one.process === displayProcess(entry.process) &&
          one.step === (entry.step ?? null) &&
          one.keyParts.every((part, index) => part.value === parts[index]),
      );
      expect(fact).toMatchObject({ status: entry.status, producerRunId: idOf(entry.producer_run), warnings: [] });
      expect(fact?.state).toBe(entry.payload === null ? "not-served" : "usable");
      const result = fact?.payloads.find((payload) => payload.role === "result");
      if (entry.payload === null) expect(result).toBeUndefined();
      else {
        expect(found.artifacts.get(result?.artifactId ?? "")).toMatchObject({
          name: entry.payload,
          bytes: entry.payload_bytes,
        });
        expect(fact?.payloadsComplete).toBe(true);
      }
      const users = [...found.runs.values()].flatMap((run) =>
        run.steps
          .filter((use) => use.entry && "id" in use.entry && use.entry.id === fact?.id)
          .map((use) => [run.name, use.origin === "reused" ? "hit" : "produced"] as const),
      );
      expect(Object.fromEntries(users)).toEqual(entry.used_by_runs);
    });

    test("has these files; each is named by an entry, a run or another file", () => {
      const names = [...found.artifacts.values()].map((artifact) => artifact.name);
      expect(names.filter((one) => one.includes("/cache/"))).toHaveLength(files.cache_files);
      expect(names.filter((one) => one.includes("/artifacts/"))).toHaveLength(files.artifact_files);
      const byRows = new Set(
        found.entries.flatMap((entry) =>
          entry.payloads.filter(({ role }) => role === "result").map((one) => one.artifactId),
        ),
      );
      const charts = new Set([...found.runs.values()].flatMap((run) => run.charts.map((chart) => chart.artifactId)));
      const unnamed = [...found.artifacts.values()].filter(({ id }) => !byRows.has(id) && !charts.has(id));
      const wanted = files.not_referenced_by_any_index_row.map(([path, bytes]) => [`wine-lab/${path}`, bytes]);
      expect(unnamed.map((artifact) => [artifact.name, artifact.bytes]).sort()).toEqual(wanted.sort());
      const inResults = new Set(found.entries.flatMap((entry) => entry.payloads.map((payload) => payload.artifactId)));
      expect(unnamed.filter(({ id }) => !inResults.has(id))).toEqual([]);
    });
  });
}

function splitStepKey(key: string): [string, string | null] {
  const at = key.indexOf("']:") + 2;
  const step = key.slice(at + 1);
  return [displayProcess(key.slice(0, at)), step === "__process__" ? null : step];
}

/** The stored word of what failed says too little: what raised has a time, what stands behind it has none. */
function originOf(stored: { status: string; execution_time: number }, step: string | null, run: ExpectedRun): string {
  if (stored.status === "completed") return "executed";
  if (stored.status === "cached") return "reused";
  if (step !== null && run.status === "failed") return "failed";
  return stored.execution_time > 0 ? "failed" : "never-ran";
}
