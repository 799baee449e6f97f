import type { Entry } from "../../lib/domain/entry.ts";
import type { PlanSelector } from "../../lib/domain/plan.ts";
import type { Source } from "../../lib/domain/source.ts";
import type { EntriesFilter } from "../../lib/queries/cache-queries.ts";
import { formatPlural } from "../ui/format.ts";
import { titleOfEntry } from "./describe-entry.ts";

export interface InvalidateTarget {
  source: string;
  selector: PlanSelector;
  subject: string;
  repairable: boolean;
}

interface Shown {
  selected: readonly Entry[];
  filter: EntriesFilter & Pick<PlanSelector, "kind">;
  sources: readonly Pick<Source, "id" | "readOnly" | "label" | "role">[];
  total: { value: number; exact: boolean } | null;
}

/** What an invalidation from the table is of: the selected rows, else all that the filter shows; or why there is nothing to invalidate. */
export function targetOf({ selected, filter, sources, total }: Shown): InvalidateTarget | { refusal: string } {
  const source = sourceOf(selected, filter, sources);
  if (!source) return { refusal: "A plan is of one source: choose it in the tree, or select entries of one." };
  if (source.readOnly) return { refusal: `${source.label} is read-only here.` };
  if (source.role === "viewer")
    return { refusal: `You may only look at ${source.label}: taking entries out takes the role operator.` };
  if (selected.length > 0) {
    return {
      source: source.id,
      selector: { entries: selected.map(({ id }) => id) },
      subject: selected.length === 1 ? titleOfEntry(selected[0]!) : formatPlural(selected.length, "entry", "entries"),
      repairable: selected.some(({ state }) => isRepairable(state)),
    };
  }
  const { q, state, kind } = filter;
  if (!q && !state && !kind) return { refusal: "Select entries, or filter to those that are meant." };
  if (total?.value === 0) return { refusal: "The filter leaves nothing." };
  const words = ["filtered entry", "filtered entries"] as const;
  const count = total ? `${total.exact ? "" : "at least "}${formatPlural(total.value, ...words)}` : words[1];
  return {
    source: source.id,
    selector: { ...(q && { q }), ...(state && { state }), ...(kind && { kind }) },
    subject: count,
    repairable: kind ? kind === "size" : !state || state.some(isRepairable),
  };
}

function sourceOf(selected: Shown["selected"], filter: EntriesFilter, sources: Shown["sources"]) {
  const ids = new Set(selected.map(({ source }) => source));
  if (selected.length === 0) {
    if (filter.source) ids.add(filter.source);
    else for (const { id } of sources) ids.add(id);
  }
  return ids.size === 1 ? sources.find(({ id }) => ids.has(id)) : undefined;
}

export function isRepairable(state: string): boolean {
  return state === "broken" || state === "orphan";
}
