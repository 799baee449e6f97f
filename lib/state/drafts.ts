import type { DatabaseSync } from "node:sqlite";

/** A source that somebody wrote and that cannot be used yet. It holds no secret. */
export interface Draft {
  /** Id of the source that it would change; `null`: a new one. */
  of: string | null;
  by: string;
  at: number;
  /** JSON. */
  settings: string;
}

export interface Drafts {
  list(): Draft[];
  /** Takes the place of the one that was kept of the same source. */
  keep(draft: Draft): void;
  discard(of: string | null): void;
}

export function openDrafts(database: DatabaseSync): Drafts {
  const all = database.prepare("SELECT of, by, at, settings FROM draft ORDER BY at DESC");
  const insert = database.prepare("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM draft WHERE of = ?");
  return {
    list: () => (all.all() as unknown as Draft[]).map((row) => ({ ...row, of: row.of === "" ? null : row.of })),
    keep: ({ of, by, at, settings }) => void insert.run(of ?? "", by, at, settings),
    discard: (of) => void remove.run(of ?? ""),
  };
}
