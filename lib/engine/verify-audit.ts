import { type Environment, findPlaces } from "../settings/environment.ts";
import { openAuditOf } from "../state/state.ts";

/** Reads the whole audit. Answers how many records there are, or the first one that was altered or is missing. Throws `not_found` without any state. */
export function verifyAudit(environment: Environment): { records: number } | { seq: number; problem: string } {
  const { audit, close } = openAuditOf(findPlaces(environment).stateDir);
  try {
    return audit.verify() ?? { records: audit.count() };
  } finally {
    close();
  }
}
