import { sql } from "kysely";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import type { PutScope } from "./put-scope.ts";

interface ViaUse {
  rid: number;
  ord: number;
  process: string;
  step: string | null;
  producer: string | null;
  entry: string | null;
}

/**
 * Step uses whose record does not say which entry served them: it is the one that the step of the same name in the producer run made. The
 * producer's run, its entries and the runs that reused them may come in any order.
 */
export class ProducerJoins {
  readonly #ofRun: Statement<ViaUse>;
  readonly #ofProducer: Statement<ViaUse>;
  readonly #ofStep: Statement<ViaUse>;
  readonly #usedByProducer: Statement<{ entry: string | null; origin: string }>;
  readonly #madeByProducer: Statement<{ id: string }>;
  readonly #set: Statement<unknown>;

  constructor(db: CatalogDatabase) {
    const via = query.selectFrom("step_uses").select(["rid", "ord", "process", "step", "producer", "entry"]);
    this.#ofRun = db.statement(via.where("rid", "=", 0).where("via", "=", sql.lit(1)));
    const ofProducer = via.where("via", "=", sql.lit(1)).where("sid", "=", 0).where("producer", "=", "");
    this.#ofProducer = db.statement(ofProducer);
    this.#ofStep = db.statement(ofProducer.where("process", "=", "").where("step", "is", ""));
    this.#usedByProducer = db.statement(
      query
        .selectFrom("runs")
        .innerJoin("step_uses", "step_uses.rid", "runs.rid")
        .select(["entry", "origin"])
        .where("runs.sid", "=", 0)
        .where("runs.id", "=", "")
        .where("process", "=", "")
        .where("step", "is", "")
        .where("entry", "is not", null),
    );
    this.#madeByProducer = db.statement(
      query
        .selectFrom("entries")
        .select("id")
        .where("sid", "=", 0)
        .where("fact_producer", "=", "")
        .where("process", "=", "")
        .where("step", "is", "")
        .orderBy("created", "desc")
        .limit(sql.lit(1)),
    );
    this.#set = db.statement(
      query.updateTable("step_uses").set({ entry: "" }).where("rid", "=", 0).where("ord", "=", 0),
    );
  }

  settle(scope: PutScope): void {
    for (const rid of scope.joining) this.#join(scope, this.#ofRun.all(rid));
    for (const producer of scope.producers) this.#join(scope, this.#ofProducer.all(scope.sid, producer));
    for (const { producer, process, step } of scope.made) {
      if (!scope.producers.has(producer)) this.#join(scope, this.#ofStep.all(scope.sid, producer, process, step));
    }
  }

  #join(scope: PutScope, uses: ViaUse[]): void {
    for (const use of uses) {
      const entry = this.#find(scope.sid, use);
      if (entry === use.entry) continue;
      this.#set.run(entry, use.rid, use.ord);
      if (entry !== null) scope.entryIds.add(entry);
      if (use.entry !== null) scope.entryIds.add(use.entry);
    }
  }

  #find(sid: number, { producer, process, step }: ViaUse): string | null {
    if (producer === null) return null;
    const used = this.#usedByProducer.all(sid, producer, process, step);
    const own = used.find((use) => use.origin === "executed") ?? used[0];
    return own?.entry ?? this.#madeByProducer.get(sid, producer, process, step)?.id ?? null;
  }
}
