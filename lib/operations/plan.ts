import type { PlannedPayload } from "../catalog/contract.ts";
import { AppError } from "../domain/errors.ts";
import type { Plan, PlanRequest } from "../domain/plan.ts";
import type { Hold } from "../domain/proposal.ts";
import type { KeptPlan, KeptPlanItem } from "../state/plans.ts";
import { type ChosenEntry, chooseEntries } from "./choose-entries.ts";
import { choosePayloads } from "./choose-payloads.ts";
import { composePlan, readSurroundings } from "./compose-plan.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { countChanges, differenceOf } from "./difference.ts";
import { requirePlanning } from "./draft-plan.ts";
import { identityOf } from "./guard.ts";
import { planKeeping } from "./plan-keeping.ts";
import { planRevival } from "./plan-revival.ts";
import { priceOf } from "./price.ts";

/** A published plan that is made again. */
export interface ProposalMade {
  plan: string;
  by: string;
  at: string;
  /** Its items. */
  before: readonly KeptPlanItem[];
  /** By id of the entry or file. */
  held: ReadonlyMap<string, Hold>;
}

/** So many things are asked again of the store before they are shown: what has become of more, an operation tells. */
const mostRechecked = 200;
const noHolds: ReadonlyMap<string, Hold> = new Map();
const noFiles: ReturnType<typeof choosePayloads> = { items: [], kept: [] };

/** What would happen, priced: made of the catalog, kept for a while, and nothing is written to the store. */
export async function makePlan(
  context: OperationsContext,
  actor: Actor,
  source: string,
  request: PlanRequest,
  proposal: ProposalMade | null = null,
): Promise<KeptPlan> {
  if (request.intent === "revive") return planRevival(context, actor, source, request);
  if (request.intent === "keep-longer") return planKeeping(context, actor, source, request);
  requirePlanning(context, actor, source, "Planning an invalidation");
  const { reader, state } = context;
  const storeIdentity = await identityOf(context, source);
  const held = proposal?.held ?? noHolds;
  const takesPayloads = request.payloads ?? request.intent === "free-space";
  const choose = async () => {
    const { entries: chosen, warnings } = await chooseEntries(context, actor, source, request);
    const entries = chosen.filter(({ id }) => !held.has(id));
    const rows = entries.filter(({ of }) => of === "entry");
    const ids = rows.map(({ id }) => id);
    const payloads = takesPayloads ? await reader.plannedPayloads(source, ids) : [];
    return { chosen, warnings, entries, rows, ids, payloads };
  };
  let told = await choose();
  if (await isOutdated(context, source, told)) told = await choose();
  const { chosen, warnings, entries, rows, ids, payloads } = told;
  const [payloadBytes, around] = await Promise.all([
    reader.payloadBytes(source, ids),
    readSurroundings(context, actor, source, ids),
  ]);
  const { complete } = around.progress;
  if (!complete) warnings.push("The source has not been read to its end: there may be more than is listed.");
  const { items: files, kept } = takesPayloads ? choosePayloads(payloads, complete, held) : noFiles;
  const orphans = entries.filter(({ of }) => of === "artifact");
  const items = [...rows.map(itemOf), ...orphans.map(itemOf), ...files];
  const bytesNow = payloadBytes + sum(orphans);
  const leaving = sum([...files, ...orphans]);
  const changes = proposal ? differenceOf(proposal.before, items, presentOf(held, chosen, payloads)) : [];
  if (items.length === 0)
    throw new AppError("conflict", "Nothing of this proposal is left to do: all of it is held back.", {
      remedy: "Ask those who hold it back, or withdraw it.",
    });
  const contents = {
    ...{ items, kept, warnings, price: priceOf(entries), downstream: countDownstream(rows), lifeSeconds: null },
    totals: { payloads: files.length + orphans.length, bytesNow, bytesAfterTrash: bytesNow - leaving },
  };
  const plan: KeptPlan = {
    ...(await composePlan(context, { actor, source, request, storeIdentity }, around, contents)),
    ...(proposal && {
      again: { plan: proposal.plan, by: proposal.by, at: proposal.at, counts: countChanges(changes) },
    }),
  };
  const experiments = [...new Set(entries.map(({ experimentId }) => experimentId))];
  await state.plans.save({ plan, items, experiments, request, changes });
  return plan;
}

/** Whether the catalog was behind the store in what was chosen; by now it is not. What cannot be asked now is guarded when it is taken out. */
async function isOutdated(
  { sources }: OperationsContext,
  source: string,
  { entries, payloads }: { entries: readonly ChosenEntry[]; payloads: readonly PlannedPayload[] },
): Promise<boolean> {
  if (entries.length + payloads.length > mostRechecked) return false;
  const files = payloads.map(({ locator, token }) => ({ of: "artifact" as const, locator, token }));
  const told = [...entries.map(({ of, locator, token }) => ({ of, locator, token })), ...files];
  return sources.recheck(source, told).catch(() => false);
}

function itemOf(entry: ChosenEntry): KeptPlanItem {
  const { id, of, key, process, step, bytes, locator, reason, token } = entry;
  const createdAt = entry.createdAt === null ? null : new Date(entry.createdAt).toISOString();
  return { entryId: id, of, key, process, step, bytes, createdAt, locators: [locator], reason, token, holders: [] };
}

/** Of what is held back, what is still there to be taken. */
function presentOf(
  held: ReadonlyMap<string, Hold>,
  entries: readonly { id: string }[],
  payloads: readonly { artifactId: string }[],
): Map<string, Hold> {
  const there = new Set([...entries.map(({ id }) => id), ...payloads.map(({ artifactId }) => artifactId)]);
  return new Map([...held].filter(([id]) => there.has(id)));
}

function countDownstream(entries: readonly ChosenEntry[]): Plan["downstream"] {
  const following = entries.filter(({ reason }) => reason === "downstream");
  const places = Map.groupBy(following, ({ process, step }) => JSON.stringify([process, step]));
  return [...places.values()].map((members) => ({
    process: members[0]!.process!,
    step: members[0]!.step,
    entries: members.length,
  }));
}

function sum(things: readonly { bytes: number | null }[]): number {
  return things.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
}
