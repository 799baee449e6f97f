import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact, MetricFact, RunFact, SeriesFact } from "../../domain/facts.ts";

/** Numbers of one sighting: the highest step then, how many points there were, and when (epoch ms; NaN: they came while nobody looked). */
const width = 3;
/** Of one metric. Beyond them every other one is let go, so that a point's time is that of a later look. */
const mostSightings = 500;
const saveMillis = 5_000;
const mostRuns = 500;

interface RunSightings {
  byMetric: Map<string, number[]>;
  unsaved: Set<string>;
  savedAt: number;
}

/**
 * The tool stores no time of a point. Of runs that are watched, the time when a point was first seen is kept (in `state`), so that there is a time
 * axis for what was watched. A point that came while nobody watched, or among those that were there, has none.
 */
export class PointSightings {
  readonly #context: LayoutContext;
  readonly #runs = new Map<string, Promise<RunSightings>>();
  #sighted: Promise<Set<string>> | null = null;

  constructor(context: LayoutContext) {
    this.#context = context;
  }

  /**
   * Notes what a run that is watched has more than when it was last looked at, and gives its facts, which went through `attach`, with the times known now.
   * `isWatched`: it was, until now, so that what is seen for the first time has only just come.
   */
  async note(facts: readonly Fact[], isWatched: boolean): Promise<readonly Fact[]> {
    const [first] = facts;
    if (first?.kind !== "run") return facts;
    const { run } = first;
    const sightings = await this.#of(run.id);
    const now = this.#context.now();
    const grown = run.metrics.filter(
      (metric) => isOwn(metric) && addSighting(sightings, metric, isWatched ? now : Number.NaN),
    );
    for (const { id } of grown) sightings.unsaved.add(id);
    if (run.status !== "running" || now - sightings.savedAt >= saveMillis) await this.#save(run, sightings, now);
    // Without news the times that `attach` gave stand.
    return grown.length > 0 ? withTimes(run, facts, sightings.byMetric) : facts;
  }

  /** A run's facts with the times known of its points. */
  async attach(facts: Fact[]): Promise<Fact[]> {
    const [first] = facts;
    if (first?.kind !== "run" || first.run.metrics.length === 0) return facts;
    const known = this.#runs.get(first.run.id);
    if (!known && !(await this.#whichAreSighted()).has(first.run.id)) return facts;
    const { byMetric } = await this.#of(first.run.id);
    return withTimes(first.run, facts, byMetric);
  }

  #whichAreSighted(): Promise<Set<string>> {
    this.#sighted ??= this.#context.pointSightings.runs().then((ids) => new Set(ids));
    return this.#sighted;
  }

  #of(runId: string): Promise<RunSightings> {
    const known = this.#runs.get(runId);
    if (known) return known;
    const read = this.#context.pointSightings.find(runId).then((found) => ({
      byMetric: new Map([...found].map(([metric, numbers]) => [metric, [...numbers]])),
      unsaved: new Set<string>(),
      savedAt: 0,
    }));
    this.#runs.set(runId, read);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > mostRuns && oldest !== undefined) this.#runs.delete(oldest);
    return read;
  }

  async #save({ id }: RunFact, sightings: RunSightings, now: number): Promise<void> {
    if (sightings.unsaved.size === 0) return;
    const changed = [...sightings.unsaved].map(
      (metric) => [metric, Float64Array.from(sightings.byMetric.get(metric) ?? [])] as const,
    );
    sightings.unsaved.clear();
    sightings.savedAt = now;
    await this.#context.pointSightings.save(id, new Map(changed));
    (await this.#whichAreSighted()).add(id);
  }
}

/** Points of another run, copied all at once, tell nothing of when they were made. */
function isOwn({ kind, producerRunId, lastStep }: MetricFact): boolean {
  return producerRunId === null && lastStep !== null && (kind === "series" || kind === "scalar");
}

/** Answers whether there is more than before. */
function addSighting({ byMetric }: RunSightings, metric: MetricFact, seenAt: number): boolean {
  const known = byMetric.get(metric.id) ?? [];
  const lastStep = metric.lastStep!;
  if (lastStep <= (known.at(-width) ?? Number.NEGATIVE_INFINITY)) return false;
  byMetric.set(metric.id, known);
  known.push(lastStep, metric.count, seenAt);
  if (known.length > mostSightings * width) byMetric.set(metric.id, thinned(known));
  return true;
}

/** Every other one; the last stays. */
function thinned(numbers: readonly number[]): number[] {
  const sightings = numbers.length / width;
  return numbers.filter((_, at) => (sightings - 1 - Math.floor(at / width)) % 2 === 0);
}

function withTimes(run: RunFact, facts: readonly Fact[], byMetric: ReadonlyMap<string, number[]>): Fact[] {
  const times = new Map<string, Float64Array>();
  for (const fact of facts) {
    if (fact.kind !== "series") continue;
    const known = byMetric.get(fact.series.metricId);
    const found = known && timesOf(fact.series, known);
    if (found) times.set(fact.series.metricId, found);
  }
  if (times.size === 0) return [...facts];
  const metrics = run.metrics.map((metric) =>
    times.has(metric.id) ? { ...metric, xAxes: [...new Set([...metric.xAxes, "time", "relative"])] } : metric,
  );
  return facts.map((fact): Fact => {
    if (fact.kind === "run") return { kind: "run", run: { ...run, metrics } };
    const found = fact.kind === "series" && times.get(fact.series.metricId);
    return found ? { kind: "series", series: { ...fact.series, times: found } } : fact;
  });
}

/**
 * Times of points by rising step; null when none is known. From where the points are not as many as were seen, since some came later among
 * them or went away, nothing is known.
 */
export function timesOf({ steps }: Pick<SeriesFact, "steps">, sightings: readonly number[]): Float64Array | null {
  const times = new Float64Array(steps.length).fill(Number.NaN);
  let point = 0;
  let isKnown = false;
  for (let at = 0; at < sightings.length; at += width) {
    const [lastStep, count, seenAt] = [sightings[at]!, sightings[at + 1]!, sightings[at + 2]!];
    if (point < count && steps[count - 1] !== lastStep) break;
    if (count < point) break;
    times.fill(seenAt, point, count);
    point = count;
    isKnown ||= !Number.isNaN(seenAt);
  }
  return isKnown ? times : null;
}
