import type { DatabaseSync } from "node:sqlite";
import { grantOf, type Viewer } from "../domain/viewer.ts";

/**
 * Of which experiments plans, operations and pinned entries are: who sees some experiments only sees those of these that touch no other. What was
 * noted before this was kept is seen by who sees the source whole.
 */
export interface Reach {
  isSeen(viewer: Viewer, source: string, subject: string): boolean;
}

export function openReach(database: DatabaseSync): Reach {
  const seen = database.prepare(`SELECT ${isSeenSql("?2", "?3", "?1")} AS seen`);
  return {
    isSeen(viewer, source, subject) {
      if (grantOf(viewer, source)?.experiments === null) return true;
      return (seen.get(grantsOf(viewer), source, subject) as { seen: number }).seen === 1;
    },
  };
}

/** Notes of which experiments a plan or a pinned entry is. To be called inside the transaction that saves it. */
export function openReachNotes(database: DatabaseSync): {
  note(subject: string, experiments: Iterable<string>): void;
  /** An operation is of what its plan or the operation before it was of. */
  inherit(subject: string, from: string): void;
} {
  const insert = database.prepare("INSERT OR IGNORE INTO reach VALUES (?, ?)");
  const copy = database.prepare("INSERT OR IGNORE INTO reach SELECT ?, experiment FROM reach WHERE subject = ?");
  return {
    note: (subject, experiments) => {
      for (const experiment of experiments) insert.run(subject, experiment);
    },
    inherit: (subject, from) => void copy.run(subject, from),
  };
}

/** What someone may see as the parameter of `isSeenSql`; `null` is everything. */
export function grantsOf({ grants }: Viewer): string | null {
  if (grants === null) return null;
  return JSON.stringify([...grants].map(([source, { experiments }]) => ({ source, experiments })));
}

/** SQL that says whether a row is seen by `grantsOf` the one who asks; all three are SQL expressions. */
export function isSeenSql(source: string, subject: string, grants: string): string {
  return `(${grants} IS NULL OR EXISTS (SELECT 1 FROM json_each(${grants}) AS granted WHERE granted.value ->> '$.source' = ${source} AND (
    granted.value ->> '$.experiments' IS NULL OR (EXISTS (SELECT 1 FROM reach WHERE reach.subject = ${subject})
      AND NOT EXISTS (SELECT 1 FROM reach WHERE reach.subject = ${subject}
        AND experiment NOT IN (SELECT value FROM json_each(granted.value, '$.experiments')))))))`;
}
