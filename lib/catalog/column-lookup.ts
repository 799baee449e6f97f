import { query } from "./database.ts";
import { isOneOf, type ReadContext } from "./read-context.ts";
import { restoreNullable, restoreText, storeText } from "./stored-text.ts";

export type ValueKind = "param" | "metric" | "tag";

/** A column of one source: a param, tag or metric that runs may have. */
export interface SourceColumn {
  cid: number;
  kind: ValueKind;
  /** The name of a param or tag, the id of a metric. */
  id: string;
  name: string;
  process: string | null;
  step: string | null;
}

/** `metric:<id>`, `param:<name>`, `tag:<name>`: what `columns` and `sort` take; `null` for a built-in field. */
export function parseColumnId(id: string): { kind: ValueKind; id: string } | null {
  const found = /^(metric|param|tag):(.*)$/s.exec(id);
  return found ? { kind: found[1] as ValueKind, id: found[2]! } : null;
}

/**
 * The columns of some sources that a column id means. An id of a metric is of one source; the same process, step and name in another source
 * is the same column.
 */
export function findColumns(
  context: ReadContext,
  sids: readonly number[],
  columnId: string,
): (SourceColumn & { sid: number })[] {
  const asked = parseColumnId(columnId);
  if (!asked || sids.length === 0) return [];
  const columns = query
    .selectFrom("columns")
    .select(["cid", "sid", "id", "name", "process", "step"])
    .where("kind", "=", asked.kind);
  const exact = context.db.all(columns.where("sid", "in", [...sids]).where("id", "=", storeText(asked.id)));
  const [first] = exact;
  if (!first) return [];
  const alike =
    asked.kind === "metric" && sids.length > 1
      ? context.db.all(
          columns
            .where("sid", "in", [...sids])
            .where("name", "=", first.name)
            .where("process", "is", first.process)
            .where("step", "is", first.step),
        )
      : exact;
  return alike.map((row) => ({ ...restoreColumn(row), kind: asked.kind, sid: row.sid }));
}

/** Names and places of columns by row number. */
export function columnsByNumber(context: ReadContext, cids: Iterable<number>): Map<number, Omit<SourceColumn, "kind">> {
  const rows = context.db.all(
    query
      .selectFrom("columns")
      .select(["cid", "id", "name", "process", "step"])
      .where(isOneOf("cid", [...cids])),
  );
  return new Map(rows.map((row) => [row.cid, restoreColumn(row)]));
}

function restoreColumn(row: { cid: number; id: string; name: string; process: string | null; step: string | null }) {
  return {
    cid: row.cid,
    id: restoreText(row.id),
    name: restoreText(row.name),
    process: restoreNullable(row.process),
    step: restoreNullable(row.step),
  };
}
