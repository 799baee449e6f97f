import type { DatabaseSync } from "node:sqlite";

/** Does the work as a whole or not at all; on disk when it answers. */
export function inTransaction<Answer>(database: DatabaseSync, work: () => Answer): Answer {
  database.exec("BEGIN IMMEDIATE");
  try {
    const answer = work();
    database.exec("COMMIT");
    return answer;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
