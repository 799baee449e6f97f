import { createHash } from "node:crypto";
import type { KeptPlanItem } from "../state/plans.ts";

/** Equal only for exactly these contents of exactly this store. */
export function fingerprintOf(source: string, identity: string, items: readonly KeptPlanItem[]): string {
  const hash = createHash("sha256").update(JSON.stringify([source, identity]));
  const lines = items
    .map(({ locators, token, change }) => JSON.stringify(change ? [locators, token, change] : [locators, token]))
    .sort();
  for (const line of lines) hash.update("\n").update(line);
  return hash.digest("hex");
}
