import type { Check, StoreChecks } from "../contracts/check.ts";
import type { Driver } from "../contracts/driver.ts";
import type { LayoutContext, OpenSlots } from "../contracts/layout.ts";
import {
  type CheckPart,
  type CheckRecipe,
  type CheckStage,
  type CheckStep,
  checkStages,
  type SourceCheck,
  worstOf,
} from "../domain/check.ts";
import { AppError, isAppError } from "../domain/errors.ts";
import { chooseLayout } from "./open-source.ts";
import { type PlannedSlot, planSlots } from "./plan-slots.ts";
import { checksOf, openPlanned } from "./registry.ts";
import type { SourceConfig } from "./source-config.ts";

/** For what no step bounds by itself. */
const longestStepMillis = 10_000;
/** For the stages up to the sign-in together: one that hangs says so before whoever waits for all others goes away. */
const longestSignInMillis = 3_500;
/** The slot of what is looked at of all stores together. */
const together = "source";
const gates: readonly string[] = ["parse", "policy", "reach", "auth"];

/**
 * Does what opening and reading a source would do, step by step, and says of each how it went; `tell` hears each as it ends. Changes nothing.
 * `admit` may refuse the stores, or say where exactly they are to be looked for. Stores are looked at side by side, so that one that hangs holds up no other.
 */
export async function checkSource(
  config: SourceConfig,
  tell: (step: CheckStep) => void = () => undefined,
  { admit, ...part }: CheckPart & { admit?: (planned: readonly PlannedSlot[]) => Promise<PlannedSlot[]> } = {},
): Promise<SourceCheck> {
  const steps: CheckStep[] = [];
  const note = (step: CheckStep) => {
    steps.push(step);
    tell(step);
  };
  const named = await lookStep(note, together, { id: "source.places", stage: "parse" }, async () => {
    const slots = await planSlots(config);
    return { value: slots, message: slots.length === 1 ? "1 store is named" : `${slots.length} stores are named` };
  });
  const planned =
    named && admit
      ? await lookStep(note, together, { id: "source.admitted", stage: "policy" }, async () => ({
          value: await admit(named),
          message: "It may be tried",
        }))
      : named;
  const recipes: CheckRecipe[] = [];
  if (planned) {
    const isOfAll = part.slot === undefined || part.slot === together;
    const wanted = planned.filter((slot) => isOfAll || nameOf(slot) === part.slot);
    const looked = await Promise.all(wanted.map((slot) => checkStore(slot, !config.readOnly, part.stage, note)));
    recipes.push(...looked.flatMap(({ recipes }) => recipes));
    // One that hangs would be waited for a second time.
    const open = wanted.filter((_slot, at) => looked[at]!.isOpen);
    const isOfData = part.stage === undefined || part.stage === "data" || part.stage === "fit";
    if (open.length > 0 && isOfAll && isOfData) await checkData(config, open, part.stage, note);
  }
  const told = new Map(recipes.map((recipe) => [recipe.title, recipe]));
  return { sourceId: config.id, verdict: worstOf(steps), steps, ...(told.size > 0 && { recipe: [...told.values()] }) };
}

async function checkStore(
  slot: PlannedSlot,
  mayChange: boolean,
  stage: CheckStage | undefined,
  note: (step: CheckStep) => void,
) {
  const store: StoreChecks = checksOf(slot.plan.open, slot.folder, mayChange);
  const name = nameOf(slot);
  let stopped: string | null = null;
  const signInUntil = performance.now() + longestSignInMillis;
  try {
    for (const check of store.checks.filter((one) => standsOn(stage, one.stage))) {
      if (stopped !== null) {
        note({ id: idOf(slot, check), slot: name, stage: check.stage, verdict: "skip", message: stopped, tookMs: 0 });
        continue;
      }
      const limit = gates.includes(check.stage) ? signInUntil - performance.now() : longestStepMillis;
      const step = await runCheck(check, idOf(slot, check), name, limit);
      note(slot.plan.optional && step.verdict === "fail" ? { ...step, verdict: "warn" } : step);
      if (step.verdict === "fail" && gates.includes(check.stage)) stopped = `Not looked at, since ${check.id} failed`;
    }
    return { isOpen: stopped === null, recipes: store.recipes() };
  } finally {
    await store.close();
  }
}

/** The stores that can be opened, with the layout laid over them. */
async function checkData(
  config: SourceConfig,
  planned: readonly PlannedSlot[],
  stage: CheckStage | undefined,
  note: (step: CheckStep) => void,
) {
  const opened: Driver[] = [];
  try {
    const slots: OpenSlots = {};
    for (const { plan, folder } of planned) {
      const driver = await openPlanned(plan.open, folder, { mayChange: false }).catch(() => null);
      if (!driver) continue;
      opened.push(driver);
      slots[plan.slot] = [...(slots[plan.slot] ?? []), { driver, scope: plan.scope }];
    }
    const definition = await lookStep(note, together, { id: "source.layout", stage: "data" }, async () => {
      const found = await chooseLayout(slots, config.label);
      return { value: found, message: `It is laid out as ${found.name} does it` };
    });
    const checks = definition?.check?.(slots, forgetfulContext(config.id)) ?? [];
    for (const check of checks.filter((one) => one.stage === "data" || standsOn(stage, one.stage)))
      note(await runCheck(check, check.id, together));
  } finally {
    await Promise.allSettled(opened.map((driver) => driver.close()));
  }
}

/** Whether a stage has this one before it, or is it. Rights, data and fit do not stand on each other. */
function standsOn(stage: CheckStage | undefined, other: CheckStage): boolean {
  if (stage === undefined || stage === other) return true;
  return gates.includes(other) && checkStages.indexOf(other) < checkStages.indexOf(stage);
}

async function runCheck(check: Check, id: string, slot: string, limit = longestStepMillis): Promise<CheckStep> {
  const begun = performance.now();
  const finding = await within(limit, check.look()).catch((error: unknown) => findingOf(error));
  return { id, slot, stage: check.stage, ...finding, tookMs: Math.round(performance.now() - begun) };
}

async function lookStep<Value>(
  note: (step: CheckStep) => void,
  slot: string,
  { id, stage }: Pick<CheckStep, "id" | "stage">,
  look: () => Promise<{ value: Value; message: string }>,
): Promise<Value | null> {
  let found: Value | null = null;
  const step = await runCheck(
    {
      ...{ id, stage },
      async look() {
        const { value, message } = await look();
        found = value;
        return { verdict: "pass", message };
      },
    },
    id,
    slot,
  );
  note(step);
  return found;
}

function findingOf(error: unknown): Pick<CheckStep, "verdict" | "message" | "remedy"> {
  if (!isAppError(error))
    return {
      verdict: "fail",
      message: "Looking at it failed unexpectedly",
      remedy: "The server's log names the cause.",
    };
  return { verdict: "fail", message: error.message, ...(error.remedy && { remedy: error.remedy }) };
}

async function within<Answer>(millis: number, work: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const reason = new AppError("source_timeout", "It did not answer in time", {
      remedy: "Look whether the store hangs, and whether something on the way holds its packets back.",
    });
    timer = setTimeout(() => reject(reason), millis);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function nameOf({ plan: { slot, scope, open } }: PlannedSlot): string {
  const what = scope === null ? open.engine : `${open.engine} of ${scope}`;
  return `${slot} (${what})`;
}

function idOf({ plan: { slot, scope } }: PlannedSlot, { id }: Check): string {
  return [slot, ...(scope === null ? [] : [scope]), id].join(".");
}

/** A check keeps nothing, and knows nothing of what was read before. */
function forgetfulContext(sourceId: string): LayoutContext {
  return {
    sourceId,
    options: {},
    now: () => Date.now(),
    known: async () => new Map(),
    longestExecutions: async () => new Map(),
    snapshots: { list: async () => [], read: async () => null, save: async () => undefined },
    begins: { find: async () => null, note: async () => undefined },
    pointSightings: { runs: async () => [], find: async () => new Map(), save: async () => undefined },
    memo: { get: async () => new Map(), set: async () => undefined },
    trouble: () => undefined,
    log: () => undefined,
  };
}
