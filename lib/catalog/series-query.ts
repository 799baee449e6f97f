import { bucketWidth, mergeBuckets, packPoints } from "../domain/reduce.ts";
import { columnsByNumber } from "./column-lookup.ts";
import type { SeriesQuery } from "./contract.ts";
import { query } from "./database.ts";
import { type MetricHead, unpackHeads } from "./metric-heads.ts";
import type { PackedSeries } from "./packed-series.ts";
import type { KnownSource, ReadContext } from "./read-context.ts";
import { findRange, findSeries, readBuckets, readPoints, type StoredAxis, type StoredSeries } from "./series-points.ts";
import { bucketSize, levelFor } from "./series-shape.ts";

const mostPoints = 100_000;
/** Over all series of one question. */
const mostPointsInAll = 2_000_000;

interface RunHeads {
  started: number | null;
  /** By metric id. */
  heads: Map<string, MetricHead>;
}

/** Answers many series at once; what is the same as an earlier one is told as `sameAs`. `null`: no such metric in that run. */
export function readSeries(context: ReadContext, queries: readonly SeriesQuery[]): (PackedSeries | null)[] {
  const reader = new SeriesReader(
    context,
    Math.min(mostPoints, Math.floor(mostPointsInAll / Math.max(queries.length, 1))),
  );
  return queries.map((asked, index) => reader.read(asked, index));
}

class SeriesReader {
  readonly #context: ReadContext;
  readonly #mostEach: number;
  readonly #sources = new Map<string, KnownSource | null>();
  readonly #runs = new Map<string, RunHeads | null>();
  readonly #answered = new Map<string, { index: number; answer: PackedSeries }>();

  constructor(context: ReadContext, mostEach: number) {
    this.#context = context;
    this.#mostEach = mostEach;
  }

  read(asked: SeriesQuery, index: number): PackedSeries | null {
    const source = this.#source(asked.source);
    const run = source && this.#run(source, asked.run);
    const head = run?.heads.get(asked.metric);
    if (!source || !run || !head) return null;
    const { source: name, run: runId, metric, x } = asked;
    const identity = { source: name, run: runId, metric, x, producerRunId: head.producerRunId };
    const stored = this.#find(source, asked, asked.metric, head);
    if (!stored) return { ...identity, ...lonePoint(head, x) };
    const other = x === "step" || x === "time" || x === "relative" ? null : this.#other(source, run, asked);
    const base = x === "relative" ? (run.started ?? this.#firstTime(stored)) : 0;
    const key = JSON.stringify([stored.content, other?.content, base, x, asked.from, asked.to, asked.points]);
    const same = this.#answered.get(key);
    if (same) {
      const { total, nonFinite, reduced } = same.answer;
      return { ...identity, total, nonFinite, reduced, sameAs: same.index };
    }
    const answer = { ...identity, ...this.#reduce(asked, stored, other, base) };
    this.#answered.set(key, { index, answer });
    return answer;
  }

  #reduce(asked: SeriesQuery, stored: StoredSeries, other: StoredSeries | null, base: number): Reduced {
    const { x } = asked;
    const points = Math.min(Math.max(Math.floor(asked.points), 1), this.#mostEach);
    if (x === "step") return this.#fromLevels(asked, stored, "step", points, 1, 0);
    if (x === "time" || x === "relative") {
      const scale = x === "relative" ? 1000 : 1;
      if (stored.times === "rising") return this.#fromLevels(asked, stored, "time", points, scale, base);
      if (stored.times === "none") return reduceAll(new Float64Array(), new Float64Array(), points);
      const { xs, ys } = readPoints(this.#context, stored, "time", 0, stored.points);
      return reduceSorted(
        xs.map((time) => (time - base) / scale),
        ys,
        asked,
        points,
      );
    }
    if (!other) return reduceAll(new Float64Array(), new Float64Array(), points);
    const { xs, ys } = joinOnStep(this.#all(other), this.#all(stored));
    return reduceSorted(xs, ys, asked, points);
  }

  /** Reads the level of the pyramid that is just fine enough, and the points themselves at both ends of the range. */
  #fromLevels(
    asked: SeriesQuery,
    stored: StoredSeries,
    axis: StoredAxis,
    points: number,
    scale: number,
    base: number,
  ): Reduced {
    const toStored = (bound: number | undefined) => (bound === undefined ? undefined : bound * scale + base);
    const { start, end } = findRange(this.#context, stored, axis, toStored(asked.from), toStored(asked.to));
    const total = end - start;
    const level = total <= points ? 0 : levelFor(total, points, stored.levels);
    if (level === 0) {
      const { xs, ys } = readPoints(this.#context, stored, axis, start, end);
      return reduceAll(shifted(xs, scale, base), ys, points);
    }
    const size = bucketSize(level);
    const first = Math.ceil(start / size);
    const last = Math.max(first, Math.floor(end / size));
    const edge = (from: number, to: number) => {
      const { xs, ys } = readPoints(this.#context, stored, axis, from, to);
      return packPoints(xs, ys, Math.max(1, to - from));
    };
    const middle = readBuckets(this.#context, stored, axis, level, first, last);
    const packed = concat([edge(start, Math.min(first * size, end)), middle, edge(Math.max(last * size, start), end)]);
    return {
      total,
      nonFinite: nonFiniteOf(packed),
      reduced: true,
      buckets: shiftedBuckets(mergeBuckets(packed, points), scale, base),
    };
  }

  #all(series: StoredSeries) {
    return readPoints(this.#context, series, "step", 0, series.points);
  }

  #firstTime(stored: StoredSeries): number {
    return stored.times === "none"
      ? 0
      : (readPoints(this.#context, stored, "time", 0, Math.min(1, stored.points)).xs[0] ?? 0);
  }

  /** A reused step's points are its producer's, where the run has none of its own. */
  #find(source: KnownSource, asked: SeriesQuery, metric: string, head: MetricHead): StoredSeries | null {
    const own = findSeries(this.#context, source.sid, asked.run, metric);
    return (
      own ?? (head.producerRunId === null ? null : findSeries(this.#context, source.sid, head.producerRunId, metric))
    );
  }

  #other(source: KnownSource, run: RunHeads, asked: SeriesQuery): StoredSeries | null {
    const head = run.heads.get(asked.x);
    return head ? this.#find(source, asked, asked.x, head) : null;
  }

  #source(id: string): KnownSource | null {
    const known = this.#sources.get(id);
    if (known !== undefined) return known;
    const source = this.#context.source(id);
    this.#sources.set(id, source);
    return source;
  }

  #run(source: KnownSource, runId: string): RunHeads | null {
    const key = JSON.stringify([source.sid, runId]);
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const run = readHeads(this.#context, source.sid, runId);
    this.#runs.set(key, run);
    return run;
  }
}

function readHeads(context: ReadContext, sid: number, runId: string): RunHeads | null {
  const row = context.db.get(
    query
      .selectFrom("runs")
      .innerJoin("run_docs", "run_docs.rid", "runs.rid")
      .select(["started", "metrics", "shapes"])
      .where("sid", "=", sid)
      .where("id", "=", runId),
  );
  if (!row) return null;
  const heads = unpackHeads(row);
  const names = columnsByNumber(
    context,
    heads.map(({ cid }) => cid),
  );
  return {
    started: row.started,
    heads: new Map(heads.flatMap((head) => (names.has(head.cid) ? [[names.get(head.cid)!.id, head]] : []))),
  };
}

type Reduced = Pick<PackedSeries, "total" | "nonFinite" | "reduced" | "points" | "buckets">;

/** A series of one point is told by its head alone. */
function lonePoint(head: MetricHead, x: string): Reduced {
  const single = head.count === 1 && head.last !== null && x === "step";
  return single
    ? reduceAll(Float64Array.of(head.lastStep ?? 0), Float64Array.of(head.last!), 1)
    : reduceAll(new Float64Array(), new Float64Array(), 1);
}

function reduceAll(xs: Float64Array, ys: Float64Array, points: number): Reduced {
  const total = xs.length;
  const nonFinite = ys.reduce((sum, y) => sum + (Number.isFinite(y) ? 0 : 1), 0);
  if (total <= points) return { total, nonFinite, reduced: false, points: { xs, ys } };
  return { total, nonFinite, reduced: true, buckets: packPoints(xs, ys, Math.ceil(total / points)) };
}

/** Points in any order, by rising x, within the range asked for; those without a place on the axis are left out. */
function reduceSorted(xs: Float64Array, ys: Float64Array, { from, to }: SeriesQuery, points: number): Reduced {
  const inRange = (x: number) =>
    Number.isFinite(x) && x >= (from ?? Number.NEGATIVE_INFINITY) && x <= (to ?? Number.POSITIVE_INFINITY);
  const places = Array.from(xs.keys()).filter((place) => inRange(xs[place]!));
  places.sort((a, b) => xs[a]! - xs[b]! || a - b);
  return reduceAll(
    Float64Array.from(places, (place) => xs[place]!),
    Float64Array.from(places, (place) => ys[place]!),
    points,
  );
}

/** Pairs points of equal step, the n-th of one with the n-th of the other. */
function joinOnStep(x: { xs: Float64Array; ys: Float64Array }, y: { xs: Float64Array; ys: Float64Array }) {
  const xs: number[] = [];
  const ys: number[] = [];
  let i = 0;
  let j = 0;
  while (i < x.xs.length && j < y.xs.length) {
    if (x.xs[i]! < y.xs[j]!) i += 1;
    else if (x.xs[i]! > y.xs[j]!) j += 1;
    else {
      xs.push(x.ys[i]!);
      ys.push(y.ys[j]!);
      i += 1;
      j += 1;
    }
  }
  return { xs: Float64Array.from(xs), ys: Float64Array.from(ys) };
}

function shifted(xs: Float64Array, scale: number, base: number): Float64Array {
  return scale === 1 && base === 0 ? xs : xs.map((x) => (x - base) / scale);
}

function shiftedBuckets(packed: Float64Array, scale: number, base: number): Float64Array {
  if (scale === 1 && base === 0) return packed;
  return packed.map((number, at) => (at % bucketWidth < 2 ? (number - base) / scale : number));
}

function nonFiniteOf(packed: Float64Array): number {
  let sum = 0;
  for (let at = bucketWidth - 1; at < packed.length; at += bucketWidth) sum += packed[at]!;
  return sum;
}

function concat(parts: Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
