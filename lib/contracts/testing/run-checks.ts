import { isAppError } from "../../domain/errors.ts";
import type { CheckFinding, StoreChecks } from "../check.ts";

/** Findings by the id of the check, in order; what fails in the stages up to `auth` ends it, as it does in the product. */
export async function runChecks({ checks, close }: StoreChecks): Promise<Record<string, CheckFinding>> {
  const found: Record<string, CheckFinding> = {};
  try {
    for (const { id, stage, look } of checks) {
      found[id] = await look().catch((error: unknown) => {
        if (!isAppError(error)) throw error;
        return { verdict: "fail", message: error.message, ...(error.remedy && { remedy: error.remedy }) };
      });
      if (found[id].verdict === "fail" && !["rights", "data", "fit"].includes(stage)) break;
    }
  } finally {
    await close();
  }
  return found;
}

/** The first that fails. */
export function firstFailure(found: Record<string, CheckFinding>): (CheckFinding & { id: string }) | null {
  const [id, finding] = Object.entries(found).find(([, { verdict }]) => verdict === "fail") ?? [];
  return id !== undefined && finding ? { id, ...finding } : null;
}
