import type { EntryFact } from "../domain/facts.ts";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import { digestOf } from "./digest.ts";
import type { EntryPlace, PutScope } from "./put-scope.ts";
import type { EntryDoc } from "./stored-docs.ts";
import { foldedUnlessSame, storeNullable, storeText } from "./stored-text.ts";

/** The clock of a store may differ this much from ours, ms. */
export const clockTolerance = 60_000;

interface KnownEntry extends EntryPlace {
  eid: number;
  digest: string;
  state: string;
  bytes: number | null;
  created: number | null;
  expires: number | null;
}

/** Keeps cache entries and the payloads that they name. What is derived of them is worked out in `EntryDerivation`. */
export class EntryWriter {
  readonly #find: Statement<KnownEntry>;
  readonly #stamp: Statement<unknown>;
  readonly #add: Statement<unknown>;
  readonly #update: Statement<unknown>;
  readonly #putDoc: Statement<unknown>;
  readonly #setToken: Statement<unknown>;
  readonly #addPayload: Statement<unknown>;
  readonly #payloads: Statement<{ artifact: string }>;
  readonly #clearPayloads: Statement<unknown>;
  readonly #remove: Statement<unknown>[];

  constructor(db: CatalogDatabase) {
    this.#find = db.statement(
      query
        .selectFrom("entries")
        .innerJoin("entry_docs", "entry_docs.eid", "entries.eid")
        .select(["entries.eid", "digest", "experiment", "process", "step", "state", "bytes", "created", "expires"])
        .where("sid", "=", 0)
        .where("id", "=", ""),
    );
    this.#stamp = db.statement(query.updateTable("entries").set({ gen: 0 }).where("eid", "=", 0));
    const figures = {
      experiment: "",
      key: "",
      folded: "",
      scope: "",
      process: "",
      step: "",
      status: "",
      fact_state: "",
      state: "",
      version: "",
      fact_producer: "",
      created: 0,
      fact_seconds: 0,
      expires: 0,
      unread: 0,
      due: 0,
      gen: 0,
      since: 0,
    };
    const underived = {
      uses: 0,
      lacking: 0,
      drifted: 0,
      producer: "",
      seconds: 0,
      saved: 0,
      borrowed: 0,
      held: 0,
      shared: 0,
    };
    this.#add = db.statement(query.insertInto("entries").values({ ...figures, sid: 0, id: "", ...underived }));
    this.#update = db.statement(query.updateTable("entries").set(figures).where("eid", "=", 0));
    this.#putDoc = db.statement(query.replaceInto("entry_docs").values({ eid: 0, token: "", digest: "", doc: "" }));
    this.#setToken = db.statement(query.updateTable("entry_docs").set({ token: "" }).where("eid", "=", 0));
    this.#addPayload = db.statement(
      query.insertInto("payloads").values({ eid: 0, ord: 0, sid: 0, artifact: "", role: "", recorded: 0 }),
    );
    this.#payloads = db.statement(query.selectFrom("payloads").select("artifact").where("eid", "=", 0));
    this.#clearPayloads = db.statement(query.deleteFrom("payloads").where("eid", "=", 0));
    this.#remove = (["entry_docs", "entries"] as const).map((table) =>
      db.statement(query.deleteFrom(table).where("eid", "=", 0)),
    );
  }

  /** True when the entry is new. */
  put(scope: PutScope, fact: EntryFact): boolean {
    const { token, ...said } = fact;
    const digest = digestOf(JSON.stringify(said));
    const known = this.#find.get(scope.sid, fact.id);
    if (known?.digest === digest) {
      this.#stamp.run(scope.gen, known.eid);
      this.#setToken.run(token, known.eid);
      return false;
    }
    // A payload that is written while the listing is under way may not be in it.
    const fresh = fact.createdAt !== null && fact.createdAt > scope.began - clockTolerance;
    const place = {
      experiment: fact.experimentId,
      process: storeNullable(fact.process),
      step: storeNullable(fact.step),
    };
    const figures = [
      fact.experimentId,
      storeText(fact.key),
      foldedUnlessSame(fact.key),
      fact.scope,
      place.process,
      place.step,
      fact.status,
      fact.state,
      fact.state,
      fact.version,
      fact.producerRunId,
      fact.createdAt,
      fact.executionSeconds,
      fact.expiresAt,
      fact.payloadsComplete ? 0 : 1,
      dueOf(fact),
      scope.gen,
      fresh ? Math.max(scope.since, scope.gen + 1) : scope.since,
    ];
    // As if nobody used it and no payload were there: mostly so while a first sweep runs, and then nothing needs to be set right.
    const added = [
      scope.sid,
      fact.id,
      0,
      fact.payloads.length,
      0,
      fact.producerRunId,
      fact.executionSeconds,
      0,
      0,
      0,
      0,
    ];
    const eid = known?.eid ?? this.#add.insert(...figures, ...added);
    if (known) {
      this.#update.run(...figures, eid);
      this.#forgetPayloads(scope, eid);
    }
    const { keyParts, ttl, warnings, locator } = fact;
    this.#putDoc.run(eid, token, digest, JSON.stringify({ keyParts, ttl, warnings, locator } satisfies EntryDoc));
    fact.payloads.forEach(({ artifactId, role, bytesRecorded }, ord) => {
      this.#addPayload.run(eid, ord, scope.sid, artifactId, role, bytesRecorded ?? null);
      scope.named.add(artifactId);
    });
    scope.entries.add(eid);
    scope.deaths.delete(fact.id);
    if (!known) scope.fresh.set(eid, { id: fact.id, artifacts: fact.payloads.map(({ artifactId }) => artifactId) });
    if (known) scope.tally(known, known.state, -1, known.bytes);
    scope.tally(place, fact.state, 1, known?.bytes ?? null);
    scope.ledgerOf(fact.createdAt);
    if (known) scope.ledgerOf(known.created);
    const { producerRunId: producer } = fact;
    if (producer !== null && place.process !== null)
      scope.made.push({ producer, process: place.process, step: place.step });
    scope.changed("cache", fact.experimentId, fact.id);
    return !known;
  }

  remove(scope: PutScope, id: string): boolean {
    const known = this.#find.get(scope.sid, id);
    if (!known) return false;
    this.#forgetPayloads(scope, known.eid);
    for (const statement of this.#remove) statement.run(known.eid);
    scope.entries.delete(known.eid);
    scope.tally(known, known.state, -1, known.bytes);
    scope.ledgerOf(known.created);
    scope.changed("cache", known.experiment, id);
    scope.died(id, "gone", known.expires);
    return true;
  }

  #forgetPayloads(scope: PutScope, eid: number): void {
    for (const { artifact } of this.#payloads.all(eid)) scope.released.add(artifact);
    this.#clearPayloads.run(eid);
  }
}

/** A life that its store obeys ends by itself. */
function dueOf({ ttl, createdAt }: EntryFact): number | null {
  return ttl && !ttl.enforced && createdAt !== null ? createdAt + ttl.seconds * 1000 : null;
}
