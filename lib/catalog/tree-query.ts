import { sql } from "kysely";
import type { TreeNode } from "../domain/entry.ts";
import { AppError } from "../domain/errors.ts";
import type { ViewerScope } from "./contract.ts";
import { query } from "./database.ts";
import { type KnownSource, type ReadContext, withinScope } from "./read-context.ts";
import { restoreNullable, restoreText, storeNullable } from "./stored-text.ts";

/** A node is a place: experiment, then process, then step; `null` where entries have none. */
type Place = (string | null)[];
const levels = ["experiment", "process", "step"] as const;
const mostNodes = 10_000;

/** The nodes below a node of the tree experiment ▸ process ▸ step; the experiments without one. Throws `bad_request` for a node that is none. */
export function readTree(
  context: ReadContext,
  source: KnownSource,
  scope: ViewerScope,
  prefix: string | null,
): TreeNode[] {
  const place = prefix === null ? [] : parsePlace(prefix);
  const level = levels[place.length];
  if (!level) return [];
  const below = levels[place.length + 1];
  const scoped = withinScope("experiment", scope);
  let rows = query
    .selectFrom("tallies")
    .select(({ fn }) => [
      level,
      fn.sum<number>("entries").as("entries"),
      fn.sum<number>("bytes").as("bytes"),
      (below ? fn.count<number>(below) : sql<number>`0`).as("children"),
    ])
    .where("sid", "=", source.sid)
    .where("entries", ">", 0)
    .groupBy(level)
    .orderBy(level)
    .limit(mostNodes);
  place.forEach((name, depth) => {
    rows = rows.where(levels[depth]!, "is", storeNullable(name));
  });
  for (const condition of scoped) rows = rows.where(condition);
  const names = level === "experiment" ? context.experimentNames(source.sid) : null;
  return context.db.all(rows).map((row) => {
    const name = restoreNullable(row[level] as string | null);
    return {
      id: formatPlace([...place, name]),
      label: names ? restoreText(names.get(name ?? "") ?? name ?? "") : (name ?? `(no ${level})`),
      entries: row.entries,
      bytes: row.bytes,
      hasChildren: row.children > 0,
    };
  });
}

function formatPlace(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

function parsePlace(id: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(id, "base64url").toString());
    if (Array.isArray(place) && place.every((name) => name === null || typeof name === "string")) return place;
  } catch {
    // The same answer as a node of another shape.
  }
  throw new AppError("bad_request", "There is no such node in the tree.", {
    remedy: "Open the tree from its root.",
    details: { parameter: "prefix" },
  });
}
