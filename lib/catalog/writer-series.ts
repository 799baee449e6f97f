import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { SeriesFact } from "../domain/facts.ts";
import { bucketWidth, packPoints } from "../domain/reduce.ts";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import type { PutScope } from "./put-scope.ts";
import { bucketSize, bucketsPerPart, levelsOf, pointsPerPart, type SeriesTimes } from "./series-shape.ts";

interface Points {
  steps: Float64Array;
  values: Float64Array;
  times: Float64Array | null;
}

/** Keeps points and their pyramids. Equal points are kept once, however many runs have them. */
export class SeriesWriter {
  readonly #linked: Statement<{ content: number }>;
  readonly #known: Statement<{ content: number }>;
  readonly #addContent: Statement<unknown>;
  readonly #addChunk: Statement<unknown>;
  readonly #addBounds: Statement<unknown>;
  readonly #link: Statement<unknown>;
  readonly #ofRun: Statement<{ metric: string; content: number }>;
  readonly #unlink: Statement<unknown>;
  readonly #inUse: Statement<{ content: number }>;
  readonly #drop: Statement<unknown>[];
  readonly #experimentOf: Statement<{ experiment: string }>;

  constructor(db: CatalogDatabase) {
    const link = query.selectFrom("series").where("sid", "=", 0).where("run", "=", "");
    this.#linked = db.statement(link.select("content").where("metric", "=", ""));
    this.#ofRun = db.statement(link.select(["metric", "content"]));
    this.#unlink = db.statement(
      query.deleteFrom("series").where("sid", "=", 0).where("run", "=", "").where("metric", "=", ""),
    );
    this.#inUse = db.statement(query.selectFrom("series").select("content").where("content", "=", 0).limit(sql.lit(1)));
    this.#known = db.statement(query.selectFrom("series_contents").select("content").where("hash", "=", ""));
    this.#addContent = db.statement(
      query.insertInto("series_contents").values({ hash: "", points: 0, non_finite: 0, times: "", levels: 0 }),
    );
    this.#addChunk = db.statement(
      query.insertInto("series_chunks").values({ content: 0, level: 0, part: 0, data: new Uint8Array() }),
    );
    this.#addBounds = db.statement(
      query.insertInto("series_bounds").values({ content: 0, axis: "", data: new Uint8Array() }),
    );
    this.#link = db.statement(query.replaceInto("series").values({ sid: 0, run: "", metric: "", content: 0 }));
    this.#drop = contentTables.map((table) => db.statement(query.deleteFrom(table).where("content", "=", 0)));
    this.#experimentOf = db.statement(
      query.selectFrom("runs").select("experiment").where("sid", "=", 0).where("id", "=", ""),
    );
  }

  put(scope: PutScope, fact: SeriesFact): void {
    const points = inOrder(fact);
    const hash = hashOf(points);
    const before = this.#linked.get(scope.sid, fact.runId, fact.metricId)?.content;
    const content = this.#known.get(hash)?.content ?? this.#store(hash, points);
    if (content === before) return;
    this.#link.run(scope.sid, fact.runId, fact.metricId, content);
    if (before !== undefined) this.#release(before);
    scope.changed("series", this.#experimentOf.get(scope.sid, fact.runId)?.experiment ?? null, fact.runId);
  }

  /** A run that changed keeps the series of the metrics that it still has. */
  keepOnly(sid: number, runId: string, metricIds: ReadonlySet<string>): void {
    for (const { metric, content } of this.#ofRun.all(sid, runId)) {
      if (metricIds.has(metric)) continue;
      this.#unlink.run(sid, runId, metric);
      this.#release(content);
    }
  }

  #release(content: number): void {
    if (this.#inUse.get(content)) return;
    for (const drop of this.#drop) drop.run(content);
  }

  #store(hash: string, { steps, values, times }: Points): number {
    const count = values.length;
    const order: SeriesTimes = times === null ? "none" : isRising(times) ? "rising" : "unordered";
    const levels = levelsOf(count);
    const nonFinite = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
    const content = this.#addContent.insert(hash, count, nonFinite, order, levels);
    const axes = [steps, values, ...(times ? [times] : [])];
    for (let part = 0; part * pointsPerPart < count; part += 1) {
      const [start, end] = [part * pointsPerPart, (part + 1) * pointsPerPart];
      this.#addChunk.run(content, 0, part, joined(axes.map((axis) => axis.subarray(start, end))));
    }
    this.#addBounds.run(content, "step", firstOfParts(steps));
    if (times && order === "rising") this.#addBounds.run(content, "time", firstOfParts(times));
    for (let level = 1; level <= levels; level += 1) {
      const size = bucketSize(level);
      const byStep = packPoints(steps, values, size);
      const byTime = order === "rising" ? packPoints(times!, values, size) : null;
      const width = bucketsPerPart * bucketWidth;
      for (let part = 0; part * width < byStep.length; part += 1) {
        const cut = [byStep, ...(byTime ? [byTime] : [])].map((axis) =>
          axis.subarray(part * width, (part + 1) * width),
        );
        this.#addChunk.run(content, level, part, joined(cut));
      }
    }
    return content;
  }
}

const contentTables = ["series_chunks", "series_bounds", "series_contents"] as const;

/** Drops points that no run has any more. */
export function dropUnusedSeries(db: CatalogDatabase): void {
  const used = query.selectFrom("series").select("content");
  for (const table of contentTables) db.run(query.deleteFrom(table).where("content", "not in", used));
}

/** Points by rising step; of arrays of unequal length the shortest counts. */
function inOrder({ steps, values, times }: SeriesFact): Points {
  const count = Math.min(steps.length, values.length, times?.length ?? Number.POSITIVE_INFINITY);
  const cut = {
    steps: steps.subarray(0, count),
    values: values.subarray(0, count),
    times: times?.subarray(0, count) ?? null,
  };
  if (isRising(cut.steps)) return cut;
  const order = Array.from({ length: count }, (_, index) => index).sort((a, b) => steps[a]! - steps[b]! || a - b);
  const pick = (from: Float64Array) => Float64Array.from(order, (index) => from[index]!);
  return { steps: pick(steps), values: pick(values), times: times && pick(times) };
}

function isRising(numbers: Float64Array): boolean {
  for (let at = 1; at < numbers.length; at += 1) if (!(numbers[at]! >= numbers[at - 1]!)) return false;
  return true;
}

function hashOf({ steps, values, times }: Points): string {
  const hash = createHash("sha256").update(`${values.length}${times ? "t" : ""}`);
  for (const axis of [steps, values, times]) if (axis) hash.update(bytesOf(axis));
  return hash.digest("base64url");
}

function firstOfParts(axis: Float64Array): Uint8Array {
  const parts = Math.ceil(axis.length / pointsPerPart);
  return bytesOf(Float64Array.from({ length: parts }, (_, part) => axis[part * pointsPerPart]!));
}

function joined(axes: Float64Array[]): Uint8Array {
  const all = new Float64Array(axes.reduce((sum, axis) => sum + axis.length, 0));
  let at = 0;
  for (const axis of axes) {
    all.set(axis, at);
    at += axis.length;
  }
  return bytesOf(all);
}

function bytesOf(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
