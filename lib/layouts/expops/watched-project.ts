import { setTimeout as sleep } from "node:timers/promises";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { decodeCharts, decodeStep } from "./decode.ts";
import { type KeyValueIndex, tellEntries } from "./key-value-index.ts";
import { type AssembledRun, ProjectRuns } from "./key-value-runs.ts";
import { entryKey, type ParsedKey, parseRedisKey, redisPrefix } from "./keys.ts";
import { LiveRuns } from "./live-runs.ts";
import { entryIdOf, hashesOfResult, placeFile, runIdOf } from "./paths.ts";
import { DeskKeeper, type ProjectDesk } from "./project-desk.ts";
import type { PlacedFile } from "./seams.ts";

const mostToldEntries = 20_000;
/** Longest share of the time in which keys of ended runs are searched. */
const searchShare = 0.1;
/** A large store takes longer to search: other runs are read meanwhile. */
const longestWaitMillis = 1_000;

/** What changes in one project of a key-value store. */
export class WatchedProject {
  readonly #project: string;
  readonly #index: KeyValueIndex;
  readonly #context: LayoutContext;
  readonly #live: LiveRuns;
  readonly #desks: DeskKeeper;
  readonly #changedRuns = new Set<string>();
  readonly #changedEntries = new Set<string>();
  /** Entries of runs at work that were told without a notification, each by the run and its key. */
  readonly #toldEntries = new Set<string>();
  /** Ended runs whose keys are all known without a notification. */
  readonly #wholeRuns = new Set<string>();
  #nextSearch = 0;
  #searching: Promise<void> | null = null;

  constructor(project: string, index: KeyValueIndex, context: LayoutContext) {
    this.#project = project;
    this.#index = index;
    this.#context = context;
    this.#live = new LiveRuns(context, index.parts.sightings);
    this.#desks = new DeskKeeper(project, index.parts, context, (path) => this.#runs().findProducer(path));
  }

  noteRun(runName: string): void {
    this.#changedRuns.add(runName);
  }

  noteKey(key: string, parsed: ParsedKey): void {
    if (parsed.kind === "entry") {
      this.#changedEntries.add(key);
    } else {
      this.#runs().add(parsed.run, key);
      this.#changedRuns.add(parsed.run);
    }
  }

  /** Facts of what changed since the last take, and of runs at work. */
  async take(): Promise<Fact[]> {
    const runs = this.#runs();
    this.#live.add(runs.running);
    const changed = [...this.#changedRuns];
    const names = this.#live.due(changed);
    if (names.length === 0 && this.#changedEntries.size === 0) return [];
    const entryKeys = new Set(this.#changedEntries);
    this.#changedRuns.clear();
    this.#changedEntries.clear();
    const desk = await this.#desks.get();
    const likely = await runs.assemble(desk, names, (name) => runs.likelyKeys(name), this.#context.now());
    const assembled = this.#index.notifies ? likely : await this.#completeEnded(desk, likely);
    const facts: Fact[] = [];
    const files: PlacedFile[] = [];
    for (const run of assembled) {
      if (run.facts.length === 0) {
        runs.keys.delete(run.name);
        facts.push({ kind: "gone", of: "run", id: runIdOf(this.#context.sourceId, this.#project, run.name) });
      }
      const news = await this.#live.news(run.name, run.facts);
      if (news.length === 0) continue;
      facts.push(...news);
      files.push(...chartFiles(run, desk));
      if (!this.#index.notifies) for (const key of this.#newEntryKeys(run)) entryKeys.add(key);
    }
    return [...(await this.#tellEntries(desk, [...entryKeys], files)), ...facts];
  }

  /**
   * Without notifications a run is read by the keys that runs before it had, and may have others. When it has ended, all of its keys are looked for
   * before that is told: until then it is left out.
   */
  async #completeEnded(desk: ProjectDesk, assembled: AssembledRun[]): Promise<AssembledRun[]> {
    const partial = assembled.filter((run) => hasEnded(run) && !this.#wholeRuns.has(run.name)).map(({ name }) => name);
    if (partial.length === 0) return assembled;
    this.#searching ??= this.#search(partial).finally(() => {
      this.#searching = null;
    });
    await Promise.race([this.#searching, sleep(longestWaitMillis, undefined, { ref: false })]);
    const found = partial.filter((name) => this.#wholeRuns.has(name));
    for (const name of partial) if (!found.includes(name)) this.noteRun(name);
    const runs = this.#runs();
    const whole = await runs.assemble(desk, found, (name) => runs.likelyKeys(name), this.#context.now());
    return [...assembled.filter(({ name }) => !partial.includes(name)), ...whole];
  }

  /** Takes no more than a share of the time. What hinders it hinders reading the runs as well, which tells. */
  async #search(names: readonly string[]): Promise<void> {
    try {
      const begun = performance.now();
      if (begun < this.#nextSearch) return;
      const found = await this.#runs().findKeys(names);
      const ended = performance.now();
      this.#nextSearch = ended + (ended - begun) / searchShare;
      for (const [name, key] of found) this.#runs().add(name, key);
      for (const name of names) this.#wholeRuns.add(name);
    } catch {
      this.#nextSearch = performance.now() + longestWaitMillis;
    }
  }

  /** Entries, those that are gone (expired or removed), and before them the files that came with them. */
  async #tellEntries(desk: ProjectDesk, keys: readonly string[], files: PlacedFile[]): Promise<Fact[]> {
    const found = await tellEntries(this.#index, desk, keys, "whole", this.#context);
    const artifacts = await this.#index.parts.payloads.factsAt(this.#project, [...files, ...found.results]);
    const there = new Set(found.ids);
    for (const id of there) this.#index.entryIds.add(id);
    const gone = keys.flatMap((key): Fact[] => {
      const parsed = parseRedisKey(key)?.parsed;
      if (parsed?.kind !== "entry") return [];
      const id = entryIdOf(this.#context.sourceId, this.#project, parsed.process, parsed.step, parsed.hashes);
      if (there.has(id)) return [];
      this.#index.entryIds.delete(id);
      return [{ kind: "gone", of: "entry", id }];
    });
    return [...artifacts.map((artifact): Fact => ({ kind: "artifact", artifact })), ...found.facts, ...gone];
  }

  /** The entries that a run's records name, each once: their keys follow from the names of their results. */
  #newEntryKeys({ name, rows }: AssembledRun): string[] {
    if (this.#toldEntries.size > mostToldEntries) this.#toldEntries.clear();
    return rows.flatMap(({ parsed, text }) => {
      if (parsed.kind !== "use") return [];
      const { resultPath, status } = decodeStep(text).value;
      const hashes = resultPath === null || status !== "completed" ? null : hashesOfResult(resultPath);
      if (!hashes) return [];
      const key = `${redisPrefix}${this.#project}:${entryKey(parsed.process, parsed.step, hashes, "redis")}`;
      // A later run may have made it anew.
      const told = `${name} ${key}`;
      if (this.#toldEntries.has(told)) return [];
      this.#toldEntries.add(told);
      return [key];
    });
  }

  /** A scan puts new objects in place of the old. */
  #runs(): ProjectRuns {
    const known = this.#index.runs.get(this.#project) ?? new ProjectRuns(this.#project, this.#index.driver);
    this.#index.runs.set(this.#project, known);
    return known;
  }
}

/** By its own record, or by its log where that is ahead. */
function hasEnded({ facts: [first] }: AssembledRun): boolean {
  return first?.kind === "run" && (first.run.status === "completed" || first.run.status === "failed");
}

function chartFiles({ rows }: AssembledRun, desk: ProjectDesk): PlacedFile[] {
  return rows
    .filter((row) => row.parsed.kind === "charts")
    .flatMap((row) => decodeCharts(row.text).value)
    .flatMap((item) => placeFile(item.path, desk.place) ?? []);
}
