import { deserialize, serialize } from "node:v8";
import { sql } from "kysely";
import type { FactSubject } from "../domain/facts.ts";
import type { PlainValue } from "../domain/values.ts";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import type { PutScope } from "./put-scope.ts";
import { restoreText, storeText } from "./stored-text.ts";
import { dropUnusedSeries } from "./writer-series.ts";

/** What layouts ask the catalog to remember for their next sweep: tokens, memos, longest executions. */
export class WriterMemory {
  readonly #db: CatalogDatabase;
  readonly #stamps: Record<FactSubject, Statement<unknown>>;
  readonly #tokens: Record<FactSubject, Statement<{ token: string }>>;
  readonly #read: Statement<{ token: string; value: Uint8Array }>;
  readonly #write: Statement<unknown>;

  constructor(db: CatalogDatabase) {
    this.#db = db;
    const stamp = (table: "experiments" | "runs" | "entries" | "artifacts") =>
      db.statement(query.updateTable(table).set({ gen: 0 }).where("sid", "=", 0).where("id", "=", ""));
    this.#stamps = {
      experiment: stamp("experiments"),
      run: stamp("runs"),
      entry: stamp("entries"),
      artifact: stamp("artifacts"),
    };
    const entryTokens = query.selectFrom("entries").innerJoin("entry_docs", "entry_docs.eid", "entries.eid");
    this.#tokens = {
      experiment: db.statement(
        query.selectFrom("experiments").select("name as token").where("sid", "=", 0).where("id", "=", ""),
      ),
      run: db.statement(query.selectFrom("runs").select("token").where("sid", "=", 0).where("id", "=", "")),
      entry: db.statement(entryTokens.select("token").where("sid", "=", 0).where("id", "=", "")),
      artifact: db.statement(query.selectFrom("artifacts").select("token").where("sid", "=", 0).where("id", "=", "")),
    };
    this.#read = db.statement(
      query.selectFrom("memos").select(["token", "value"]).where("sid", "=", 0).where("key", "=", ""),
    );
    this.#write = db.statement(
      query
        .insertInto("memos")
        .values({ sid: 0, key: "", token: "", value: new Uint8Array() })
        .onConflict((conflict) =>
          conflict
            .columns(["sid", "key"])
            .doUpdateSet({ token: sql.ref("excluded.token"), value: sql.ref("excluded.value") }),
        ),
    );
  }

  stamp(scope: PutScope, of: FactSubject, id: string): void {
    this.#stamps[of].run(scope.gen, scope.sid, id);
  }

  tokens(sid: number | undefined, of: FactSubject, ids: readonly string[]): Map<string, string> {
    const tokens = new Map<string, string>();
    if (sid === undefined) return tokens;
    for (const id of ids) {
      const token = this.#tokens[of].get(sid, id)?.token;
      if (token !== undefined) tokens.set(id, token);
    }
    return tokens;
  }

  read(sid: number | undefined, keys: readonly string[]): Map<string, { token: string; value: PlainValue }> {
    const memos = new Map<string, { token: string; value: PlainValue }>();
    if (sid === undefined) return memos;
    for (const key of keys) {
      const row = this.#read.get(sid, storeText(key));
      if (row) memos.set(key, { token: row.token, value: deserialize(row.value) as PlainValue });
    }
    return memos;
  }

  write(sid: number, items: readonly { key: string; token: string; value: PlainValue }[]): void {
    for (const { key, token, value } of items) this.#write.run(sid, storeText(key), token, serialize(value));
  }

  longestExecutions(sid: number | undefined, experimentId: string): Map<string, number> {
    if (sid === undefined) return new Map();
    const rows = this.#db.all(
      query
        .selectFrom("runs")
        .innerJoin("step_uses", "step_uses.rid", "runs.rid")
        .select(({ fn }) => ["process", fn.max("seconds").as("longest")])
        .where("runs.sid", "=", sid)
        .where("experiment", "=", experimentId)
        .where("step", "is", null)
        .where("seconds", "is not", null)
        .groupBy("process"),
    );
    return new Map(rows.map(({ process, longest }) => [restoreText(process), Number(longest)]));
  }

  keepOnly(sourceIds: readonly string[]): void {
    const gone = query
      .selectFrom("sources")
      .select("sid")
      .where("id", "not in", [...sourceIds, ""]);
    const runs = query.selectFrom("runs").select("rid").where("sid", "in", gone);
    const entries = query.selectFrom("entries").select("eid").where("sid", "in", gone);
    const columns = query.selectFrom("columns").select("cid").where("sid", "in", gone);
    for (const table of ["run_docs", "run_values"] as const)
      this.#db.run(query.deleteFrom(table).where("rid", "in", runs));
    this.#db.run(query.deleteFrom("entry_docs").where("eid", "in", entries));
    this.#db.run(query.deleteFrom("column_counts").where("cid", "in", columns));
    const tables = [
      "runs",
      "step_uses",
      "chart_uses",
      "series",
      "entries",
      "payloads",
      "tallies",
      "ledger",
      "ledger_stale",
      "artifacts",
      "columns",
      "experiments",
      "memos",
      "pins",
    ] as const;
    for (const table of tables) this.#db.run(query.deleteFrom(table).where("sid", "in", gone));
    dropUnusedSeries(this.#db);
    this.#db.run(query.deleteFrom("sources").where("id", "not in", [...sourceIds, ""]));
  }
}
