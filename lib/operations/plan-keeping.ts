import type { PlannedEntry } from "../catalog/contract.ts";
import { AppError } from "../domain/errors.ts";
import type { Plan, PlanRequest } from "../domain/plan.ts";
import { loadEntries, requireSelector } from "./choose-entries.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { draftPlan, requirePlanning } from "./draft-plan.ts";
import { priceOf } from "./price.ts";

const usualLifeSeconds = 30 * 24 * 3600;

/** Which entries would live longer, until when, and what that saves. */
export async function planKeeping(
  context: OperationsContext,
  actor: Actor,
  source: string,
  request: PlanRequest,
): Promise<Plan> {
  requirePlanning(context, actor, source, "Keeping entries longer");
  requireSelector(request);
  const { lifeSeconds = usualLifeSeconds } = request;
  const found = await loadEntries(context, actor, source, request.selector);
  const to = lifeSeconds === null ? null : context.now() + lifeSeconds * 1000;
  const mortal = found.filter(({ of, expiresAt }) => of === "entry" && expiresAt !== null);
  const entries = mortal.filter(({ expiresAt }) => to === null || (expiresAt ?? 0) < to);
  if (entries.length === 0) throw nothingToKeep(found.length, mortal.length);
  return draftPlan(context, actor, source, request, {
    items: entries.map((entry) => itemOf(entry, to)),
    experiments: [...new Set(entries.map(({ experimentId }) => experimentId))],
    kept: [],
    warnings: [
      ...sayLeft(found.length - mortal.length, "does not end by itself", "do not end by themselves"),
      ...sayLeft(mortal.length - entries.length, "lives longer already", "live longer already"),
    ],
    price: priceOf(entries),
    lifeSeconds,
  });
}

function itemOf(entry: PlannedEntry, to: number | null) {
  const { id, of, key, process, step, bytes, createdAt, locator, token, expiresAt } = entry;
  return {
    entryId: id,
    of,
    key,
    process,
    step,
    bytes,
    createdAt: createdAt === null ? null : new Date(createdAt).toISOString(),
    locators: [locator],
    reason: "chosen" as const,
    token,
    holders: [],
    change: { life: { from: expiresAt, to } },
  };
}

function sayLeft(count: number, one: string, many: string): string[] {
  if (count === 0) return [];
  return [
    count === 1 ? `1 of them ${one} and is left as it is.` : `${count} of them ${many} and are left as they are.`,
  ];
}

function nothingToKeep(found: number, mortal: number): AppError {
  if (found === 0)
    return new AppError("not_found", "No entry matches what was chosen.", {
      remedy: "They may have expired or been deleted since; the list of entries shows what is there.",
    });
  const why = mortal === 0 ? "None of it ends by itself" : "All of it lives longer already";
  return new AppError("bad_request", `There is nothing to do: ${why}.`, {
    remedy: "Choose another time, or leave it.",
  });
}
