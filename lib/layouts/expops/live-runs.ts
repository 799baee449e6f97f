import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import type { PointSightings } from "./point-sightings.ts";

/** The log of a run is finished a moment after its last row: it is looked at so long after. */
const afterglowMillis = 30_000;

/** A run's name tells its start in whole seconds. */
const nameMillis = 1_000;
/** Few stores tell of every change: what seems dead is looked at again. */
const secondLookMillis = 60_000;

/** Runs whose facts may still change by the clock or by their log, with what was told of them last. */
export class LiveRuns {
  readonly #context: LayoutContext;
  readonly #sightings: PointSightings;
  readonly #began: number;
  /** Until when a run is looked at again; infinite while it runs. */
  readonly #until = new Map<string, number>();
  readonly #told = new Map<string, string>();
  /** Runs judged dead or ended, with the time of a second look at those that the store still calls running. */
  readonly #settled = new Map<string, number>();

  constructor(context: LayoutContext, sightings: PointSightings) {
    this.#context = context;
    this.#sightings = sightings;
    this.#began = context.now();
  }

  get size(): number {
    return this.#until.size;
  }

  /** Names of runs that the index calls running. */
  add(names: Iterable<string>): void {
    const now = this.#context.now();
    for (const name of names) {
      if (!this.#until.has(name) && now >= (this.#settled.get(name) ?? 0))
        this.#until.set(name, Number.POSITIVE_INFINITY);
    }
  }

  /** Runs to look at now: those that changed and those that live. */
  due(changed: readonly string[]): string[] {
    return [...new Set([...changed, ...this.#until.keys()])];
  }

  /** What of a run's facts is news, with the times at which its points were seen to come. */
  async news(name: string, facts: readonly Fact[]): Promise<readonly Fact[]> {
    const [first] = facts;
    if (first?.kind !== "run") {
      this.#until.delete(name);
      return [];
    }
    const now = this.#context.now();
    const { status, token, startedAt } = first.run;
    if (status === "running") {
      this.#settled.delete(name);
      this.#until.set(name, Number.POSITIVE_INFINITY);
    } else {
      this.#settled.set(name, now + secondLookMillis);
      const until = this.#until.get(name) ?? Number.POSITIVE_INFINITY;
      if (until === Number.POSITIVE_INFINITY) this.#until.set(name, now + afterglowMillis);
      else if (now > until) this.#forget(name);
    }
    const before = this.#told.get(name);
    if (this.#until.has(name)) this.#told.set(name, token);
    if (before === token) return [];
    const isWatched = before !== undefined || (startedAt ?? 0) > this.#began - nameMillis;
    return this.#sightings.note(facts, isWatched);
  }

  #forget(name: string): void {
    this.#until.delete(name);
    this.#told.delete(name);
  }
}
