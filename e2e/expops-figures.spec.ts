import { expect, test } from "playwright/test";
import { combinations, shown, splitProbePath, splitStep } from "./support/expected-figures.ts";
import type { TestRedis } from "./support/redis-server.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

interface Listed<Item> {
  items: Item[];
  total: { value: number } | null;
}
interface RunRow {
  id: string;
  name: string;
  status: string;
}
interface RunAnswer extends RunRow {
  steps: {
    process: string;
    step: string | null;
    origin: string;
    executionSeconds: number | null;
    producer: { runId: string; executionSeconds: number } | null;
  }[];
}
interface EntryRow {
  id: string;
  process: string | null;
  step: string | null;
  scope: string;
  state: string;
  status: string;
  keyParts: { name: string; value: string }[];
  bytes: number | null;
  producerRunId: string | null;
}

for (const { name, figures, open } of combinations) {
  test.describe(`the six runs of wine-lab on ${name}`, () => {
    test.describe.configure({ mode: "serial" });
    let server: TrialdeckServer;
    let redis: TestRedis | null = null;
    let source: string;
    let runs: Map<string, RunRow>;

    test.beforeAll(async () => {
      const opened = await open();
      redis = opened.redis;
      server = await startTrialdeck([opened.target]);
      await untilIndexed(server);
      source = (await server.ask<Listed<{ id: string }>>("/sources")).items[0]?.id ?? "";
      const listed = await server.ask<Listed<RunRow>>("/runs?limit=1000");
      runs = new Map(listed.items.map((run) => [run.name, run]));
    });
    test.afterAll(async () => {
      await server?.stop();
      await redis?.stop();
    });

    test("are all there with their status", () => {
      expect([...runs.values()].map((run) => [run.name, run.status]).sort()).toEqual(
        figures.runs.map((run) => [run.run_id, run.status]).sort(),
      );
    });

    for (const run of figures.runs) {
      test(`${run.label}: what was executed, reused and failed`, async () => {
        const answer = await server.ask<RunAnswer>(`/sources/${source}/runs/${runs.get(run.run_id)?.id}`);
        const got = new Map(answer.steps.map((use) => [`${use.process} ${use.step}`, use]));
        expect(got.size).toBe(Object.keys(run.steps).length);
        for (const [stored, step] of Object.entries(run.steps)) {
          const { process, step: stepName } = splitStep(stored);
          const use = got.get(`${process} ${stepName}`);
          if (step.status === "cached") {
            expect(use, stored).toMatchObject({
              origin: "reused",
              executionSeconds: null,
              producer: { runId: runs.get(step.from_run ?? "")?.id },
            });
            expect(use?.producer?.executionSeconds).toBeCloseTo(step.execution_time ?? Number.NaN, 6);
          } else if (step.status === "completed") {
            expect(use, stored).toMatchObject({ origin: "executed", producer: null });
            if (stepName === null) expect(use?.executionSeconds).toBeCloseTo(step.execution_time ?? Number.NaN, 6);
          } else {
            const neverRan = stepName === null && step.execution_time === 0;
            expect(use, stored).toMatchObject({ origin: neverRan ? "never-ran" : "failed" });
          }
        }
      });

      test(`${run.label}: its metrics`, async () => {
        const { items } = await server.ask<
          Listed<Record<string, unknown> & { name: string; process: string; step: string | null }>
        >(`/sources/${source}/runs/${runs.get(run.run_id)?.id}/metrics`);
        const got = new Map(
          items.map((metric) => [JSON.stringify([metric.process, metric.step, metric.name]), metric]),
        );
        const wanted = Object.entries(run.metrics).flatMap(([path, metrics]) =>
          Object.entries(metrics).map(([metric, figure]) => ({ ...splitProbePath(path), metric, figure })),
        );
        expect(got.size).toBe(wanted.length);
        for (const { process, step, metric, figure } of wanted) {
          const answer = got.get(JSON.stringify([process, step, metric]));
          if (figure.points === undefined) expect(answer?.value, metric).toEqual(figure.value);
          else
            expect(answer, metric).toMatchObject({
              count: figure.points,
              firstStep: figure.first_step,
              lastStep: figure.last_step,
              last: figure.last_value,
            });
        }
      });

      test(`${run.label}: its charts`, async () => {
        const { items } = await server.ask<Listed<{ name: string; bytes: number }>>(
          `/sources/${source}/runs/${runs.get(run.run_id)?.id}/artifacts?limit=1000`,
        );
        const charts = Object.values(run.charts).flat();
        const files = items
          .filter((item) => item.name.includes("/artifacts/"))
          .map((item) => [item.name.split("/").at(-1), item.bytes]);
        expect(files.sort()).toEqual(charts.map((chart) => [chart.title, chart.bytes_on_disk]).sort());
      });
    }

    test("every entry has its key parts, producer, users and bytes", async () => {
      const { items } = await server.ask<Listed<EntryRow>>("/cache/entries?limit=1000");
      const keyed = items.filter((entry) => entry.state !== "orphan");
      const wanted = [...figures.process_entries, ...figures.step_entries];
      expect(keyed.length).toBe(wanted.length);
      // Files that no index row names: what results refer to from inside, so none of them is an orphan.
      const files = await server.ask<Listed<{ name: string; bytes: number }>>(
        `/sources/${source}/artifacts?limit=1000`,
      );
      const listed = new Map(files.items.map((file) => [file.name, file.bytes]));
      for (const [path, bytes] of figures.files.not_referenced_by_any_index_row)
        expect([...listed].find(([name]) => name.endsWith(path))?.[1], path).toBe(bytes);
      expect(items.filter((entry) => entry.state === "orphan")).toEqual([]);
      const keyOf = (scope: string, process: string | null, hashes: string[]) =>
        JSON.stringify([scope, process, ...hashes]);
      const got = new Map(
        keyed.map((entry) => [
          keyOf(
            entry.scope,
            entry.process,
            ["input", "config", "function"].map(
              (part) => entry.keyParts.find(({ name: partName }) => partName === part)?.value ?? "",
            ),
          ),
          entry,
        ]),
      );
      for (const [scope, entries] of [
        ["process", figures.process_entries],
        ["step", figures.step_entries],
      ] as const) {
        for (const want of entries) {
          const entry = got.get(
            keyOf(scope, shown(want.process), [want.input_hash, want.config_hash, want.function_hash]),
          );
          expect(entry, `${scope} ${want.process}`).toMatchObject({ status: want.status, bytes: want.payload_bytes });
          if (want.status === "completed") expect(entry?.producerRunId).toBe(runs.get(want.producer_run)?.id);
          const { usedBy } = await server.ask<{ usedBy: { runName: string; how: string }[] }>(
            `/sources/${source}/cache/entries/${entry?.id}`,
          );
          const users = Object.fromEntries(
            usedBy.map((use) => [use.runName, use.how === "produced" ? "produced" : "hit"]),
          );
          expect(users, want.process).toEqual(want.used_by_runs);
        }
      }
    });
  });
}
