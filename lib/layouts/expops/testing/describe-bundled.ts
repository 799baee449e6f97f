import { beforeAll, describe, expect, test } from "vitest";
import type { OpenSlots } from "../../../contracts/layout.ts";
import type { EntryFact, MetricFact, RunFact } from "../../../domain/facts.ts";
import { bundledWorkspace } from "./bundled-project.ts";
import { type Collected, collectFacts, openFolderSlots } from "./collect-facts.ts";

/** The bundled project on a pair of engines: each run, metric, entry and user as on those that it was recorded on. `keeps`: metrics that it can hold. */
export function describeBundled(
  name: string,
  openSlots: () => Promise<OpenSlots>,
  keeps: (metric: MetricFact) => boolean = () => true,
): void {
  describe(`the bundled project in ${name}`, () => {
    let recorded: Collected;
    let found: Collected;
    beforeAll(async () => {
      const { index = [], blobs = [] } = await openFolderSlots(bundledWorkspace);
      recorded = await collectFacts({ index, blobs });
      for (const run of recorded.runs.values()) run.metrics = run.metrics.filter(keeps);
      found = await collectFacts(await openSlots());
    });

    test("has the same runs with the same steps, metrics and charts", () => {
      expect(recorded.runs.size).toBe(17);
      expect([...found.runs.keys()].sort()).toEqual([...recorded.runs.keys()].sort());
      for (const [run, fact] of recorded.runs)
        expect(figuresOfRun(found, found.runs.get(run)!), run).toEqual(figuresOfRun(recorded, fact));
    });

    test("has the same points of each metric", () => {
      expect(found.series.map(pointsOf).sort()).toEqual(recorded.series.map(pointsOf).sort());
    });

    test("has the same entries, each with its maker and its files", () => {
      const figures = ({ entries }: Collected, of: Collected) =>
        entries.map((entry) => figuresOfEntry(of, entry)).sort();
      expect(recorded.entries).toHaveLength(99);
      expect(figures(found, found)).toEqual(figures(recorded, recorded));
    });
  });
}

function figuresOfRun(of: Collected, run: RunFact) {
  return {
    status: run.status,
    endedAt: run.endedAt,
    warnings: run.warnings,
    steps: run.steps
      .map(({ process, step, origin, executionSeconds, producer }) =>
        JSON.stringify([process, step, origin, executionSeconds, producer && runNameOf(of, producer.runId)]),
      )
      .sort(),
    metrics: run.metrics
      .map(({ name, process, step, kind, producerRunId, ...figures }) => {
        const { count, firstStep, lastStep, last, min, max, nonFinite, value } = figures;
        const heads = [count, firstStep, lastStep, String(last), min, max, nonFinite, value];
        return JSON.stringify([name, process, step, kind, producerRunId && runNameOf(of, producerRunId), heads]);
      })
      .sort(),
    charts: run.charts
      .map(({ artifactId, title, process, bytesRecorded, producerRunId }) =>
        JSON.stringify([
          [title, process, bytesRecorded, producerRunId && runNameOf(of, producerRunId)],
          of.artifacts.get(artifactId)?.bytes,
        ]),
      )
      .sort(),
  };
}

function figuresOfEntry(of: Collected, entry: EntryFact): string {
  const { scope, process, step, keyParts, status, state, version, producerRunId, executionSeconds } = entry;
  const files = entry.payloads
    .map(({ artifactId, role }) => {
      const file = of.artifacts.get(artifactId);
      return [role, file?.bytes ?? null, file?.name.split("/").at(-1) ?? null].join();
    })
    .sort();
  const producer = producerRunId && runNameOf(of, producerRunId);
  const whole = [entry.payloadsComplete, files];
  return JSON.stringify([scope, process, step, keyParts, status, state, version, producer, executionSeconds, whole]);
}

function pointsOf({ steps, values, metricId }: Collected["series"][number]): string {
  return [metricId, steps, values].join(" ");
}

function runNameOf(of: Collected, runId: string): string | null {
  return [...of.runs.values()].find(({ id }) => id === runId)?.name ?? null;
}
