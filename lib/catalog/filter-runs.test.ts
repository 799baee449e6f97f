import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunFact } from "../domain/facts.ts";
import type { PlainValue } from "../domain/values.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleMetric, sampleRun, sampleUse } from "./testing/sample-facts.ts";
import {
  compareLoose,
  compareOrdered,
  nested,
  operators,
  type SampleFilter,
  written,
} from "./testing/sample-filters.ts";

const now = Date.UTC(2026, 10, 20);
const day = 86_400_000;

/** A run as the oracle sees it. */
type Run = RunFact;

const paramValues: PlainValue[] = [
  0,
  1,
  2.5,
  -0,
  "2.5",
  "b",
  "B",
  "aa",
  true,
  null,
  Number.NaN,
  9007199254740993n,
  "9007199254740992",
  "",
  "x".repeat(300),
  [1, 2],
];
const metricValues = [0, 1, -1.5, 2.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null];
const names = ["alpha", "Beta run", "%_'\"", "ÄÖ", "gamma"];

function pick<Value>(from: readonly Value[], seed: number): Value {
  return from[Math.abs(seed) % from.length]!;
}

const runs: Run[] = Array.from({ length: 60 }, (_, index) => {
  const seed = index * 7919;
  const metric = (name: string, process: string | null, value: number | null) =>
    sampleMetric(name, {
      id: `${process}/${name}`,
      process,
      last: value,
      min: Number.isFinite(value) ? value! - 1 : null,
      max: Number.isFinite(value) ? value! + 1 : null,
    });
  return sampleRun(`run-${index}`, {
    name: `${pick(names, index)} ${index}`,
    experimentId: pick(["exp-a", "exp-b"], index),
    status: pick(["completed", "failed", "running"], seed >> 3),
    startedAt: index % 9 === 0 ? null : now - ((index * 11) % 40) * day,
    endedAt: index % 4 === 0 ? null : now - ((index * 11) % 40) * day + (index % 6) * 3_600_000,
    params:
      index % 10 === 0
        ? null
        : {
            a: pick(paramValues, index),
            "t.b": pick(paramValues, index * 3 + 1),
            "u.x.b": pick(paramValues, index * 5),
            ...(index % 2 && { c: index % 5 }),
          },
    tags: {
      ...(index % 3 === 0 && { old: true }),
      ...(index % 4 === 0 && { team: pick(["old", "red", 3], index >> 2) }),
    },
    version:
      index % 5 === 0 ? null : { hash: `v${index % 4}`, found: null, commit: null, committedAt: null, seenAt: null },
    metrics: [
      metric("loss", "train", pick(metricValues, index)),
      ...(index % 3 ? [metric("loss", "eval", pick(metricValues, index * 5 + 2))] : []),
      ...(index % 7 ? [] : [metric("acc", null, 0.5)]),
    ],
    steps: [
      sampleUse(pick(["train", "eval"], index)),
      ...(index % 5 === 0 ? [sampleUse("train", { step: "fit" })] : []),
    ],
  });
});

function leaf(text: fc.Arbitrary<string>, matches: (run: Run) => boolean): fc.Arbitrary<SampleFilter<Run>> {
  return text.map((written) => ({ text: written, matches }));
}
const operator = fc.constantFrom(...operators);
const literal = fc.constantFrom<(number | string)[]>(
  0,
  1,
  2.5,
  -1.5,
  3,
  "b",
  "B",
  "aa",
  "true",
  "2.5",
  "old",
  "x".repeat(300),
  "NaN",
  "Infinity",
  "9007199254740993",
  "9007199254740992",
  "",
);

/** `recorded`: also a value of null counts as there, as it does for a metric, whose head is recorded even when it has no value. */
function valued(
  name: string,
  read: (run: Run) => (PlainValue | undefined)[],
  recorded = false,
): fc.Arbitrary<SampleFilter<Run>> {
  const asLoose = (value: PlainValue | undefined) =>
    (Array.isArray(value) ? JSON.stringify(value) : value) as Parameters<typeof compareLoose>[0];
  const present = (run: Run) => read(run).filter((value) => value !== undefined && value !== null);
  return fc.oneof(
    fc.tuple(operator, literal).map(([op, wanted]) => ({
      text: `${name} ${op} ${written(wanted)}`,
      matches: (run: Run) =>
        read(run).some((value) => isExactly(asLoose(value), op, wanted) ?? compareLoose(asLoose(value), op, wanted)),
    })),
    fc.array(literal, { minLength: 1, maxLength: 3 }).map((wanted) => ({
      text: `${name} in (${wanted.map(written).join(", ")})`,
      matches: (run: Run) =>
        read(run).some((value) =>
          wanted.some((one) => isExactly(asLoose(value), "=", one) ?? compareLoose(asLoose(value), "=", one)),
        ),
    })),
    leaf(fc.constant(`${name} exists`), (run) => (recorded ? read(run) : present(run)).length > 0),
    fc.constantFrom("x", "B", "5", "nan", "[1").map((part) => ({
      text: `${name} ~ ${written(part)}`,
      matches: (run: Run) =>
        present(run).some((value) => String(asLoose(value)).toLowerCase().includes(part.toLowerCase())),
    })),
  );
}

/** Integers beyond 2^53 are equal by their digits. */
function isExactly(value: Parameters<typeof compareLoose>[0], op: string, wanted: number | string): boolean | null {
  const digits = (text: unknown) => (/^\d{16,}$/.test(String(text)) ? String(text) : null);
  const both = digits(value) !== null && digits(wanted) !== null;
  if (!both || (op !== "=" && op !== "!=")) return null;
  return (digits(value) === digits(wanted)) === (op === "=");
}

function numbered(
  name: string,
  read: (run: Run) => number | null,
  literals: (number | string)[],
  secondsOf: (literal: number | string) => number,
) {
  return fc.oneof(
    fc.tuple(operator, fc.constantFrom(...literals)).map(([op, wanted]) => ({
      text: `${name} ${op} ${wanted}`,
      matches: (run: Run) => read(run) !== null && compareOrdered(read(run)!, op, secondsOf(wanted)),
    })),
    leaf(fc.constant(`${name} exists`), (run) => read(run) !== null),
  );
}

function texted(
  name: string,
  read: (run: Run) => (string | null)[],
  literals: string[],
): fc.Arbitrary<SampleFilter<Run>> {
  return fc.oneof(
    fc.tuple(operator, fc.constantFrom(...literals)).map(([op, wanted]) => ({
      text: `${name} ${op} ${written(wanted)}`,
      matches: (run: Run) => read(run).some((value) => value !== null && compareOrdered(value, op, wanted)),
    })),
    fc.constantFrom(...literals).map((wanted) => ({
      text: `${name} ~ ${written(wanted.slice(0, 2).toUpperCase())}`,
      matches: (run: Run) =>
        read(run).some((value) => value?.toLowerCase().includes(wanted.slice(0, 2).toLowerCase()) ?? false),
    })),
  );
}

const ageOf = (run: Run) => (run.startedAt === null ? null : (now - run.startedAt) / 1000);
const durationOf = (run: Run) =>
  run.startedAt === null || run.endedAt === null ? null : (run.endedAt - run.startedAt) / 1000;
const metricOf = (name: string, process: string | null, stat: "last" | "min" | "max") => (run: Run) =>
  run.metrics
    .filter((metric) => metric.name === name && (process === null || metric.process === process))
    .map((metric) => metric[stat]);

const condition = fc.oneof(
  fc.constantFrom("alp", "BETA", "äö", "%_'", "7").map((word) => ({
    text: written(word),
    matches: (run: Run) => run.name.toLowerCase().includes(word.toLowerCase()),
  })),
  leaf(fc.constant("tag:old"), (run) => "old" in run.tags || Object.values(run.tags).includes("old")),
  valued("params.a", (run) => [run.params?.a]),
  valued('params."t.b"', (run) => [run.params?.["t.b"]]),
  valued("params.b", (run) => [run.params?.["t.b"], run.params?.["u.x.b"]]),
  valued("params.x.b", (run) => [run.params?.["u.x.b"]]),
  valued("params.c", (run) => [run.params?.c]),
  valued("params.nowhere", () => []),
  valued("tags.team", (run) => [run.tags.team]),
  valued("metrics.loss", metricOf("loss", null, "last"), true),
  valued("metrics.train.loss", metricOf("loss", "train", "last"), true),
  valued('metrics."eval.loss".min', metricOf("loss", "eval", "min")),
  valued("metrics.loss.max", metricOf("loss", null, "max")),
  texted("status", (run) => [run.status], ["completed", "failed", "running"]),
  texted("name", (run) => [run.name], ["alpha 0", "Beta run 1", "gamma"]),
  texted("version", (run) => [run.version?.hash ?? null], ["v0", "v2"]),
  texted("process", (run) => run.steps.map((use) => use.process), ["train", "eval"]),
  texted("step", (run) => run.steps.map((use) => use.step), ["fit"]),
  fc.constantFrom("=", "!=").map((op) => ({
    text: `experiment ${op} wine`,
    matches: (run: Run) => (run.experimentId === "exp-a") === (op === "="),
  })),
  numbered(
    "age",
    ageOf,
    ["3d", "36h", "2w", "864000s"],
    (wanted) =>
      ({ "3d": 259_200, "36h": 129_600, "2w": 1_209_600, "864000s": 864_000 })[String(wanted)] ?? Number(wanted),
  ),
  numbered(
    "duration",
    durationOf,
    ["1h", "90s", "7200s", 0],
    (wanted) => ({ "1h": 3600, "90s": 90, "7200s": 7200 })[String(wanted)] ?? Number(wanted),
  ),
  fc.tuple(operator, fc.constantFrom("2026-11-09", "2026-11")).map(([op, unit]) => {
    const from = unit === "2026-11" ? Date.UTC(2026, 10, 1) : Date.UTC(2026, 10, 9);
    const to = unit === "2026-11" ? Date.UTC(2026, 11, 1) : Date.UTC(2026, 10, 10);
    const inside = (time: number) => time >= from && time < to;
    const holds = (time: number) =>
      ({
        "=": inside(time),
        "!=": !inside(time),
        "<": time < from,
        "<=": time < to,
        ">": time >= to,
        ">=": time >= from,
      })[op];
    return { text: `started ${op} ${unit}`, matches: (run: Run) => run.startedAt !== null && holds(run.startedAt) };
  }),
);

let catalog: ReturnType<typeof openSampleCatalog>;
beforeAll(async () => {
  catalog = openSampleCatalog(() => now);
  await catalog.sweep([
    { kind: "experiment", id: "exp-a", name: "wine" },
    { kind: "experiment", id: "exp-b", name: "beer" },
    ...runs.map(factOf.run),
  ]);
});
afterAll(() => catalog.dispose());

test("any filter finds what reading each run would find", async () => {
  await fc.assert(
    fc.asyncProperty(nested(condition), async ({ text, matches }) => {
      const { items, total } = await catalog.reader.runs({ sources: ["src"], scope: everything, limit: 100, q: text });
      expect(items.map(({ id }) => id).sort(), text).toEqual(
        runs
          .filter(matches)
          .map(({ id }) => id)
          .sort(),
      );
      expect(total).toEqual({ value: items.length, exact: true });
    }),
    { seed: 20261120, numRuns: 500 },
  );
});

test("a filter that is none says where and what was expected", async () => {
  const asked = catalog.reader.runs({ sources: ["src"], scope: everything, limit: 10, q: "metrics.loss <" });
  await expect(asked).rejects.toMatchObject({
    code: "bad_request",
    details: { position: 14, expected: ["a number or a text, quoted if it holds blanks"] },
  });
});
