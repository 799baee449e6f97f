import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSampleCatalog } from "../../catalog/testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "../../catalog/testing/sample-facts.ts";
import type { Fact, RunFact } from "../../domain/facts.ts";
import { openState, type State } from "../../state/state.ts";
import { type Actor, type OperationRules, type OperationSource, type OrphanJudgement, usualRules } from "../context.ts";
import { type Operations, openOperations } from "../operations.ts";
import { createFakeStore, tokenOf } from "./fake-store.ts";

export const ann: Actor = { name: "ann", role: "admin", grants: null };
export const bob: Actor = { name: "bob", role: "admin", grants: null };

/**
 * Two runs of `read → fit → score`, where `fit` has a step and names a model that the other run's `fit` names too. Contents of the store are texts; a file is named by
 * the entry that made it.
 */
const contents: Record<string, string> = Object.fromEntries(
  ["read", "fit-a", "fit-a-step", "score-a", "fit-b", "fit-b-step", "score-b"].map((id) => [`at ${id}`, `row ${id}`]),
);
const files: Record<string, string> = Object.fromEntries(
  ["fit-a.pkl", "score-a.pkl", "model", "orphan"].map((id) => [`file ${id}`, `content of ${id}`]),
);

const entry = (id: string, process: string, said: Partial<Parameters<typeof sampleEntry>[1]> = {}): Fact =>
  factOf.entry(sampleEntry(id, { process, token: tokenOf(contents[`at ${id}`]!), ...said }));
const file = (id: string, role: "result" | "model" = "result"): Fact =>
  factOf.artifact(sampleArtifact(id, { role, token: tokenOf(files[`file ${id}`]!) }));
const run = (id: string, startedAt: number, uses: [string, string | null, string][], said: Partial<RunFact> = {}) =>
  factOf.run(
    sampleRun(id, {
      startedAt,
      steps: uses.map(([process, step, used]) =>
        sampleUse(process, { step, entry: { id: used }, executionSeconds: 4 }),
      ),
      ...said,
    }),
  );

export const labFacts: Fact[] = [
  run("run-a", 1, [
    ["read", null, "read"],
    ["fit", null, "fit-a"],
    ["fit", "descend", "fit-a-step"],
    ["score", null, "score-a"],
  ]),
  run("run-b", 2, [
    ["read", null, "read"],
    ["fit", null, "fit-b"],
    ["fit", "descend", "fit-b-step"],
    ["score", null, "score-b"],
  ]),
  entry("read", "read"),
  ...["a", "b"].flatMap((letter) => [
    entry(`fit-${letter}`, "fit", {
      payloads: [
        ...(letter === "a" ? [{ artifactId: "fit-a.pkl", role: "result" as const }] : []),
        { artifactId: "model", role: "model" },
      ],
    }),
    entry(`fit-${letter}-step`, "fit", { scope: "step", step: "descend" }),
    entry(`score-${letter}`, "score", {
      payloads: letter === "a" ? [{ artifactId: "score-a.pkl", role: "result" }] : [],
    }),
  ]),
  file("fit-a.pkl"),
  file("score-a.pkl"),
  file("model", "model"),
  file("orphan"),
];

const node = (label: string) => ({ id: label, label, parentId: null, stepIndex: null });
export const labGraph = {
  origin: "version" as const,
  nodes: ["read", "fit", "score"].map(node),
  edges: [
    { from: "read", to: "fit" },
    { from: "fit", to: "score" },
  ],
};

export interface LabOptions {
  rules?: Partial<OperationRules>;
  source?: Partial<OperationSource>;
  facts?: Fact[];
  /** Facts that are told once the store holds what they are of. */
  later?: Fact[];
  orphans?: OrphanJudgement;
}

/** Operations over a real catalog, a real state in a folder and a store that outlives the server. `restart` is what a killed server does next. */
export async function openLab({
  rules = {},
  source = {},
  facts = [],
  later = [],
  orphans = { before: Infinity },
}: LabOptions = {}) {
  const clock = { now: 1_000_000 };
  const catalog = openSampleCatalog(() => clock.now);
  await catalog.sweep([...labFacts, ...facts]);
  const fake = createFakeStore({ ...contents, ...files });
  fake.store.graph = labGraph;
  const folder = mkdtempSync(join(tmpdir(), "operations-"));
  let state: State;
  let operations: Operations;
  const tell = async (locators: string[]) => {
    const told = [...labFacts, ...facts, ...later].flatMap((fact): Fact[] => {
      const of = fact.kind === "entry" ? fact.entry : fact.kind === "artifact" ? fact.artifact : null;
      if (!of || !locators.includes(of.locator)) return [];
      const content = fake.things.get(of.locator);
      const expiresAt = fake.lives.get(of.locator);
      if (fact.kind === "entry" && expiresAt !== undefined) return [factOf.entry({ ...fact.entry, expiresAt })];
      if (content === undefined) return [{ kind: "gone", of: fact.kind as "entry" | "artifact", id: of.id }];
      return [{ ...fact, [fact.kind]: { ...of, token: tokenOf(content) } } as Fact];
    });
    await catalog.writer.put("src", null, told);
  };
  const start = () => {
    state = openState(folder, { lasting: true });
    operations = openOperations({
      reader: catalog.reader,
      sources: fake.sources((operation, receipts) => operations.keepReceipts(operation, receipts), tell),
      state,
      rules: { ...usualRules, mode: "on", readOnly: false, ...rules },
      judgeOrphans: async () => orphans,
      sourceOf: () => ({
        label: "wine-lab",
        environment: null,
        readOnly: false,
        engines: [{ slot: "index", engine: "redis" }],
        ...source,
      }),
      tell: async (id, told) => void (await catalog.writer.put(id, null, told)),
      onOperation: () => undefined,
      log: () => undefined,
      now: () => clock.now,
    });
  };
  start();
  let keys = 0;
  const lab = {
    clock,
    catalog,
    store: fake.store,
    things: fake.things,
    operations: () => operations,
    state: () => state,
    restart() {
      state.close();
      start();
    },
    /** Plans and applies. */
    async invalidate(request: Parameters<Operations["plan"]>[2], actor = ann) {
      const plan = await operations.plan(actor, "src", request);
      return lab.apply(plan, actor);
    },
    apply(plan: Awaited<ReturnType<Operations["plan"]>>, actor = ann) {
      keys += 1;
      const asked = { fingerprint: plan.fingerprint, ...(plan.confirm && { confirm: plan.confirm }) };
      return operations.apply(actor, "src", plan.id, asked, `key ${keys}`);
    },
    async settled(id: string) {
      for (;;) {
        const operation = operations.find(ann, id);
        if (operation.status !== "running") return operation;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    outcomes: (id: string) =>
      Object.fromEntries(
        operations.items(ann, id, { limit: 100 }).items.map(({ entryId, outcome }) => [entryId, outcome]),
      ),
    cached: async () =>
      (await catalog.reader.plannedEntries("src", { scope: { experiments: null }, after: null, limit: 99 })).items
        .map(({ id }) => id)
        .sort(),
    async dispose() {
      await operations.stop();
      state.close();
      await catalog.dispose();
    },
  };
  return lab;
}
