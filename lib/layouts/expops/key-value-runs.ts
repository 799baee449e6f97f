import type { KeyValueDriver } from "../../contracts/driver.ts";
import type { Fact } from "../../domain/facts.ts";
import { decodeStatus, decodeStep } from "./decode.ts";
import { type ReadValue, readTexts, scanKeys, toRunRows } from "./key-value-rows.ts";
import { parseRedisKey, redisPrefix } from "./keys.ts";
import { startOfRunName } from "./names.ts";
import { digestRows, type Observation, type ProjectDesk } from "./project-desk.ts";
import { isEndedWord, type RunRow } from "./run-records.ts";
import type { FindProducer, Producer } from "./step-uses.ts";

/** Shapes of keys kept of a project's newest runs: a new run will write the same. */
const mostTails = 500;
const runsForTails = 5;

export interface AssembledRun {
  name: string;
  /** None: no row of it is there. */
  facts: Fact[];
  rows: RunRow[];
}

/** The runs of one project in a key-value store: their keys, and what is known of them. */
export class ProjectRuns {
  readonly project: string;
  /** Keys by run, whole. */
  readonly keys = new Map<string, Set<string>>();
  /** Runs that the store does not call ended. */
  readonly running = new Set<string>();
  /** `runs:%:status` and so on, `%` standing for the run's name. */
  #tails: string[] = [];
  readonly #producers = new Map<string, Producer>();
  /** How runs at work were seen; kept from one scan to the next. */
  readonly observations: Map<string, Observation & { token: string }>;
  readonly #driver: KeyValueDriver;

  constructor(project: string, driver: KeyValueDriver, before?: ProjectRuns) {
    this.observations = before?.observations ?? new Map();
    this.project = project;
    this.#driver = driver;
  }

  add(runName: string, key: string): void {
    const keys = this.keys.get(runName);
    if (keys) keys.add(key);
    else this.keys.set(runName, new Set([key]));
  }

  newestFirst(): string[] {
    return [...this.keys.keys()].sort((a, b) => (startOfRunName(b) ?? 0) - (startOfRunName(a) ?? 0));
  }

  /** Remembers what keys runs have here, for reading those of a run that has only begun. */
  learnTails(): void {
    const tails = new Set<string>();
    for (const name of this.newestFirst().slice(0, runsForTails)) {
      for (const key of this.keys.get(name) ?? [])
        if (tails.size < mostTails) tails.add(key.slice(this.#head.length).replace(name, "%"));
    }
    this.#tails = [...tails];
  }

  /** Keys that the run has, and those that it may have by now. */
  likelyKeys(runName: string): string[] {
    const likely = this.#tails.map((tail) => this.#head + tail.replace("%", () => runName));
    return [
      ...new Set([
        ...(this.keys.get(runName) ?? []),
        this.keyOf(runName, "status"),
        this.keyOf(runName, "timestamps"),
        ...likely,
      ]),
    ];
  }

  /** Looks through all keys of the project for those that these runs have: with the run of each. */
  async findKeys(runNames: readonly string[]): Promise<[runName: string, key: string][]> {
    const found: [string, string][] = [];
    for await (const keys of scanKeys(this.#driver, this.#head)) {
      for (const key of keys) {
        const read = parseRedisKey(key);
        if (read?.project !== this.project || read.parsed.kind === "entry") continue;
        if (runNames.includes(read.parsed.run)) found.push([read.parsed.run, key]);
      }
    }
    return found;
  }

  keyOf(runName: string, what: "status" | "timestamps"): string {
    return `${this.#head}runs:${runName}:${what}`;
  }

  /** 0.1.9 hits do not say whose result they took: the runs that made one are noted beforehand. */
  async noteProducers(): Promise<void> {
    const uses = [...this.keys.values()].flatMap((keys) =>
      [...keys].filter((key) => key.includes(":steps:") && !key.includes(":steps://")),
    );
    for (let begin = 0; begin < uses.length; begin += 5_000)
      this.#note(await readTexts(this.#driver, uses.slice(begin, begin + 5_000)));
  }

  readonly findProducer: FindProducer = (resultPath) => this.#producers.get(resultPath) ?? null;

  /** Reads some runs whole and puts them together. Runs without any row answer nothing. */
  async assemble(
    desk: ProjectDesk,
    names: readonly string[],
    keysOf: (name: string) => Iterable<string>,
    now: number,
  ): Promise<AssembledRun[]> {
    const wanted = names.map((name) => [...new Set(keysOf(name))]);
    const values = new Map((await readTexts(this.#driver, wanted.flat())).map((value) => [value.key, value]));
    this.#note([...values.values()]);
    const runs: AssembledRun[] = [];
    for (const [index, name] of names.entries()) {
      const own = (wanted[index] ?? []).flatMap((key) => values.get(key) ?? []);
      for (const { key } of own) this.add(name, key);
      const rows = toRunRows(own, this.project);
      if (own.length === 0 || hasEnded(rows)) this.running.delete(name);
      else this.running.add(name);
      const token = tokenOf(own, rows);
      const facts = own.length > 0 ? await desk.assemble(name, rows, token, this.#observe(name, token, now)) : [];
      runs.push({ name, facts, rows });
    }
    return runs;
  }

  get #head(): string {
    return `${redisPrefix}${this.project}:`;
  }

  /** The store keeps no times of rows, so a change is as old as our seeing it; of the first look nothing is known. */
  #observe(name: string, token: string, now: number): Observation {
    const before = this.observations.get(name);
    const seen = before?.token === token ? before : { token, since: now, changedAt: before ? now : null };
    if (this.running.has(name)) this.observations.set(name, seen);
    else this.observations.delete(name);
    return seen;
  }

  #note(values: readonly ReadValue[]): void {
    for (const { key, text } of values) {
      if (!key.includes(":steps:") || key.includes(":steps://")) continue;
      const { value: record } = decodeStep(text);
      if (record.status !== "completed" || record.resultPath === null || record.runName === null) continue;
      const { startedAt, executionSeconds } = record;
      this.#producers.set(record.resultPath, { runName: record.runName, startedAt, executionSeconds });
    }
  }
}

/**
 * A run that ended is written no more, so its keys, status and times tell whether it is the same: the sweep need not read the rest. One that has
 * not ended is told by its content.
 */
export function tokenOf(values: readonly ReadValue[], rows: readonly RunRow[]): string {
  if (!hasEnded(rows)) return digestRows(values);
  return digestRows(
    values.map(({ key, text }) => ({ key, text: /:runs:.*:(status|timestamps)$/s.test(key) ? text : "" })),
  );
}

function hasEnded(rows: readonly RunRow[]): boolean {
  const status = rows.find((row) => row.parsed.kind === "status")?.text;
  return status !== undefined && isEndedWord(decodeStatus(status));
}
