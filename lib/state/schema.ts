import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../domain/errors.ts";

const migrations = [
  `CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
   CREATE TABLE sign_in (token_hash BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
   CREATE TABLE snapshot (source TEXT NOT NULL, hash TEXT NOT NULL, seen_at REAL NOT NULL, PRIMARY KEY (source, hash)) STRICT;
   CREATE TABLE snapshot_file (source TEXT NOT NULL, hash TEXT NOT NULL, path TEXT NOT NULL, bytes BLOB NOT NULL,
     PRIMARY KEY (source, hash, path)) STRICT;`,
  `CREATE TABLE run_begin (source TEXT NOT NULL, experiment TEXT NOT NULL, run TEXT NOT NULL, hash TEXT NOT NULL, seen_at REAL NOT NULL,
     PRIMARY KEY (source, experiment, run)) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE point_sighting (source TEXT NOT NULL, run TEXT NOT NULL, metric TEXT NOT NULL, sightings BLOB NOT NULL,
     PRIMARY KEY (source, run, metric)) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE plan (id TEXT PRIMARY KEY, source TEXT NOT NULL, expires_at REAL NOT NULL, doc TEXT NOT NULL) STRICT;
   CREATE TABLE plan_part (plan TEXT NOT NULL, part INTEGER NOT NULL, items TEXT NOT NULL, PRIMARY KEY (plan, part)) STRICT;
   CREATE TABLE operation (id TEXT PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, intent TEXT, by TEXT NOT NULL, at REAL NOT NULL,
     finished_at REAL, status TEXT NOT NULL, identity TEXT NOT NULL, plan TEXT, of_operation TEXT, cancelled_by TEXT, problem TEXT, idempotency_key TEXT NOT NULL) STRICT;
   CREATE UNIQUE INDEX operation_once ON operation (by, idempotency_key);
   CREATE INDEX operation_plan ON operation (plan);
   CREATE INDEX operation_at ON operation (at, id);
   CREATE INDEX operation_running ON operation (at) WHERE status = 'running';
   CREATE TABLE operation_item (operation TEXT NOT NULL, ord INTEGER NOT NULL, subject TEXT NOT NULL, of TEXT NOT NULL, key TEXT NOT NULL,
     process TEXT, step TEXT, locator TEXT NOT NULL, token TEXT NOT NULL, bytes REAL, holders TEXT, of_item INTEGER, outcome TEXT, message TEXT NOT NULL,
     PRIMARY KEY (operation, ord)) STRICT;
   CREATE INDEX operation_item_open ON operation_item (operation, ord) WHERE outcome IS NULL;
   CREATE INDEX operation_item_locator ON operation_item (locator);
   CREATE INDEX operation_item_subject ON operation_item (subject);
   CREATE TABLE receipt (operation TEXT NOT NULL, ord INTEGER NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, store TEXT NOT NULL,
     locator TEXT NOT NULL, token TEXT NOT NULL, bytes REAL NOT NULL, expires_at REAL, kept_at REAL NOT NULL, place TEXT, content BLOB,
     PRIMARY KEY (operation, ord)) STRICT;
   CREATE INDEX receipt_content ON receipt (bytes) WHERE place IS NULL;
   CREATE TABLE audit (seq INTEGER PRIMARY KEY, at REAL NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL, source TEXT NOT NULL,
     subject TEXT NOT NULL, result TEXT NOT NULL, hash TEXT NOT NULL) STRICT;`,
  `CREATE TABLE entry_death (source TEXT NOT NULL, entry TEXT NOT NULL, seen_at REAL NOT NULL, kind TEXT NOT NULL, expires_at REAL,
     PRIMARY KEY (source, entry, seen_at)) STRICT, WITHOUT ROWID;
   CREATE INDEX entry_death_age ON entry_death (source, seen_at);`,
  // Plans of before live ten minutes; what they were made of was not kept.
  `DELETE FROM plan_part; DROP TABLE plan;
   CREATE TABLE plan (id TEXT PRIMARY KEY, source TEXT NOT NULL, expires_at REAL NOT NULL, doc TEXT NOT NULL, request TEXT NOT NULL) STRICT;
   CREATE TABLE plan_change (plan TEXT NOT NULL, part INTEGER NOT NULL, items TEXT NOT NULL, PRIMARY KEY (plan, part)) STRICT;
   CREATE TABLE proposal (plan TEXT PRIMARY KEY REFERENCES plan (id) ON DELETE CASCADE, by TEXT NOT NULL, at REAL NOT NULL, until REAL NOT NULL,
     note TEXT NOT NULL, ended_by TEXT, ended_at REAL, operation TEXT) STRICT;
   CREATE INDEX proposal_at ON proposal (at, plan);
   CREATE TABLE hold (plan TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE, ord INTEGER NOT NULL, subject TEXT NOT NULL, by TEXT NOT NULL,
     at REAL NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (plan, ord)) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE bucket_confirmation (bucket TEXT PRIMARY KEY, by TEXT NOT NULL, at REAL NOT NULL, sources TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE operation_item ADD COLUMN change TEXT;
   CREATE TABLE pin (source TEXT NOT NULL, entry TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (source, entry)) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE draft (of TEXT PRIMARY KEY, by TEXT NOT NULL, at REAL NOT NULL, settings TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE reach (subject TEXT NOT NULL, experiment TEXT NOT NULL, PRIMARY KEY (subject, experiment)) STRICT, WITHOUT ROWID;`,
  // Browsers that were signed in before were all of the one who held the token.
  `ALTER TABLE sign_in ADD COLUMN who TEXT NOT NULL DEFAULT '{"how":"local"}';
   ALTER TABLE sign_in ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sign_in ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;`,
];

/** Brings the state to this version's schema, never back. Answers the signing key. */
export function migrateState(database: DatabaseSync): Uint8Array {
  const row = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (row.user_version > migrations.length) {
    throw new AppError("internal", "The state was written by a newer Trialdeck.", {
      remedy: "Start that version, or name another folder in TRIALDECK_STATE_DIR.",
    });
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < row.user_version) continue;
    database.exec(`BEGIN IMMEDIATE; ${migration} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
  database.prepare("INSERT OR IGNORE INTO secret VALUES ('signing-key', ?)").run(randomBytes(32));
  return (database.prepare("SELECT value FROM secret WHERE name = 'signing-key'").get() as { value: Uint8Array }).value;
}
