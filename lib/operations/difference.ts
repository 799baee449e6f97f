import type { Hold, PlanChange, PlanChangeKind } from "../domain/proposal.ts";
import type { KeptPlanItem } from "../state/plans.ts";

/** How a plan that was made again differs from its proposal; `held`: rows that would go but for who holds them back. */
export function differenceOf(
  before: readonly KeptPlanItem[],
  now: readonly KeptPlanItem[],
  held: ReadonlyMap<string, Hold>,
): PlanChange[] {
  const then = new Map(before.map((item) => [item.entryId, item]));
  const still = new Set(now.map(({ entryId }) => entryId));
  const changes: PlanChange[] = [];
  for (const item of now) {
    const earlier = then.get(item.entryId);
    if (!earlier) changes.push(changeOf(item, "came"));
    else if (earlier.token !== item.token) changes.push(changeOf(item, "changed"));
  }
  for (const item of before) {
    const hold = held.get(item.entryId);
    if (hold) changes.push({ ...changeOf(item, "held"), held: hold });
    else if (!still.has(item.entryId)) changes.push(changeOf(item, "went"));
  }
  return changes;
}

export function countChanges(changes: readonly PlanChange[]): Record<PlanChangeKind, number> {
  const counts = { came: 0, went: 0, changed: 0, held: 0 };
  for (const { change } of changes) counts[change] += 1;
  return counts;
}

function changeOf({ token: _token, holders: _holders, ...item }: KeptPlanItem, change: PlanChangeKind): PlanChange {
  return { ...item, change };
}
