import type { PlannedEntry } from "../catalog/contract.ts";
import { AppError } from "../domain/errors.ts";
import type { DownstreamReach, PlanIntent, PlanItem, PlanRequest, PlanSelector } from "../domain/plan.ts";
import { scopeIn } from "../domain/viewer.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { processesAfter } from "./descend.ts";

export interface ChosenEntry extends PlannedEntry {
  reason: Exclude<PlanItem["reason"], "payload">;
}

const pageSize = 5_000;

/** The entries that an intent takes: those chosen, and with a wrong result what stands for the same work and what was made of it. */
export async function chooseEntries(
  context: OperationsContext,
  actor: Actor,
  source: string,
  request: PlanRequest,
): Promise<{ entries: ChosenEntry[]; warnings: string[] }> {
  requireSelector(request);
  const { intent } = request;
  const load = (selector: PlanSelector) => loadEntries(context, actor, source, selector);
  const found = await load(request.selector);
  const { entries: certain, warnings } = await withoutDoubtful(context, actor, found);
  const pinned = new Set<string>();
  const withoutPinned = (some: readonly PlannedEntry[]) => {
    for (const entry of some) if (entry.pinned) pinned.add(entry.id);
    return intent === "free-space" ? some.filter((entry) => !entry.pinned) : some;
  };
  const asked = withoutPinned(certain);
  if (asked.length === 0 && pinned.size > 0) throw allPinned(pinned.size);
  const chosen = asked.filter(({ of, state }) => isMeant(request, of, state));
  if (chosen.length === 0) {
    const [doubt] = warnings;
    if (doubt) throw new AppError("conflict", doubt, { remedy: "Plan it again when that is over." });
    throw nothingChosen(context, actor, source, request, found.length);
  }
  const entries = new Map<string, ChosenEntry>(chosen.map((entry) => [entry.id, { ...entry, reason: "chosen" }]));

  const add = async (ids: readonly string[], reason: ChosenEntry["reason"]) => {
    const missing = ids.filter((id) => !entries.has(id));
    const loaded = missing.length > 0 ? await load({ entries: missing }) : [];
    for (const entry of withoutPinned(loaded)) if (entry.of === "entry") entries.set(entry.id, { ...entry, reason });
    requireFewer(context, entries.size);
  };
  // What holds another model than its own is mended by being made anew.
  const isRecompute =
    request.intent === "wrong-result" || request.intent === "run-again" || request.selector.kind === "size";
  if (isRecompute) {
    const named = chosen.filter(({ process }) => process !== null).map(({ id }) => id);
    await add(await context.reader.companions(source, named), "same-process");
    const along = await context.reader.runsAlong(source, named, 1, scopeIn(actor, source));
    if (along.total === 0)
      warnings.push(
        "No recorded run names what was chosen, so which steps belong to it is not known: some may still be served.",
      );
  }
  const reach = request.downstream ?? (request.intent === "wrong-result" ? "all" : "none");
  if (reach !== "none") {
    const found = await findDownstream(context, actor, source, [...entries.values()], reach);
    warnings.push(...found.warnings);
    await add(found.ids, "downstream");
    await add(await context.reader.companions(source, found.ids), "downstream");
  }
  return { entries: [...entries.values()], warnings: [...warnings, ...sayPinned(intent, pinned.size)] };
}

/** A payload that no record names may still get one, or have one that cannot be read now: such are left out. */
async function withoutDoubtful(context: OperationsContext, actor: Actor, found: PlannedEntry[]) {
  if (found.every(({ of }) => of === "entry")) return { entries: found, warnings: [] };
  const judged = await context.judgeOrphans(actor);
  if ("why" in judged) return { entries: found.filter(({ of }) => of === "entry"), warnings: [...judged.why] };
  const isOld = ({ of, createdAt }: PlannedEntry) => of === "entry" || createdAt === null || createdAt <= judged.before;
  const entries = found.filter(isOld);
  const young = found.length - entries.length;
  const files = young === 1 ? "1 file that no record names is" : `${young} files that no record names are`;
  const warnings = young > 0 ? [`${files} younger than an hour and may still wait for one: left out.`] : [];
  return { entries, warnings };
}

/** Freeing space leaves what is pinned. A wrong result is wrong all the same, and what was named goes, with a word about it. */
function sayPinned(intent: PlanIntent, pinned: number): string[] {
  if (pinned === 0) return [];
  if (intent === "free-space") return [pinned === 1 ? "1 pinned entry stays." : `${pinned} pinned entries stay.`];
  return [pinned === 1 ? "1 of the entries is pinned." : `${pinned} of the entries are pinned.`];
}

/** Everything of a source is meant by an empty filter (`q`), never by leaving it out. */
export function requireSelector({ intent, selector }: PlanRequest): void {
  if (intent === "repair" || Object.values(selector).some((value) => value !== undefined)) return;
  throw new AppError("bad_request", "Which entries are meant is not said.", {
    remedy: "Name entries, a run, a process, a step, a state or a filter.",
  });
}

function isMeant({ intent, selector }: PlanRequest, of: PlannedEntry["of"], state: PlannedEntry["state"]): boolean {
  if (intent === "repair") return state === "broken" || state === "orphan" || selector.kind === "size";
  // Nothing reads an orphan, so that nothing runs again without it.
  return of === "entry" || intent === "free-space" || intent === "custom";
}

/** Throws `too_large` where more are meant than a plan may hold. */
export async function loadEntries(context: OperationsContext, actor: Actor, source: string, selector: PlanSelector) {
  const entries: PlannedEntry[] = [];
  for (let after: number | null = null; ; ) {
    const page = await context.reader.plannedEntries(source, {
      ...selector,
      scope: scopeIn(actor, source),
      after,
      limit: pageSize,
    });
    entries.push(...page.items);
    requireFewer(context, entries.length);
    if (page.next === null) return entries;
    after = page.next;
  }
}

function requireFewer({ rules: { mostItems } }: OperationsContext, count: number): void {
  if (count <= mostItems) return;
  throw new AppError("too_large", `More than ${mostItems} entries are meant.`, {
    remedy: "Narrow what is chosen, or raise TRIALDECK_PLAN_ITEMS.",
  });
}

function allPinned(count: number): AppError {
  return new AppError("conflict", count === 1 ? "It is pinned, so it stays." : "All of it is pinned, so it stays.", {
    remedy: "Unpin what is to go, or choose another intent.",
  });
}

function nothingChosen(
  { state, rules: _rules, ...context }: OperationsContext,
  actor: Actor,
  source: string,
  { intent, selector }: PlanRequest,
  asked: number,
): AppError {
  if (asked > 0) {
    const why = intent === "repair" ? "None of it is broken or an orphan." : "These are files that no entry names.";
    return new AppError("bad_request", `There is nothing to do: ${why}`, {
      remedy: intent === "repair" ? "Choose another intent." : "Choose to free space instead.",
    });
  }
  const taker = selector.entries && state.journal.lastTakerOf(source, selector.entries);
  if (taker && state.reach.isSeen(actor, source, taker.id))
    return new AppError("gone", `Already gone: taken out by ${taker.by} at ${new Date(taker.at).toISOString()}.`, {
      remedy: "Operations shows it and can put it back.",
      details: { operation: taker.id },
    });
  context.sourceOf(source);
  return new AppError("not_found", "No entry matches what was chosen.", {
    remedy: "They may have expired or been deleted since; the list of entries shows what is there.",
  });
}

/** Entries made of the results of these, by the runs that used both and the graph that says what follows what. */
async function findDownstream(
  context: OperationsContext,
  actor: Actor,
  source: string,
  entries: readonly ChosenEntry[],
  reach: Exclude<DownstreamReach, "none">,
): Promise<{ ids: string[]; warnings: string[] }> {
  const ids = new Set<string>();
  const warnings = new Set<string>();
  const named = entries.filter(({ of, process }) => of === "entry" && process !== null);
  for (const [experiment, group] of Map.groupBy(named, ({ experimentId }) => experimentId)) {
    const graph = await newestGraph(context, actor, source, experiment);
    if (!graph) {
      warnings.add(
        "What follows these processes is not known: connect the workspace, whose config holds the graph. Only what is listed goes.",
      );
      continue;
    }
    if (graph.origin === "present-config")
      warnings.add("What was made of it is told by the present config, which may differ from that of the runs.");
    for (const [process, members] of Map.groupBy(group, (entry) => entry.process!)) {
      const after = processesAfter(graph, process, reach);
      if (after.size === 0) continue;
      const memberIds = members.map(({ id }) => id);
      for (const id of await context.reader.entriesBeside(source, memberIds, [...after])) ids.add(id);
    }
  }
  return { ids: [...ids], warnings: [...warnings] };
}

async function newestGraph(context: OperationsContext, actor: Actor, source: string, experiment: string) {
  const { items } = await context.reader.runs({
    sources: [source],
    scope: scopeIn(actor, source),
    experiment,
    columns: [],
    sort: "-started",
    limit: 1,
  });
  const run = items[0];
  const graph =
    run && (await context.sources.readGraph({ source, runName: run.name, experimentName: run.experimentName }));
  return graph && graph.origin !== "none" ? graph : null;
}
