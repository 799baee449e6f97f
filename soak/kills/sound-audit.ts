import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openAuditOf } from "../../lib/state/state.ts";

/** Throws unless each record follows from the one before, and each thing of an operation has one result, however often a server was killed over it. */
export function requireSoundAudit(stateDir: string): void {
  const { audit, close } = openAuditOf(stateDir);
  const broken = audit.verify();
  close();
  if (broken) throw new Error(`record ${broken.seq} of the audit ${broken.problem}`);
  const state = new DatabaseSync(join(stateDir, "state.sqlite"), { readOnly: true });
  const twice = state
    .prepare(
      "SELECT action, subject, count(*) AS n FROM audit GROUP BY action, subject HAVING n > 2 OR (n > 1 AND action LIKE '% item')",
    )
    .all();
  state.close();
  if (twice.length > 0) throw new Error(`results were told more than once: ${JSON.stringify(twice.slice(0, 3))}`);
}
