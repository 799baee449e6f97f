import type { CheckRecipe, CheckStage, CheckVerdict } from "../domain/check.ts";

export interface CheckFinding {
  verdict: CheckVerdict;
  message: string;
  remedy?: string;
}

/** One thing to look at. What it throws is a failure, an `AppError` with its remedy. */
export interface Check {
  id: string;
  stage: CheckStage;
  look(): Promise<CheckFinding>;
}

/**
 * What a driver looks at of its store, in the order of the stages and without changing anything. Each may use what those before it found: after a
 * failure in `parse` to `auth` the others are not asked.
 */
export interface StoreChecks {
  checks: readonly Check[];
  /** The rights that the product needs, as the store is told them; none of a place that cannot be read. */
  recipes(): readonly CheckRecipe[];
  close(): Promise<void>;
}

export function passed(message: string): CheckFinding {
  return { verdict: "pass", message };
}

export function warned(message: string, remedy: string): CheckFinding {
  return { verdict: "warn", message, remedy };
}

export function failed(message: string, remedy: string): CheckFinding {
  return { verdict: "fail", message, remedy };
}

export function skipped(message: string): CheckFinding {
  return { verdict: "skip", message };
}
