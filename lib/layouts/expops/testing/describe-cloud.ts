import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { OpenSlots } from "../../../contracts/layout.ts";
import type { MetricFact, RunFact, StepUseFact } from "../../../domain/facts.ts";
import { displayProcess, splitProbePath } from "../names.ts";
import { runIdOf } from "../paths.ts";
import { type Collected, collectFacts, FactStore, fixtures } from "./collect-facts.ts";

/** What six runs left in Firestore and a bucket. Metrics are as stored: those of a reused process are a copy, which may be another run's. */
interface Expected {
  runs: {
    label: string;
    run_id: string;
    status: string;
    timestamps: { start: number; end: number };
    steps: Record<string, { status: string; from_run: string | null }>;
    metrics: Record<string, Record<string, Figures>>;
    charts: Record<string, { title: string; object_path: string; size_bytes: number; mime_type: string }[]>;
  }[];
  process_entries: ExpectedEntry[];
  step_entries: ExpectedEntry[];
}
interface Figures {
  points?: number;
  first_step?: number;
  last_step?: number;
  last_value?: number;
  value?: unknown;
}
interface ExpectedEntry {
  process: string;
  step?: string;
  input_hash: string;
  config_hash: string;
  function_hash: string;
  status: string;
  producer_run: string;
  object: string | null;
  bytes: number | null;
}

const expected = JSON.parse(readFileSync(join(fixtures, "EXPECTED.firestore.json"), "utf8")) as Expected;
const idOf = (runName: string) => runIdOf("lab", "wine-lab", runName);

/**
 * Six runs of wine-lab whose results are in a bucket. `isMerged`: the index is in documents, where metrics may be another run's copies and what
 * expires stays.
 */
export function describeCloud(name: string, openSlots: () => Promise<OpenSlots>, { isMerged = true } = {}): void {
  describe(`wine-lab in ${name}`, () => {
    let found: Collected;
    beforeAll(async () => {
      found = await collectFacts(await openSlots(), new FactStore(Date.now()));
    });

    test("is one experiment with these runs, though the document of the project does not exist", () => {
      expect(found.experiments).toEqual(["wine-lab"]);
      expect([...found.runs.keys()].sort()).toEqual(expected.runs.map((run) => run.run_id).sort());
    });

    describe.each(expected.runs)("$label", (run) => {
      let fact: RunFact;
      beforeAll(() => {
        fact = found.runs.get(run.run_id) as RunFact;
      });

      test("status and times: the start survives here", () => {
        expect(fact.status).toBe(run.status);
        expect(fact.startedAt).toBeCloseTo(run.timestamps.start * 1000, 1);
        expect(fact.endedAt).toBeCloseTo(run.timestamps.end * 1000, 1);
      });

      test("every process and step, with who made it", () => {
        expect(fact.steps).toHaveLength(Object.keys(run.steps).length);
        for (const [key, stored] of Object.entries(run.steps)) {
          const [process = "", name = ""] = key.split(" : ");
          const step = name === "__process__" ? null : name;
          const use = fact.steps.find(
            (one) => one.process === displayProcess(process) && one.step === step,
          ) as StepUseFact;
          expect(use, key).toBeDefined();
          if (stored.status === "cached") expect(use.origin).toBe("reused");
          expect(use.producer?.runId ?? null, key).toBe(stored.from_run && idOf(stored.from_run));
        }
      });

      test("every metric with its figures, those of what was reused from the run that made it", () => {
        const wanted = Object.entries(run.metrics).flatMap(([path, metrics]) =>
          Object.keys(metrics).map((metric) => ({ path, ...splitProbePath(path), metric })),
        );
        expect(fact.metrics).toHaveLength(wanted.length);
        for (const { path, process, step, metric } of wanted) {
          const producer = run.steps[`${process} : __process__`]?.from_run ?? null;
          const origin = expected.runs.find(({ run_id }) => run_id === (producer ?? run.run_id));
          const figures = origin?.metrics[path]?.[metric] as Figures;
          const head = fact.metrics.find(
            (one) => one.process === displayProcess(process) && one.step === step && one.name === metric,
          ) as MetricFact;
          expect(head, metric).toBeDefined();
          expect(head.producerRunId).toBe(producer && idOf(producer));
          if (figures.points === undefined) expect(head).toMatchObject({ kind: "text", value: figures.value });
          else {
            const { points: count, first_step: firstStep, last_step: lastStep, last_value: last } = figures;
            expect(head).toMatchObject({ count, firstStep, lastStep, last });
          }
        }
      });

      test("says where the stored copy is another run's", () => {
        const differs = Object.entries(run.metrics).some(([path, metrics]) => {
          const producer = run.steps[`${splitProbePath(path).process} : __process__`]?.from_run;
          const origin = expected.runs.find(({ run_id }) => run_id === producer);
          return origin !== undefined && JSON.stringify(origin.metrics[path]) !== JSON.stringify(metrics);
        });
        expect(fact.warnings.map(({ code }) => code)).toEqual(isMerged && differs ? ["metrics-from-other-run"] : []);
      });

      test("every chart with its recorded size, and the object that stands there now", () => {
        const wanted = Object.values(run.charts).flat();
        expect(fact.charts).toHaveLength(wanted.length);
        for (const { object_path, size_bytes, mime_type } of wanted) {
          const name = object_path.replace("gs://lab-bucket/", "");
          const file = [...found.artifacts.values()].find((artifact) => artifact.name === name);
          expect(file).toMatchObject({ role: "chart" });
          const chart = fact.charts.find((one) => one.artifactId === file?.id);
          expect(chart).toMatchObject({ mediaType: mime_type, bytesRecorded: size_bytes });
        }
      });
    });

    const entries = [...expected.process_entries, ...expected.step_entries];
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
      expect(fact).toMatchObject({ status: entry.status, producerRunId: idOf(entry.producer_run), expiresAt: null });
      expect(fact?.ttl ?? null).toEqual(isMerged ? { seconds: expect.any(Number), enforced: false } : null);
      const result = fact?.payloads.find((payload) => payload.role === "result");
      if (entry.object === null) expect(result).toBeUndefined();
      else {
        const name = entry.object.replace("gs://lab-bucket/", "");
        expect(found.artifacts.get(result?.artifactId ?? "")).toMatchObject({ name, bytes: entry.bytes });
      }
    });
  });
}
