import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { LayoutContext, OpenSlots } from "../../../contracts/layout.ts";
import type { ArtifactFact, EntryFact, Fact, FactSubject, RunFact, SeriesFact } from "../../../domain/facts.ts";
import { openFilesDriver } from "../../../drivers/files/files-driver.ts";
import { type MemoryValue, openMemoryKeyValueDriver } from "../../../drivers/memory/memory-key-value-driver.ts";
import { openSqliteDriver } from "../../../drivers/sqlite/sqlite-driver.ts";
import { expopsLayout } from "../index.ts";
import { displayProcess } from "../names.ts";
import { openMemoryContext } from "./memory-context.ts";

export const fixtures = resolve(import.meta.dirname, "../../../../e2e/fixtures/expops");

/** What a scan told, by the names that people know. */
export interface Collected {
  experiments: string[];
  runs: Map<string, RunFact>;
  entries: EntryFact[];
  artifacts: Map<string, ArtifactFact>;
  series: SeriesFact[];
  seen: number;
  gone: Extract<Fact, { kind: "gone" }>[];
  batches: number;
}

/** Slots as a folder suggests them, with real drivers. */
export async function openFolderSlots(folder: string): Promise<OpenSlots> {
  const files = await openFilesDriver({ path: folder });
  const plans = (await expopsLayout.discover?.(files, folder.slice(folder.lastIndexOf("/") + 1))) ?? [];
  const slots: OpenSlots = {};
  for (const { slot, scope, open } of plans) {
    if (open.engine !== "sqlite" && open.engine !== "files") continue;
    const path = join(folder, open.path);
    const driver = open.engine === "sqlite" ? await openSqliteDriver({ path }) : await openFilesDriver({ path });
    slots[slot] = [...(slots[slot] ?? []), { driver, scope }];
  }
  return slots;
}

/** A recorded Redis as a map: the lines of `redis*.jsonl`. */
export async function readRecordedRedis(file: string, now: number | null = null): Promise<Map<string, MemoryValue>> {
  const lines = (await readFile(join(fixtures, file), "utf8")).trim().split("\n");
  const rows = lines.map(
    (line) =>
      JSON.parse(line) as { key: string; type: string; pttl: number; value?: string; hash?: Record<string, string> },
  );
  return new Map(
    rows.map(({ key, pttl, value, hash }) => {
      const stored = hash ? new Map(Object.entries(hash)) : (value ?? "");
      return [key, pttl > 0 && now !== null ? { value: stored, expiresAt: now + pttl } : stored];
    }),
  );
}

export async function openRecordedRedis(file: string, now: number | null = null) {
  return openMemoryKeyValueDriver({ values: await readRecordedRedis(file, now) });
}

/** A context that remembers what was told, as the catalog does: tokens, and the longest execution of each process. */
export class FactStore {
  readonly context: LayoutContext;
  readonly #tokens = {
    experiment: new Map(),
    run: new Map(),
    entry: new Map(),
    artifact: new Map(),
  } as const satisfies Record<FactSubject, Map<string, string>>;
  readonly longest = new Map<string, number>();

  constructor(now?: number | (() => number)) {
    const clock = typeof now === "function" ? { now } : {};
    this.context = {
      ...openMemoryContext(typeof now === "number" ? { now } : {}),
      ...clock,
      known: async (of, ids) =>
        new Map(ids.flatMap((id) => (this.#tokens[of].has(id) ? [[id, this.#tokens[of].get(id)]] : []))),
      longestExecutions: async () => this.longest,
    };
  }

  put(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind === "run") this.#tokens.run.set(fact.run.id, fact.run.token);
      else if (fact.kind === "entry") this.#tokens.entry.set(fact.entry.id, fact.entry.token);
      else if (fact.kind === "artifact") this.#tokens.artifact.set(fact.artifact.id, fact.artifact.token);
      else if (fact.kind === "gone") this.#tokens[fact.of].delete(fact.id);
    }
  }
}

/** One whole scan. Later facts of an id replace earlier ones, as in the catalog. */
export async function collectFacts(slots: OpenSlots, store = new FactStore()): Promise<Collected> {
  const layout = await expopsLayout.open(slots, store.context);
  return gatherFacts(layout.scan(store.context, new AbortController().signal), store);
}

export async function gatherFacts(batches: AsyncIterable<Fact[]>, store = new FactStore()): Promise<Collected> {
  const found: Collected = {
    experiments: [],
    runs: new Map(),
    entries: [],
    artifacts: new Map(),
    series: [],
    seen: 0,
    gone: [],
    batches: 0,
  };
  const entries = new Map<string, EntryFact>();
  const experiments = new Set<string>();
  for await (const facts of batches) {
    store.put(facts);
    found.batches++;
    for (const fact of facts) {
      if (fact.kind === "experiment") experiments.add(fact.name);
      else if (fact.kind === "run") found.runs.set(fact.run.name, fact.run);
      else if (fact.kind === "entry") entries.set(fact.entry.id, fact.entry);
      else if (fact.kind === "artifact") found.artifacts.set(fact.artifact.id, fact.artifact);
      else if (fact.kind === "series") found.series.push(fact.series);
      else if (fact.kind === "gone") found.gone.push(fact);
      else found.seen++;
    }
  }
  found.entries = [...entries.values()];
  found.experiments = [...experiments];
  return found;
}

/** The use of a process (`step` null) or step in a run, by shown names. */
export function stepUse(run: RunFact | undefined, process: string, step: string | null = null) {
  return run?.steps.find((use) => use.process === displayProcess(process) && use.step === step);
}
