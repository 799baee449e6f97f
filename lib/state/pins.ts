import type { DatabaseSync } from "node:sqlite";
import type { Audit } from "./audit.ts";
import { openReachNotes } from "./reach.ts";
import { inTransaction } from "./transaction.ts";

export interface Pin {
  by: string;
  at: number;
}

/** Entries that a person wants kept: policies and freeing space leave them. A pin stays while its entry is gone, and holds again when it is back. */
export interface Pins {
  find(source: string, entry: string): Pin | null;
  list(source: string): string[];
  /** Answers those of which something changed; each is on the audit. `experiments`: of which they are, as far as is known. */
  set(
    source: string,
    entries: readonly string[],
    pinned: boolean,
    pin: Pin,
    experiments?: ReadonlyMap<string, string>,
  ): string[];
}

export function openPins(database: DatabaseSync, audit: Audit): Pins {
  const one = database.prepare("SELECT by, at FROM pin WHERE source = ? AND entry = ?");
  const all = database.prepare("SELECT entry FROM pin WHERE source = ? ORDER BY entry");
  const insert = database.prepare("INSERT OR IGNORE INTO pin VALUES (?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM pin WHERE source = ? AND entry = ?");
  const reach = openReachNotes(database);
  return {
    find: (source, entry) => (one.get(source, entry) as unknown as Pin | undefined) ?? null,
    list: (source) => (all.all(source) as { entry: string }[]).map(({ entry }) => entry),
    set: (source, entries, pinned, { by, at }, experiments) =>
      inTransaction(database, () => {
        const changed = entries.filter((entry) => {
          const { changes } = pinned ? insert.run(source, entry, by, at) : remove.run(source, entry);
          return Number(changes) > 0;
        });
        for (const subject of changed) {
          const experiment = experiments?.get(subject);
          if (experiment !== undefined) reach.note(subject, [experiment]);
          audit.append({ at, by, action: pinned ? "pin" : "unpin", source, subject, result: "done" });
        }
        return changed;
      }),
  };
}
