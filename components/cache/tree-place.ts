import type { EntriesFilter } from "../../lib/queries/cache-queries.ts";
import { quoteWhereNeeded } from "../ui/filter/complete-filter.ts";

/** One chosen node on the way down the tree: a source, then what the catalog's tree names (experiment, process, step). */
export interface TreePart {
  id: string;
  label: string;
}

/** The way down as the address carries it. */
export function writePlace(place: readonly TreePart[]): string | null {
  return place.length === 0 ? null : JSON.stringify(place.map(({ id, label }) => [id, label]));
}

/** Reads it back; anything else than what `writePlace` wrote is no place. */
export function readPlace(text: string | null): TreePart[] {
  try {
    const parts: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(parts)) return [];
    return parts.flatMap((part: unknown) => {
      if (!Array.isArray(part) || typeof part[0] !== "string" || typeof part[1] !== "string") return [];
      return [{ id: part[0], label: part[1] }];
    });
  } catch {
    return [];
  }
}

/** Levels below a source, by the field that narrows to them. */
const fields = ["experiment", "process", "step"] as const;

/** What to ask for at a place, together with what the reader filters by. */
export function filterOfPlace(place: readonly TreePart[], q: string): EntriesFilter {
  const [source, ...below] = place;
  const parts = fields.slice(0, below.length).map((field, level) => {
    const label = below[level]?.label ?? "";
    return label === `(no ${field})` ? `not ${field} exists` : `${field} = ${quoteWhereNeeded(label)}`;
  });
  const all = [...parts, ...(q ? [parts.length > 0 ? `(${q})` : q] : [])];
  return { ...(source && { source: source.id }), ...(all.length > 0 && { q: all.join(" and ") }) };
}
