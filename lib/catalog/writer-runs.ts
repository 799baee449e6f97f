import type { MetricFact, RunFact, StepUseFact } from "../domain/facts.ts";
import { BulkInsert } from "./bulk-insert.ts";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import { digestOf } from "./digest.ts";
import { everyDay } from "./ledger-days.ts";
import { packHeads } from "./metric-heads.ts";
import type { PutScope } from "./put-scope.ts";
import type { RunDoc } from "./stored-docs.ts";
import { foldedUnlessSame, storeNullable, storeText } from "./stored-text.ts";
import { type StoredValue, storeValue, toStoredJson } from "./stored-value.ts";
import type { ColumnBook } from "./writer-columns.ts";
import type { SeriesWriter } from "./writer-series.ts";

interface Value extends StoredValue {
  lo: number | null;
  hi: number | null;
}

/** Keeps runs with what hangs on them: values, step uses, charts. */
export class RunWriter {
  readonly #columns: ColumnBook;
  readonly #series: SeriesWriter;
  readonly #find: Statement<{
    rid: number;
    digest: string;
    experiment: string;
    started: number | null;
    version: string | null;
  }>;
  readonly #stamp: Statement<unknown>;
  readonly #add: Statement<unknown>;
  readonly #update: Statement<unknown>;
  readonly #putDoc: Statement<unknown>;
  readonly #addValues: BulkInsert;
  readonly #addUse: Statement<unknown>;
  readonly #addChart: Statement<unknown>;
  readonly #cids: Statement<{ cid: number }>;
  readonly #usedEntries: Statement<{ entry: string | null }>;
  readonly #charts: Statement<{ artifact: string }>;
  readonly #clear: Statement<unknown>[];
  readonly #remove: Statement<unknown>[];

  constructor(db: CatalogDatabase, columns: ColumnBook, series: SeriesWriter) {
    this.#columns = columns;
    this.#series = series;
    const one = query.selectFrom("runs").where("sid", "=", 0).where("id", "=", "");
    this.#find = db.statement(one.select(["rid", "digest", "experiment", "started", "version"]));
    this.#stamp = db.statement(query.updateTable("runs").set({ gen: 0, token: "" }).where("rid", "=", 0));
    const figures = {
      experiment: "",
      name: "",
      folded: "",
      status: "",
      started: 0,
      ended: 0,
      duration: 0,
      active: 0,
      version: "",
      hits: 0,
      misses: 0,
      unpriced: 0,
      processes: 0,
      saved: 0,
      step_saved: 0,
      spent: 0,
      token: "",
      digest: "",
      gen: 0,
    };
    this.#add = db.statement(query.insertInto("runs").values({ ...figures, sid: 0, id: "" }));
    this.#update = db.statement(query.updateTable("runs").set(figures).where("rid", "=", 0));
    this.#putDoc = db.statement(
      query
        .replaceInto("run_docs")
        .values({ rid: 0, params: "", tags: "", metrics: new Uint8Array(), shapes: "", doc: "" }),
    );
    this.#addValues = new BulkInsert(db, (rows) =>
      query
        .insertInto("run_values")
        .orIgnore()
        .values(Array.from({ length: rows }, () => ({ rid: 0, cid: 0, v: "", long: "", lo: 0, hi: 0 }))),
    );
    this.#addUse = db.statement(
      query.insertInto("step_uses").values({
        rid: 0,
        ord: 0,
        sid: 0,
        process: "",
        step: "",
        origin: "",
        started: 0,
        ended: 0,
        seconds: 0,
        producer: "",
        producer_started: 0,
        producer_seconds: 0,
        via: 0,
        entry: "",
        error: "",
      }),
    );
    this.#addChart = db.statement(
      query.insertInto("chart_uses").values({
        rid: 0,
        ord: 0,
        sid: 0,
        artifact: "",
        process: "",
        title: "",
        media_type: "",
        bytes: 0,
        created: 0,
        producer: "",
      }),
    );
    this.#cids = db.statement(query.selectFrom("run_values").select("cid").where("rid", "=", 0));
    this.#usedEntries = db.statement(query.selectFrom("step_uses").select("entry").where("rid", "=", 0));
    this.#charts = db.statement(query.selectFrom("chart_uses").select("artifact").where("rid", "=", 0));
    this.#clear = (["run_values", "step_uses", "chart_uses"] as const).map((table) =>
      db.statement(query.deleteFrom(table).where("rid", "=", 0)),
    );
    this.#remove = (["run_docs", "runs"] as const).map((table) =>
      db.statement(query.deleteFrom(table).where("rid", "=", 0)),
    );
  }

  /** True when the run is new. */
  put(scope: PutScope, fact: RunFact): boolean {
    const { sid } = scope;
    const cids = fact.metrics.map((metric) => this.#columns.ofMetric(sid, metric));
    const heads = packHeads(fact.metrics, cids);
    const { statusReason, paramsOrigin, version, warnings } = fact;
    const doc = toStoredJson({ statusReason, paramsOrigin, version, warnings } satisfies RunDoc);
    const params = fact.params && toStoredJson(fact.params);
    const tags = toStoredJson(fact.tags);
    const { experimentId, name, status, startedAt, endedAt, lastActivityAt, steps, charts } = fact;
    const rest = toStoredJson([experimentId, name, status, startedAt, endedAt, lastActivityAt, steps, charts]);
    const digest = digestOf(rest, params ?? "", tags, doc, heads.metrics, heads.shapes);
    const known = this.#find.get(sid, fact.id);
    if (known?.digest === digest) {
      this.#stamp.run(scope.gen, fact.token, known.rid);
      return false;
    }
    const cache = reuseOf(steps);
    const figures = [
      experimentId,
      storeText(name),
      foldedUnlessSame(name),
      status,
      startedAt,
      endedAt,
      durationOf(startedAt, endedAt),
      lastActivityAt,
      version?.hash ?? null,
      cache.hits,
      cache.misses,
      cache.unpriced,
      cache.processes,
      cache.saved,
      cache.stepSaved,
      cache.spent,
      fact.token,
      digest,
      scope.gen,
    ];
    if (known) this.#forget(scope, known.rid);
    const rid = known?.rid ?? this.#add.insert(...figures, sid, fact.id);
    if (known) this.#update.run(...figures, rid);
    this.#putDoc.run(rid, params, tags, heads.metrics, heads.shapes, doc);
    this.#putValues(sid, rid, fact, cids);
    for (const [ord, use] of steps.entries()) this.#putUse(scope, rid, ord, use);
    charts.forEach((chart, ord) => {
      const { artifactId, process, title, mediaType, bytesRecorded, createdAt, producerRunId } = chart;
      this.#addChart.run(
        rid,
        ord,
        sid,
        artifactId,
        storeNullable(process),
        storeText(title),
        mediaType,
        bytesRecorded,
        createdAt,
        producerRunId,
      );
    });
    scope.producers.add(fact.id);
    scope.ledgerOf(startedAt);
    if (known) scope.ledgerOf(known.started);
    // Results of this run were counted under its version on any day.
    if (known?.version && known.version !== version?.hash) scope.ledgerDays.add(everyDay);
    if (known) this.#series.keepOnly(sid, fact.id, new Set(fact.metrics.map((metric) => metric.id)));
    scope.changed("run", experimentId, fact.id);
    return !known;
  }

  /** Answers whether there was such a run. */
  remove(scope: PutScope, id: string): boolean {
    const known = this.#find.get(scope.sid, id);
    if (!known) return false;
    this.#forget(scope, known.rid);
    for (const statement of this.#remove) statement.run(known.rid);
    this.#series.keepOnly(scope.sid, id, new Set());
    scope.producers.add(id);
    scope.ledgerOf(known.started);
    scope.changed("run", known.experiment, id);
    return true;
  }

  #forget(scope: PutScope, rid: number): void {
    this.#columns.touch(
      scope.sid,
      this.#cids.all(rid).map(({ cid }) => cid),
    );
    for (const { entry } of this.#usedEntries.all(rid)) if (entry !== null) scope.entryIds.add(entry);
    for (const { artifact } of this.#charts.all(rid)) scope.artifactIds.add(artifact);
    for (const statement of this.#clear) statement.run(rid);
  }

  #putValues(sid: number, rid: number, fact: RunFact, metricCids: readonly number[]): void {
    const values = new Map<number, Value>();
    const keep = (cid: number, value: StoredValue | null, lo: number | null = null, hi: number | null = null) => {
      if (value) values.set(cid, { ...value, lo, hi });
    };
    for (const [name, value] of Object.entries(fact.params ?? {}))
      keep(this.#columns.named(sid, "param", name), storeValue(value));
    for (const [name, value] of Object.entries(fact.tags))
      keep(this.#columns.named(sid, "tag", name), storeValue(value));
    fact.metrics.forEach((metric, index) => {
      keep(metricCids[index]!, metricValue(metric), metric.min, metric.max);
    });
    const cids = [...values.keys()].sort((a, b) => a - b);
    this.#addValues.run(
      6,
      cids.flatMap((cid) => {
        const { v, long, lo, hi } = values.get(cid)!;
        return [rid, cid, typeof v === "string" ? storeText(v) : v, long, lo, hi];
      }),
    );
    this.#columns.touch(sid, cids);
  }

  #putUse(scope: PutScope, rid: number, ord: number, use: StepUseFact): void {
    const via = use.entry !== null && "viaProducer" in use.entry;
    const entry = use.entry !== null && "id" in use.entry ? use.entry.id : null;
    const { producer } = use;
    this.#addUse.run(
      rid,
      ord,
      scope.sid,
      storeText(use.process),
      storeNullable(use.step),
      use.origin,
      use.startedAt,
      use.endedAt,
      use.executionSeconds,
      producer?.runId ?? null,
      producer?.startedAt ?? null,
      producer?.executionSeconds ?? null,
      via ? 1 : 0,
      entry,
      use.error ? toStoredJson(use.error) : null,
    );
    if (entry !== null) scope.entryIds.add(entry);
    if (via) scope.joining.add(rid);
  }
}

function metricValue(metric: MetricFact): StoredValue {
  const stored = storeValue(metric.last ?? (metric.kind === "table" ? undefined : metric.value));
  return stored ?? { v: null, long: null };
}

function durationOf(startedAt: number | null, endedAt: number | null): number | null {
  return startedAt === null || endedAt === null ? null : (endedAt - startedAt) / 1000;
}

/** Hits, misses and seconds over processes; steps count apart, since those of a reused process leave no record. */
function reuseOf(steps: readonly StepUseFact[]) {
  const processes = steps.filter((use) => use.step === null);
  const hits = processes.filter((use) => use.origin === "reused");
  const misses = processes.filter((use) => use.origin === "executed" || use.origin === "failed");
  const known = processes.length > 0;
  const reused = new Set(hits.map((use) => use.process));
  const stepHits = steps.filter((use) => use.step !== null && use.origin === "reused" && !reused.has(use.process));
  const worth = (uses: readonly StepUseFact[]) => sumOf(uses.map((use) => use.producer?.executionSeconds ?? null));
  return {
    hits: known ? hits.length : null,
    misses: known ? misses.length : null,
    unpriced: known ? hits.filter((use) => typeof use.producer?.executionSeconds !== "number").length : null,
    stepSaved: known ? worth(stepHits) : null,
    processes: known ? processes.length : null,
    saved: known ? worth(hits) : null,
    spent: known ? sumOf(misses.map((use) => use.executionSeconds)) : null,
  };
}

function sumOf(amounts: (number | null)[]): number {
  return amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
}
