import { constants, DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { DatabaseFile } from "./look-at-file.ts";

/**
 * How a database is read without leaving a trace beside it:
 * - `live`: a plain read-only connection, which takes part in the locking. It would create `-wal` and `-shm` for a database in WAL mode
 *   that nobody has open, so it is used only where these are there already (or never needed).
 * - `still`: `immutable=1`, no locks and no files. Only for WAL mode with nothing in the `-wal` and no `-shm`, and what was read counts
 *   only if the file is the same afterwards.
 * - `copy`: a private copy, for what a crashed writer left behind and for files that SQLite cannot reach.
 * https://www.sqlite.org/wal.html#read_only_databases
 */
export type ReadingWay = "live" | "still" | "copy";

export function chooseWay(file: DatabaseFile): ReadingWay {
  if (!file.isWal || (file.walBytes !== null && file.hasSharedMemory)) return "live";
  return file.walBytes ? "copy" : "still";
}

const sqliteRecursive = 33;

/**
 * Opens a database, asks and closes it. The connection cannot change the file, attach another, or run a recursive view that a hostile schema
 * may hold. It is not kept, so that a writer's last connection can tidy up the `-wal` file; `look-at-file.ts` tells why there is no pause.
 */
export function askDatabase<Answer>(path: string, way: ReadingWay, ask: (database: DatabaseSync) => Answer): Answer {
  const url = pathToFileURL(path);
  if (way === "still") url.searchParams.set("immutable", "1");
  const database = new DatabaseSync(url, {
    // A crashed writer's journal is rolled back in the copy, which needs the right to write there.
    readOnly: way !== "copy",
    enableDoubleQuotedStringLiterals: false,
    defensive: true,
    timeout: 0,
    limits: { attach: 0 },
  });
  try {
    database.exec("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
    database.setAuthorizer((action) => (action === sqliteRecursive ? constants.SQLITE_DENY : constants.SQLITE_OK));
    return ask(database);
  } finally {
    database.close();
  }
}

/**
 * Opens a database that is there, changes it in one transaction that waits for nobody, and closes it. Creates no database; the journal beside it
 * is SQLite's own and gone afterwards. A throwing `change` leaves all as it was.
 */
export function changeDatabase<Answer>(path: string, change: (database: DatabaseSync) => Answer): Answer {
  const url = pathToFileURL(path);
  url.searchParams.set("mode", "rw");
  const database = new DatabaseSync(url, {
    enableDoubleQuotedStringLiterals: false,
    defensive: true,
    timeout: 0,
    limits: { attach: 0 },
  });
  try {
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN IMMEDIATE");
    const answer = change(database);
    database.exec("COMMIT");
    return answer;
  } finally {
    // Rolls back what was not committed.
    database.close();
  }
}
