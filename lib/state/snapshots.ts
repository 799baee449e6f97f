import type { DatabaseSync } from "node:sqlite";

export interface SnapshotFiles {
  hash: string;
  seenAt: number;
  files: { path: string; bytes: Uint8Array }[];
}

/** Files of a version, copied when a run was seen to begin. A hash is kept once, as first seen. */
export interface Snapshots {
  list(source: string): { hash: string; seenAt: number }[];
  read(source: string, hash: string): SnapshotFiles | null;
  save(source: string, snapshot: SnapshotFiles): void;
}

export function openSnapshots(database: DatabaseSync): Snapshots {
  const all = database.prepare("SELECT hash, seen_at AS seenAt FROM snapshot WHERE source = ? ORDER BY seen_at DESC");
  const one = database.prepare("SELECT hash, seen_at AS seenAt FROM snapshot WHERE source = ? AND hash = ?");
  const files = database.prepare("SELECT path, bytes FROM snapshot_file WHERE source = ? AND hash = ? ORDER BY path");
  const insert = database.prepare("INSERT OR IGNORE INTO snapshot VALUES (?, ?, ?)");
  const insertFile = database.prepare("INSERT INTO snapshot_file VALUES (?, ?, ?, ?)");
  return {
    list: (source) => all.all(source) as { hash: string; seenAt: number }[],
    read(source, hash) {
      const row = one.get(source, hash) as { hash: string; seenAt: number } | undefined;
      return row ? { ...row, files: files.all(source, hash) as SnapshotFiles["files"] } : null;
    },
    save(source, snapshot) {
      database.exec("BEGIN IMMEDIATE");
      try {
        if (insert.run(source, snapshot.hash, snapshot.seenAt).changes === 1) {
          for (const file of snapshot.files) insertFile.run(source, snapshot.hash, file.path, file.bytes);
        }
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
}
