import type { Entry } from "../../lib/domain/entry.ts";
import { fieldNames, pinnedWords, stateWords } from "../../lib/domain/filter/fields.ts";
import type { FilterWords } from "../ui/filter/complete-filter.ts";

/** The words that a filter of entries may use, for completion. */
export function entryFilterWords(rows: readonly Entry[]): FilterWords {
  const seen = (read: (entry: Entry) => string | null) =>
    [...new Set(rows.map(read))].filter((value) => value !== null);
  return {
    fields: fieldNames("entries"),
    names: { part: [...new Set(rows.flatMap(({ keyParts }) => keyParts.map(({ name }) => name)))] },
    values: {
      state: stateWords,
      pinned: pinnedWords,
      process: seen(({ process }) => process),
      step: seen(({ step }) => step),
      status: seen(({ status }) => status),
    },
  };
}
