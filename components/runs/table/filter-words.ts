import { fieldNames, statusWords } from "../../../lib/domain/filter/fields.ts";
import type { Column } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { type FilterWords, quoteWhereNeeded } from "../../ui/filter/complete-filter.ts";

/** The words that a filter of runs may use, for completion. */
export function filterWords(columns: readonly Column[], rows: readonly ReadRun[]): FilterWords {
  const named = (kind: Column["kind"]) => [
    ...new Set(columns.filter((column) => column.kind === kind).map(({ name }) => name)),
  ];
  return {
    fields: fieldNames("runs"),
    names: { params: named("param"), metrics: named("metric"), tags: named("tag") },
    values: { status: statusWords, experiment: [...new Set(rows.map(({ experimentName }) => experimentName))] },
  };
}

/** A filter that makes sense here: of a metric there is, if there is one. */
export function filterExample({ names }: FilterWords): string {
  const metric = names.metrics?.find((name) => /loss/i.test(name)) ?? names.metrics?.[0];
  return `${metric ? `metrics.${quoteWhereNeeded(metric)} < 0.2 and ` : ""}status = completed and age < 7d`;
}
