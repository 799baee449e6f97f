import { createHash } from "node:crypto";
import type { EntryFact, Fact, MetricFact } from "../lib/domain/facts.ts";

/** Facts for the bench: the same ones each time. */
const batch = 500;
const firstStart = Date.UTC(2026, 0, 1);
const paramCount = 20;

function idOf(...name: (string | number)[]): string {
  return createHash("sha256").update(name.join("/")).digest("base64url").slice(0, 16);
}

export function metricId(number: number): string {
  return idOf("metric", number);
}

/** Mulberry32: small and repeatable. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Runs with 20 params and metrics for the rest of the values, in batches. */
export function* generateRuns(runs: number, values: number): Generator<Fact[]> {
  const random = randomOf(1);
  const ids = Array.from({ length: values - paramCount }, (_, metric) => metricId(metric));
  for (let start = 0; start < runs; start += batch) {
    yield Array.from({ length: Math.min(batch, runs - start) }, (_, index): Fact => {
      const run = start + index;
      const metrics = ids.map((id, metric): MetricFact => {
        const last = random();
        return {
          id,
          name: `m${metric}`,
          process: null,
          step: null,
          kind: "series",
          xAxes: ["step"],
          producerRunId: null,
          count: 100,
          firstStep: 0,
          lastStep: 99,
          last,
          min: last / 2,
          max: last * 2,
          nonFinite: 0,
        };
      });
      const params = Object.fromEntries(
        Array.from({ length: paramCount }, (_, param) => [`p${param}`, (run * (param + 1)) % 10]),
      );
      const startedAt = firstStart + run * 60_000;
      return {
        kind: "run",
        run: {
          id: idOf("run", run),
          name: `run-${run}`,
          experimentId: "exp",
          status: run % 10 === 0 ? "failed" : "completed",
          startedAt,
          endedAt: startedAt + 30_000,
          lastActivityAt: startedAt,
          params,
          paramsOrigin: "recorded",
          tags: {},
          version: null,
          steps: [],
          metrics,
          charts: [],
          warnings: [],
          token: `t${run}`,
        },
      };
    });
  }
}

/** Entries as a cache of steps has them: three hashes in a key, 20 processes. */
export function* generateEntries(entries: number): Generator<Fact[]> {
  for (let start = 0; start < entries; start += batch * 2) {
    yield Array.from({ length: Math.min(batch * 2, entries - start) }, (_, index): Fact => {
      const number = start + index;
      const hash = createHash("sha256").update(String(number)).digest("hex");
      const process = `process-${number % 20}`;
      const entry: EntryFact = {
        id: idOf("entry", number),
        experimentId: "exp",
        key: `mlops:projects:p:steps:${process}:step:idx:${hash}:${hash}:${hash}`,
        scope: "step",
        process,
        step: `step-${number % 3}`,
        keyParts: [
          { name: "input", value: hash },
          { name: "config", value: hash },
          { name: "function", value: hash },
        ],
        status: "completed",
        state: "usable",
        version: null,
        producerRunId: idOf("run", number % 1000),
        createdAt: firstStart + number * 1000,
        executionSeconds: number % 100,
        expiresAt: null,
        ttl: null,
        payloads: [{ artifactId: idOf("artifact", number), role: "result" }],
        payloadsComplete: true,
        warnings: [],
        locator: `index ${number}`,
        token: `t${number}`,
      };
      return { kind: "entry", entry };
    });
  }
}

/** 100 runs of 1,000 points and 10 of 100,000. */
export function* generateSeries(): Generator<Fact[]> {
  const random = randomOf(2);
  const shapes = [
    ...Array.from({ length: 100 }, (_, run) => ({ id: `short-${run}`, points: 1000 })),
    ...Array.from({ length: 10 }, (_, run) => ({ id: `long-${run}`, points: 100_000 })),
  ];
  for (const { id, points } of shapes) {
    const steps = Float64Array.from({ length: points }, (_, step) => step);
    const values = steps.map((step) => 1 / (1 + step / 100) + random() / 50);
    const last = values.at(-1)!;
    yield [
      {
        kind: "run",
        run: {
          id,
          name: id,
          experimentId: "exp",
          status: "completed",
          startedAt: firstStart,
          endedAt: firstStart,
          lastActivityAt: null,
          params: null,
          paramsOrigin: null,
          tags: {},
          version: null,
          steps: [],
          charts: [],
          warnings: [],
          token: id,
          metrics: [
            {
              id: "loss",
              name: "loss",
              process: null,
              step: null,
              kind: "series",
              xAxes: ["step"],
              producerRunId: null,
              count: points,
              firstStep: 0,
              lastStep: points - 1,
              last,
              min: last,
              max: last,
              nonFinite: 0,
            },
          ],
        },
      },
      { kind: "series", series: { runId: id, metricId: "loss", steps, values, times: null } },
    ];
  }
}
