import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { EntryDeath } from "../domain/explain/evidence.ts";

/** Long enough for any question about a run of this season; a store whose entries expire daily stays bounded. */
const keptMillis = 90 * 24 * 3600 * 1000;

/**
 * Entries that were seen to go, or to lose their result: what tells, after a recompute, that an entry expired or was removed. Only deaths are
 * written, so that a sweep that finds everything alive writes nothing.
 */
export interface EntryDeaths {
  /** Newest first. */
  find(source: string, entry: string): EntryDeath[];
  note(source: string, deaths: readonly (EntryDeath & { entryId: string })[]): void;
}

export function openEntryDeaths(database: DatabaseSync): EntryDeaths {
  const ofEntry = database.prepare(
    `SELECT kind, seen_at AS seenAt, expires_at AS expiresAt FROM entry_death WHERE source = ? AND entry = ? ORDER BY seen_at DESC LIMIT 50`,
  );
  const put = database.prepare("INSERT OR REPLACE INTO entry_death VALUES (?, ?, ?, ?, ?)");
  const forget = database.prepare("DELETE FROM entry_death WHERE source = ? AND seen_at < ?");
  return {
    find: (source, entry) => ofEntry.all(source, entry) as unknown as EntryDeath[],
    note(source, deaths) {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const { entryId, kind, seenAt, expiresAt } of deaths) put.run(source, entryId, seenAt, kind, expiresAt);
        const newest = deaths.reduce((most, { seenAt }) => Math.max(most, seenAt), 0);
        forget.run(source, newest - keptMillis);
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
}

/** What a server has seen, for reading beside it; `null` where none has kept any. */
export function readEntryDeaths(stateDir: string): Pick<EntryDeaths, "find"> | null {
  try {
    return openEntryDeaths(new DatabaseSync(join(stateDir, "state.sqlite"), { readOnly: true }));
  } catch {
    return null;
  }
}
