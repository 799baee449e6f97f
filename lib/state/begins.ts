import type { DatabaseSync } from "node:sqlite";

/** Which version a run was seen to begin with. Names are as stored; the first sight of a run stays. */
export interface Begins {
  find(source: string, experiment: string, run: string): string | null;
  note(source: string, experiment: string, run: string, hash: string, seenAt: number): void;
}

export function openBegins(database: DatabaseSync): Begins {
  const one = database.prepare("SELECT hash FROM run_begin WHERE source = ? AND experiment = ? AND run = ?");
  const insert = database.prepare("INSERT OR IGNORE INTO run_begin VALUES (?, ?, ?, ?, ?)");
  return {
    find: (source, experiment, run) => (one.get(source, experiment, run) as { hash: string } | undefined)?.hash ?? null,
    note: (source, experiment, run, hash, seenAt) => void insert.run(source, experiment, run, hash, seenAt),
  };
}
