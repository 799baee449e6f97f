import type { LostEntryRow } from "../catalog/contract.ts";
import type { LostResult } from "../contracts/revive.ts";
import { AppError } from "../domain/errors.ts";
import type { Plan, PlanRequest } from "../domain/plan.ts";
import { scopeIn } from "../domain/viewer.ts";
import type { PlannedRevival } from "../sources/thread-contract.ts";
import type { KeptPlanItem } from "../state/plans.ts";
import { requireSelector } from "./choose-entries.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { draftPlan, requirePlanning } from "./draft-plan.ts";
import { priceOf } from "./price.ts";

/** Each is looked at in its store before it is planned: its run's record and its result are read. */
const mostRevived = 5_000;
const askedTogether = 200;

interface Judged {
  lost: LostEntryRow;
  revival: PlannedRevival;
}

/** Which entries would come back, what that saves, and why others do not. */
export async function planRevival(
  context: OperationsContext,
  actor: Actor,
  source: string,
  request: PlanRequest,
): Promise<Plan> {
  requirePlanning(context, actor, source, "Planning a revival");
  requireSelector(request);
  const found = await context.reader.lostEntries(source, {
    ...request.selector,
    scope: scopeIn(actor, source),
    limit: Math.min(mostRevived, context.rules.mostItems) + 1,
  });
  if (found.total > mostRevived || found.total > context.rules.mostItems)
    throw new AppError("too_large", `More than ${mostRevived} entries are meant.`, {
      remedy: "Narrow what is chosen: each result is looked at before it is planned.",
    });
  if (found.items.length === 0) throw nothingLost();
  const at = context.now();
  const judged = await judgeAll(context, source, found.items, at);
  const { items, taken, kept } = sortOut(context, source, judged, at);
  if (items.length === 0)
    throw new AppError("conflict", `Nothing of it can be revived: ${kept[0]?.reason ?? "it is not known how"}`, {
      remedy: "Run again what made it.",
    });
  return draftPlan(context, actor, source, request, {
    items,
    experiments: [...new Set(taken.map(({ lost }) => lost.experimentId))],
    kept,
    warnings: [],
    price: priceOf(taken.map(({ lost }) => ({ ...lost, of: "entry", state: "usable", scope: scopeOf(lost) }))),
    lifeSeconds: lifeOf(taken),
  });
}

async function judgeAll(
  { sources }: OperationsContext,
  source: string,
  lost: readonly LostEntryRow[],
  at: number,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (let begin = 0; begin < lost.length; begin += askedTogether) {
    const some = lost.slice(begin, begin + askedTogether);
    const revivals = await sources.findRevivals(
      source,
      some.map(({ experimentName, makers, process, step }): LostResult => {
        return { experimentName, runNames: makers.map(({ name }) => name), process, step, at };
      }),
    );
    judged.push(...some.map((one, index) => ({ lost: one, revival: revivals[index]! })));
  }
  return judged;
}

/** The newest result of a key is what was served; what someone took out on purpose is put back by that operation. */
function sortOut({ state }: OperationsContext, source: string, judged: readonly Judged[], at: number) {
  const items: KeptPlanItem[] = [];
  const taken: Judged[] = [];
  const kept: Plan["kept"] = [];
  const seen = new Set<string>();
  for (const one of judged) {
    const { lost, revival } = one;
    const leave = (reason: string) => kept.push({ artifactId: lost.artifactId, reason });
    const taker = state.journal.lastTakerOf(source, [lost.entryId]);
    // What was made anew since is another result of the key than the one that was taken out.
    const isTaken = taker !== null && (lost.madeAt === null || lost.madeAt <= taker.at);
    if (isTaken) leave(`${taker.by} took it out at ${new Date(taker.at).toISOString()}: Operations can put it back.`);
    else if (revival.state !== "revivable") leave(revival.why);
    else if (revival.entryId !== lost.entryId) leave("The record of its run is of another entry.");
    else if (seen.has(lost.entryId)) leave("A newer result of the same key is there.");
    else {
      seen.add(lost.entryId);
      taken.push(one);
      items.push({
        entryId: lost.entryId,
        of: "entry",
        key: revival.key,
        process: lost.process,
        step: lost.step,
        bytes: lost.bytes,
        createdAt: lost.madeAt === null ? null : new Date(lost.madeAt).toISOString(),
        locators: [revival.locator],
        reason: "chosen",
        token: revival.token,
        holders: [],
        change: { revive: { experimentName: lost.experimentName, runName: revival.runName, at } },
      });
    }
  }
  return { items, taken, kept };
}

const scopeOf = ({ step }: LostEntryRow) => (step === null ? ("process" as const) : ("step" as const));

function lifeOf(taken: readonly Judged[]): number | null {
  const lives = taken.flatMap(({ revival }) =>
    revival.state === "revivable" && revival.lifeSeconds !== null ? [revival.lifeSeconds] : [],
  );
  return lives.length === 0 ? null : Math.min(...lives);
}

function nothingLost(): AppError {
  return new AppError("not_found", "There is no result here whose entry is gone.", {
    remedy: "The entry may be there again, or its file is gone as well: then only running it again makes it anew.",
  });
}
