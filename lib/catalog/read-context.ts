import { type RawBuilder, type SqlBool, sql } from "kysely";
import { AppError } from "../domain/errors.ts";
import type { Filter } from "../domain/filter/ast.ts";
import type { FilterList } from "../domain/filter/fields.ts";
import { parseFilter } from "../domain/filter/parse.ts";
import type { ViewerScope } from "./contract.ts";
import { type CatalogDatabase, query } from "./database.ts";

/** A source as the catalog knows it. */
export interface KnownSource {
  sid: number;
  id: string;
  complete: boolean;
  asOf: number | null;
  runs: number;
  entries: number;
  artifacts: number;
  artifactBytes: number;
}

/** What every question of the reader needs. */
export class ReadContext {
  readonly db: CatalogDatabase;
  readonly now: () => number;

  constructor(db: CatalogDatabase, now: () => number) {
    this.db = db;
    this.now = now;
  }

  /** The sources asked for, as far as the catalog knows them, in the order asked. */
  sources(ids: readonly string[]): KnownSource[] {
    const rows = this.db.all(
      query
        .selectFrom("sources")
        .selectAll()
        .where("id", "in", [...ids, ""]),
    );
    return ids.flatMap((id) => {
      const row = rows.find((candidate) => candidate.id === id);
      if (!row) return [];
      const { sid, runs, entries, artifacts, artifact_bytes: artifactBytes } = row;
      return [
        { sid, id, complete: row.complete_generation > 0, asOf: row.as_of, runs, entries, artifacts, artifactBytes },
      ];
    });
  }

  source(id: string): KnownSource | null {
    return this.sources([id])[0] ?? null;
  }

  /** Names of a source's experiments by id. */
  experimentNames(sid: number): Map<string, string> {
    const rows = this.db.all(query.selectFrom("experiments").select(["id", "name"]).where("sid", "=", sid));
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}

/** How fresh and whole an answer about these sources is: as old as the oldest, whole when all are. */
export function freshnessOf(
  asked: readonly string[],
  sources: readonly KnownSource[],
): { asOf: string | null; complete: boolean } {
  const times = sources.map((source) => source.asOf);
  const known = times.filter((time): time is number => time !== null);
  return {
    asOf: known.length === 0 || known.length < times.length ? null : isoOf(Math.min(...known)),
    complete: asked.length === sources.length && sources.every((source) => source.complete),
  };
}

/** Reads `q`. Throws `bad_request` with the position and what was expected there. */
export function readFilter(q: string | undefined, list: FilterList): Filter | null {
  const { filter, problem } = parseFilter(q ?? "", list);
  if (!problem) return filter;
  throw new AppError("bad_request", problem.message, {
    remedy: `At character ${problem.position + 1}, expected: ${problem.expected.join(", ")}.`,
    details: { position: problem.position, expected: problem.expected },
  });
}

/** Epoch ms as ISO 8601; a time that no calendar holds is not recorded. */
export function isoOf(millis: number | null): string | null {
  if (millis === null || !(Math.abs(millis) <= 8.64e15)) return null;
  return new Date(millis).toISOString();
}

/** `column in (…)` for any number of texts, bound as one parameter. */
export function isOneOf(column: string, values: readonly (string | number)[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`;
}

/** What a viewer may see; `null` is everything. */
export function withinScope(column: string, scope: ViewerScope): RawBuilder<SqlBool>[] {
  return scope.experiments === null ? [] : [isOneOf(column, scope.experiments)];
}

/** The same as one condition. */
export function seenIn(column: string, scope: ViewerScope): RawBuilder<SqlBool> {
  return withinScope(column, scope)[0] ?? sql<SqlBool>`true`;
}

/** An experiment asked for by id or by name. */
export function ofExperiment(column: string, sid: number, experiment: string | undefined): RawBuilder<SqlBool>[] {
  if (experiment === undefined) return [];
  const named = query.selectFrom("experiments").select("id").where("sid", "=", sid).where("name", "=", experiment);
  return [sql<SqlBool>`(${sql.ref(column)} = ${experiment} or ${sql.ref(column)} in (${named}))`];
}
