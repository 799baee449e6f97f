import type { PlannedPayload } from "../catalog/contract.ts";
import type { Plan } from "../domain/plan.ts";
import type { Hold } from "../domain/proposal.ts";
import type { KeptPlanItem } from "../state/plans.ts";

/** The files that may go with the entries that name them, and why the others stay. */
export function choosePayloads(
  payloads: readonly PlannedPayload[],
  isWhole: boolean,
  held: ReadonlyMap<string, Hold>,
): { items: KeptPlanItem[]; kept: Plan["kept"] } {
  const items: KeptPlanItem[] = [];
  const kept: Plan["kept"] = [];
  for (const payload of payloads) {
    const hold = held.get(payload.artifactId);
    const reason = hold ? `held back by ${hold.by}` : reasonToKeep(payload, isWhole);
    if (reason) kept.push({ artifactId: payload.artifactId, reason });
    else
      items.push({
        entryId: payload.artifactId,
        of: "artifact",
        key: payload.name,
        process: null,
        step: null,
        bytes: payload.bytes,
        createdAt: null,
        locators: [payload.locator],
        reason: "payload",
        token: payload.token,
        holders: payload.holders,
      });
  }
  return { items, kept };
}

function reasonToKeep({ otherHolders, mayHaveMore, role }: PlannedPayload, isWhole: boolean): string | null {
  if (!isWhole) return "the source has not been read to its end, so that others may name it";
  if (otherHolders > 0)
    return otherHolders === 1 ? "another entry names it too" : `${otherHolders} other entries name it too`;
  // What a result refers to stands inside the result; the result itself is named by its entry.
  if (mayHaveMore && role !== "result") return "a result of the same process could not be read and may name it too";
  return null;
}
