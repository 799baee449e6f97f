import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ArtifactFact, EntryFact } from "../domain/facts.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";
import { compareOrdered, nested, operators, type SampleFilter, written } from "./testing/sample-filters.ts";

const now = Date.UTC(2026, 10, 20);

/** An entry as the oracle sees it. */
interface Item {
  fact: EntryFact;
  bytes: number | null;
  uses: number;
  state: string;
}

const items: Item[] = Array.from({ length: 40 }, (_, index) => {
  const missing = index % 8 === 3;
  const bytes = missing ? null : index * 1000;
  const state = index % 6 === 5 ? ("not-served" as const) : ("usable" as const);
  const fact = sampleEntry(`entry-${index}`, {
    key: `steps:${index % 2 ? "Train" : "eval"}:${index}%_`,
    process: index % 5 === 0 ? null : `p${index % 3}`,
    step: index % 4 === 0 ? null : "fit",
    status: index % 2 ? "completed" : "Failed",
    state,
    version: index % 3 ? `v${index % 4}` : null,
    createdAt: index % 7 === 0 ? null : now - index * 3_600_000,
    executionSeconds: index % 5 === 1 ? null : index * 60,
    producerRunId: "producer",
    keyParts:
      index % 2
        ? [
            { name: "config", value: `c${index % 3}` },
            { name: "key hash", value: "x" },
          ]
        : [],
    payloads: [{ artifactId: `payload-${index}`, role: "result" }],
  });
  return { fact, bytes, uses: index % 3, state: missing && state === "usable" ? "broken" : state };
});
const runs = [0, 1].map((user) =>
  sampleRun(`user-${user}`, {
    steps: items
      .filter(({ uses }) => uses > user)
      .map(({ fact }, index) =>
        sampleUse(`process ${index}`, {
          origin: "reused",
          executionSeconds: null,
          producer: { runId: "producer", startedAt: null, executionSeconds: 1 },
          entry: { id: fact.id },
        }),
      ),
  }),
);
const artifacts: ArtifactFact[] = items.flatMap(({ fact, bytes }) =>
  bytes === null ? [] : [sampleArtifact(fact.payloads[0]!.artifactId, { bytes })],
);

type Leaf = fc.Arbitrary<SampleFilter<Item>>;
const operator = fc.constantFrom(...operators);

function numbered(name: string, read: (item: Item) => number | null, literals: Record<string, number>): Leaf {
  return fc.tuple(operator, fc.constantFrom(...Object.entries(literals))).map(([op, [text, value]]) => ({
    text: `${name} ${op} ${text}`,
    matches: (item: Item) => read(item) !== null && compareOrdered(read(item)!, op, value),
  }));
}

function texted(name: string, read: (item: Item) => (string | null)[], literals: string[]): Leaf {
  return fc.tuple(fc.constantFrom(...operators, "~"), fc.constantFrom(...literals)).map(([op, wanted]) => ({
    text: `${name} ${op} ${written(wanted)}`,
    matches: (item: Item) =>
      read(item).some(
        (value) =>
          value !== null &&
          (op === "~" ? value.toLowerCase().includes(wanted.toLowerCase()) : compareOrdered(value, op, wanted)),
      ),
  }));
}

const saved = ({ fact, uses }: Item) =>
  uses === 0 ? 0 : fact.executionSeconds === null ? null : uses * fact.executionSeconds;
const condition: Leaf = fc.oneof(
  fc.constantFrom("train", "EVAL:1", "%_", "nothing").map((word) => ({
    text: written(word),
    matches: ({ fact }: Item) => fact.key.toLowerCase().includes(word.toLowerCase()),
  })),
  texted("key", ({ fact }) => [fact.key], ["steps:eval:2%_", "train"]),
  texted("process", ({ fact }) => [fact.process], ["p0", "p1"]),
  texted("step", ({ fact }) => [fact.step], ["fit"]),
  texted("version", ({ fact }) => [fact.version], ["v1", "v2"]),
  texted("part.config", ({ fact }) => fact.keyParts.filter(({ name }) => name === "config").map(({ value }) => value), [
    "c0",
    "c1",
  ]),
  texted(
    'part."key hash"',
    ({ fact }) => fact.keyParts.filter(({ name }) => name === "key hash").map(({ value }) => value),
    ["x"],
  ),
  fc.tuple(fc.constantFrom("=", "!="), fc.constantFrom("usable", "BROKEN", "not-served")).map(([op, state]) => ({
    text: `state ${op} ${state}`,
    matches: (item: Item) => (item.state === state.toLowerCase()) === (op === "="),
  })),
  fc
    .constantFrom("failed", "completed")
    .map((status) => ({ text: `status:${status}`, matches: ({ fact }: Item) => fact.status.toLowerCase() === status })),
  numbered("size", ({ bytes }) => bytes, { "10KB": 10_000, "4KiB": 4096, 0: 0 }),
  numbered("uses", ({ uses }) => uses, { 0: 0, 1: 1, 2: 2 }),
  numbered("saved", saved, { "10m": 600, 0: 0, "1h": 3600 }),
  numbered("duration", ({ fact }) => fact.executionSeconds, { "5m": 300, "60s": 60 }),
  numbered("age", ({ fact }) => (fact.createdAt === null ? null : (now - fact.createdAt) / 1000), {
    "12h": 43_200,
    "1d": 86_400,
  }),
  fc.constantFrom("=", "!=").map((op) => ({ text: `producer ${op} "producer"`, matches: () => op === "=" })),
  ...["size", "step", "started", "part.config", "version"].map((name) =>
    fc.constant({
      text: `${name} exists`,
      matches: ({ fact, bytes }: Item) =>
        ({
          size: bytes !== null,
          step: fact.step !== null,
          started: fact.createdAt !== null,
          "part.config": fact.keyParts.length > 0,
          version: fact.version !== null,
        })[name]!,
    }),
  ),
);

let catalog: ReturnType<typeof openSampleCatalog>;
beforeAll(async () => {
  catalog = openSampleCatalog(() => now);
  await catalog.sweep([
    ...items.map(({ fact }) => factOf.entry(fact)),
    ...runs.map(factOf.run),
    ...artifacts.map(factOf.artifact),
  ]);
});
afterAll(() => catalog.dispose());

test("any filter finds what reading each entry would find", async () => {
  await fc.assert(
    fc.asyncProperty(nested(condition), async ({ text, matches }) => {
      const found = await catalog.reader.entries({ sources: ["src"], scope: everything, limit: 100, q: text });
      expect(found.items.map(({ id }) => id).sort(), text).toEqual(
        items
          .filter(matches)
          .map(({ fact }) => fact.id)
          .sort(),
      );
      expect(found.total).toEqual({ value: found.items.length, exact: true });
    }),
    { seed: 20261121, numRuns: 400 },
  );
});
