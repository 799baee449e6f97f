import { sql } from "kysely";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import type { EntryPlace, PutScope } from "./put-scope.ts";

interface Derived {
  state: string;
  producer: string | null;
  seconds: number | null;
  bytes: number | null;
  uses: number;
  last_user: string | null;
  last_used: number | null;
  saved: number | null;
  borrowed: number;
  lacking: number;
  drifted: number;
  held: number;
  shared: number;
}
type StorageFigures = Pick<Derived, "state" | "bytes" | "lacking" | "drifted" | "held" | "shared">;
interface EntryRow extends Derived, EntryPlace {
  id: string;
  fact_state: string;
  fact_producer: string | null;
  fact_seconds: number | null;
  since: number;
  created: number | null;
  expires: number | null;
}
interface PayloadRow {
  artifact: string;
  role: string;
  aid: number | null;
  bytes: number | null;
  recorded: number | null;
  first: number | null;
  last: number | null;
}
interface Use {
  rid: number;
  run: string;
  started: number | null;
  origin: string;
  at: number | null;
  seconds: number | null;
}

/** What a source's scans have shown so far; payloads can be called missing only when a listing was complete. */
export interface SourceKnowledge {
  completeGeneration: number;
  listsArtifacts: boolean;
}

/** Works out what an entry's users and payloads make of it: producer, uses, time saved, size, state. */
export class EntryDerivation {
  readonly #byId: Statement<{ eid: number }>;
  readonly #byArtifact: Statement<{ eid: number }>;
  readonly #used: Statement<{ rid: number }>;
  readonly #stored: Statement<{ aid: number }>;
  readonly #row: Statement<EntryRow>;
  readonly #uses: Statement<Use>;
  readonly #borrowed: Statement<{ seconds: number | null }>;
  readonly #saveAnew: Statement<unknown>;
  readonly #payloads: Statement<PayloadRow>;
  readonly #update: Statement<unknown>;

  constructor(db: CatalogDatabase) {
    this.#byId = db.statement(query.selectFrom("entries").select("eid").where("sid", "=", 0).where("id", "=", ""));
    this.#byArtifact = db.statement(
      query.selectFrom("payloads").select("eid").where("sid", "=", 0).where("artifact", "=", ""),
    );
    this.#used = db.statement(
      query.selectFrom("step_uses").select("rid").where("sid", "=", 0).where("entry", "=", "").limit(sql.lit(1)),
    );
    this.#stored = db.statement(query.selectFrom("artifacts").select("aid").where("sid", "=", 0).where("id", "=", ""));
    this.#row = db.statement(
      query
        .selectFrom("entries")
        .select([
          "id",
          "experiment",
          "process",
          "step",
          "fact_state",
          "fact_producer",
          "fact_seconds",
          "since",
          "expires",
        ])
        .select(["state", "producer", "seconds", "bytes", "uses", "last_user", "last_used", "saved", "borrowed"])
        .select(["lacking", "drifted", "held", "shared", "created"])
        .where("eid", "=", 0),
    );
    this.#uses = db.statement(
      query
        .selectFrom("step_uses")
        .innerJoin("runs", "runs.rid", "step_uses.rid")
        .select(({ fn }) => [
          "runs.rid",
          "runs.id as run",
          "runs.started",
          "origin",
          fn.coalesce("step_uses.started", "runs.started").as("at"),
          "seconds",
        ])
        .where("step_uses.sid", "=", 0)
        .where("entry", "=", ""),
    );
    this.#borrowed = db.statement(
      query
        .selectFrom("step_uses")
        .select(({ fn }) => fn.sum<number | null>("producer_seconds").as("seconds"))
        .where("rid", "=", 0)
        .where("process", "=", "")
        .where("step", "is not", null)
        .where("origin", "=", sql.lit("reused")),
    );
    this.#saveAnew = db.statement(
      query
        .updateTable("runs")
        .set(({ selectFrom }) => ({
          saved: selectFrom("step_uses")
            .leftJoin("entries", (join) =>
              join.onRef("entries.sid", "=", "step_uses.sid").onRef("entries.id", "=", "step_uses.entry"),
            )
            .select(sql<number>`sum(coalesce(producer_seconds, 0) + coalesce(borrowed, 0))`.as("saved"))
            .whereRef("step_uses.rid", "=", "runs.rid")
            .where("step_uses.step", "is", null)
            .where("origin", "=", sql.lit("reused")),
        }))
        .where("rid", "=", 0),
    );
    this.#payloads = db.statement(
      query
        .selectFrom("payloads")
        .leftJoin("artifacts", (join) =>
          join.onRef("artifacts.sid", "=", "payloads.sid").onRef("artifacts.id", "=", "artifact"),
        )
        .select(["artifact", "payloads.role", "aid", "bytes", "recorded"])
        .select(({ selectFrom }) =>
          (["min", "max"] as const).map((most) =>
            selectFrom("payloads as named")
              .select(({ fn }) => fn[most]<number>("named.eid").as("eid"))
              .whereRef("named.sid", "=", "payloads.sid")
              .whereRef("named.artifact", "=", "payloads.artifact")
              .as(most === "min" ? "first" : "last"),
          ),
        )
        .where("eid", "=", 0),
    );
    this.#update = db.statement(
      query
        .updateTable("entries")
        .set({
          state: "",
          producer: "",
          seconds: 0,
          bytes: 0,
          uses: 0,
          last_user: "",
          last_used: 0,
          saved: 0,
          borrowed: 0,
          lacking: 0,
          drifted: 0,
          held: 0,
          shared: 0,
        })
        .where("eid", "=", 0),
    );
  }

  settle(scope: PutScope, knowledge: SourceKnowledge): void {
    for (const id of scope.entryIds) for (const { eid } of this.#byId.all(scope.sid, id)) scope.entries.add(eid);
    // Who else names a payload holds it from now on, or no longer.
    const named = [...scope.named].filter((id) => this.#stored.get(scope.sid, id));
    for (const id of [...scope.artifactIds, ...scope.released, ...named])
      for (const { eid } of this.#byArtifact.all(scope.sid, id)) scope.entries.add(eid);
    for (const eid of scope.entries) if (!this.#standsAlone(scope, eid)) this.#refresh(scope, knowledge, eid);
  }

  /** While a first sweep runs, most entries come before their users and payloads: then what was written of them is right already. */
  #standsAlone(scope: PutScope, eid: number): boolean {
    const fresh = scope.fresh.get(eid);
    if (!fresh || this.#used.get(scope.sid, fresh.id)) return false;
    return fresh.artifacts.every((id) => !this.#stored.get(scope.sid, id));
  }

  #refresh(scope: PutScope, knowledge: SourceKnowledge, eid: number): void {
    const row = this.#row.get(eid);
    if (!row || row.fact_state === "orphan") return;
    const all = this.#uses.all(scope.sid, row.id);
    const derived = { ...this.#usage(row, all), ...this.#storage(scope, eid, row, knowledge) };
    if (!isSame(row, derived)) this.#write(scope, eid, row, derived);
    if (row.borrowed !== 0 || derived.borrowed !== 0)
      for (const { rid, origin, started } of all) {
        if (origin !== "reused") continue;
        this.#saveAnew.run(rid);
        scope.ledgerOf(started);
      }
  }

  #write(scope: PutScope, eid: number, row: EntryRow, derived: Derived): void {
    const { state, producer, seconds, bytes, uses, last_user, last_used, saved, borrowed, lacking } = derived;
    const { drifted, held, shared } = derived;
    const figures = [
      state,
      producer,
      seconds,
      bytes,
      uses,
      last_user,
      last_used,
      saved,
      borrowed,
      lacking,
      drifted,
      held,
      shared,
    ];
    this.#update.run(...figures, eid);
    if (held !== row.held) scope.ledgerOf(row.created);
    if (state === "broken" && row.state !== "broken") scope.died(row.id, "payload-gone", row.expires);
    if (state !== row.state || bytes !== row.bytes) {
      scope.tally(row, row.state, -1, row.bytes);
      scope.tally(row, state, 1, bytes);
    }
    scope.changed("cache", row.experiment, row.id);
  }

  #usage(row: EntryRow, uses: readonly Use[]): Omit<Derived, keyof StorageFigures> {
    const made = latest(uses.filter((use) => use.origin === "executed"));
    const producer = made?.run ?? row.fact_producer;
    const users = uses.filter((use) => use.origin === "reused" && use.run !== producer);
    const last = latest(users);
    const seconds = row.fact_seconds ?? made?.seconds ?? null;
    const hits = new Set(users.map((use) => use.run)).size;
    const borrowed = made && row.step === null ? (this.#borrowed.get(made.rid, row.process)?.seconds ?? 0) : 0;
    const saved = hits === 0 ? 0 : seconds === null ? null : hits * (seconds + borrowed);
    return {
      producer,
      seconds,
      uses: hits,
      last_user: last?.run ?? null,
      last_used: last?.at ?? null,
      saved,
      borrowed,
    };
  }

  #storage(scope: PutScope, eid: number, row: EntryRow, knowledge: SourceKnowledge): StorageFigures {
    const payloads = this.#payloads.all(eid);
    const results = payloads.filter((payload) => payload.role === "result");
    const sizes = results.flatMap(({ bytes }) => (bytes === null ? [] : [bytes]));
    // What is newer than the last sweep may only wait for its file, unless that was seen to go.
    const judged =
      (knowledge.listsArtifacts && row.since <= knowledge.completeGeneration) ||
      results.some(({ artifact }) => scope.lost.has(artifact)) ||
      row.state === "broken";
    const broken = judged && row.fact_state === "usable" && results.some(({ aid }) => aid === null);
    return {
      state: broken ? "broken" : row.fact_state,
      bytes: sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0),
      lacking: payloads.filter(({ aid }) => aid === null).length,
      drifted: payloads.filter(({ bytes, recorded }) => bytes !== null && recorded !== null && bytes !== recorded)
        .length,
      held: sumBytes(payloads.filter(({ first }) => first === eid)),
      shared: payloads.filter(({ first, last }) => first !== last).length,
    };
  }
}

function latest(uses: Use[]): Use | undefined {
  return uses.reduce<Use | undefined>((best, use) => (best && (best.at ?? 0) > (use.at ?? 0) ? best : use), undefined);
}

/** A file that is named twice is stored once. */
function sumBytes(payloads: readonly PayloadRow[]): number {
  const byFile = new Map(payloads.map(({ artifact, bytes }) => [artifact, bytes ?? 0]));
  return [...byFile.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function isSame(row: EntryRow, derived: Derived): boolean {
  return (Object.keys(derived) as (keyof Derived)[]).every((name) => row[name] === derived[name]);
}
