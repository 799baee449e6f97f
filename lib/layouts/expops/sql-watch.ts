import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { ChangeGate } from "./change-gate.ts";
import { decodeCharts } from "./decode.ts";
import { readEntryFacts } from "./entry-facts.ts";
import { FactBatch } from "./fact-batches.ts";
import { parseKey, runNameOf } from "./keys.ts";
import { LiveRuns } from "./live-runs.ts";
import { entryIdOf, placeFile, runIdOf } from "./paths.ts";
import { DeskKeeper, type ProjectDesk } from "./project-desk.ts";
import { assembleStoredRun, rowsSeen, type SqlIndex, type SqlSeen, sweepRunKeys, toEntryRows } from "./sql-index.ts";
import { areFew, countRows, hasKvTable, listChanges, listKeys, readValues, type ValueRow } from "./sql-rows.ts";

/** Runs at work are judged anew this often, though no row changes. */
const judgeMillis = 5_000;
/** A writer takes the time before it writes: rows may come late by so many seconds. */
const lateSeconds = 10;
/** Nobody writes into a store whose newest row is older than this, whatever the clocks say. */
const restingSeconds = 3_600;
const entriesAtOnce = 500;
const fewRows = 2_000;

/**
 * Follows `updated_at`. What is removed or put back leaves no new time: when the number of rows is not what the changes explain, the keys are
 * swept and compared.
 */
export async function* watchSql(index: SqlIndex, context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
  const gate = new ChangeGate<true>();
  const stop = await index.driver.watch?.(() => gate.push(true));
  try {
    yield* followChanges(index, gate, context, signal);
  } finally {
    await stop?.();
  }
}

async function* followChanges(
  index: SqlIndex,
  gate: ChangeGate<true>,
  context: LayoutContext,
  signal: AbortSignal,
): AsyncGenerator<Fact[]> {
  const desks = new DeskKeeper(index.project, index.parts, context);
  const live = new LiveRuns(context, index.parts.sightings);
  while (!signal.aborted && !(await hasKvTable(index.driver))) await gate.wait(judgeMillis, signal);
  if (signal.aborted) return;
  const changes = await ChangeReader.start(index, context.now() / 1000);
  let compared: SqlSeen | null = null;
  gate.push(true);
  while (!signal.aborted) {
    const signals = await gate.wait(judgeMillis, signal);
    if (signal.aborted) return;
    live.add(runsAtWork(index));
    if (signals.length === 0 && live.size === 0 && compared === index.seen) {
      yield [];
      continue;
    }
    const desk = await desks.get();
    const changed = await changes.take();
    const facts = await readChangedEntries(index, desk, changed, context);
    facts.push(...(await readRuns(index, desk, live.due(changed.runs), live)));
    const { total } = await countRows(index.driver);
    if (index.seen && total !== rowsSeen(index.seen)) facts.push(...(await compareKeys(index, desk, context, live)));
    compared = index.seen;
    const batch = new FactBatch();
    yield* batch.add(facts);
    yield facts.length > 0 ? batch.take().flat() : [];
  }
}

function runsAtWork(index: SqlIndex): string[] {
  return [...(index.seen?.runs ?? [])].flatMap(([name, run]) => (run.ended ? [] : [name]));
}

interface Changed {
  runs: string[];
  entries: ValueRow[];
  charts: ValueRow[];
}

/** Rows written since the last take, each once. */
class ChangeReader {
  readonly #index: SqlIndex;
  readonly #recent = new Map<string, number>();
  /** Older rows are the scan's, which began when the watch did. */
  readonly #floor: number;
  #newest: number;

  constructor(index: SqlIndex, floor: number) {
    this.#index = index;
    this.#floor = floor;
    this.#newest = floor;
  }

  /** What was written just before `now` (seconds) may be read twice, but not a whole store that was filled at once. */
  static async start(index: SqlIndex, now: number): Promise<ChangeReader> {
    const { newest } = await countRows(index.driver);
    const floor = newest < now - restingSeconds ? newest : newest - lateSeconds;
    return new ChangeReader(index, (await areFew(index.driver, floor, fewRows)) ? floor : newest);
  }

  async take(): Promise<Changed> {
    const runs = new Set<string>();
    const keys: string[] = [];
    for await (const page of listChanges(this.#index.driver, Math.max(this.#floor, this.#newest - lateSeconds))) {
      for (const { key, at } of page) {
        if (this.#recent.get(key) === at) continue;
        this.#recent.set(key, at);
        this.#newest = Math.max(this.#newest, at);
        const name = runNameOf(key);
        if (name !== null) runs.add(name);
        const kind = parseKey(key, "sqlite")?.kind;
        if (kind === "entry" || kind === "charts") keys.push(key);
      }
    }
    for (const [key, at] of this.#recent) if (at < this.#newest - lateSeconds) this.#recent.delete(key);
    const rows = await readValues(this.#index.driver, keys);
    const isChart = (row: ValueRow) => row.key.startsWith("runs:");
    return { runs: [...runs], entries: rows.filter((row) => !isChart(row)), charts: rows.filter(isChart) };
  }
}

/** Entries with the files that came with them, since no sweep has seen those yet. */
async function readChangedEntries(
  index: SqlIndex,
  desk: ProjectDesk,
  changed: Changed,
  context: LayoutContext,
): Promise<Fact[]> {
  const { parts, project, seen } = index;
  const facts: Fact[] = [];
  const placed = changed.charts
    .flatMap((row) => decodeCharts(row.text).value)
    .flatMap((item) => placeFile(item.path, desk.place) ?? []);
  for (let begin = 0; begin < changed.entries.length; begin += entriesAtOnce) {
    const rows = toEntryRows(index, changed.entries.slice(begin, begin + entriesAtOnce));
    const found = await readEntryFacts({ project, place: desk.place, rows, depth: "whole" }, parts.payloads, context);
    for (const id of found.ids) seen?.entryIds.add(id);
    placed.push(...found.results);
    facts.push(...found.facts);
  }
  const files = await parts.payloads.factsAt(project, placed);
  return [...files.map((artifact): Fact => ({ kind: "artifact", artifact })), ...facts];
}

async function readRuns(index: SqlIndex, desk: ProjectDesk, names: readonly string[], live: LiveRuns): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const name of names) {
    const { facts: own, keys } = await assembleStoredRun(index, desk, name);
    if (keys.count > 0) index.seen?.runs.set(name, keys);
    facts.push(...(await live.news(name, own)));
  }
  return facts;
}

/** Tells what is gone and reads what came back with an old time. */
async function compareKeys(
  index: SqlIndex,
  desk: ProjectDesk,
  context: LayoutContext,
  live: LiveRuns,
): Promise<Fact[]> {
  const { driver, project, parts, seen } = index;
  if (!seen) return [];
  const facts: Fact[] = [];
  const runs = await sweepRunKeys(driver);
  const names = [...runs].filter(([name, keys]) => keys.count !== seen.runs.get(name)?.count).map(([name]) => name);
  facts.push(...(await readRuns(index, desk, names, live)));
  for (const name of seen.runs.keys()) {
    if (!runs.has(name)) facts.push({ kind: "gone", of: "run", id: runIdOf(parts.sourceId, project, name) });
  }
  const ids = new Set<string>();
  const newKeys: string[] = [];
  for (const head of ["process", "steps"]) {
    for await (const page of listKeys(driver, head)) {
      for (const { key } of page) {
        const parsed = parseKey(key, "sqlite");
        if (parsed?.kind !== "entry") continue;
        const id = entryIdOf(parts.sourceId, project, parsed.process, parsed.step, parsed.hashes);
        ids.add(id);
        if (!seen.entryIds.has(id)) newKeys.push(key);
      }
    }
  }
  for (const id of seen.entryIds) if (!ids.has(id)) facts.push({ kind: "gone", of: "entry", id });
  const entries = await readValues(driver, newKeys);
  facts.push(...(await readChangedEntries(index, desk, { runs: [], charts: [], entries }, context)));
  index.seen = { runs, entryIds: ids, others: 0 };
  index.seen.others = (await countRows(driver)).total - rowsSeen(index.seen);
  return facts;
}
