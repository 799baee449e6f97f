import type { Driver } from "../contracts/driver.ts";
import type { LayoutContext, LayoutDefinition, OpenLayout, OpenSlots, SlotPlan } from "../contracts/layout.ts";
import { AppError, isAppError } from "../domain/errors.ts";
import { countReads } from "./count-reads.ts";
import { fingerprintOf, type PlannedSlot, planSlots } from "./plan-slots.ts";
import { layouts, openPlanned } from "./registry.ts";
import type { SourceConfig } from "./source-config.ts";
import { retryAfterMillis } from "./source-status.ts";

/** A source with its drivers open and a layout laid over them. */
export interface OpenedSource {
  definition: LayoutDefinition;
  layout: OpenLayout;
  slots: OpenSlots;
  /** What was planned when it was opened: when a later look differs, the source is opened anew. */
  plan: string;
  /** Why what is missing could not be opened, although the rest could. */
  skipped: AppError[];
  /** Whether something that was skipped can be opened by now: then the source is to be opened anew. */
  isMended(): Promise<boolean>;
  /** Whether all that is open could be opened once more, with the credentials as they are by now. */
  canOpenAnew(): Promise<boolean>;
  close(): Promise<void>;
}

interface SkippedSlot {
  slot: PlannedSlot;
  error: AppError;
  /** By the clock of `performance`: a store may ask to be left alone for a while. */
  askAgainAt: number;
}

/**
 * Looks at the places a source names, opens its drivers and the layout that recognises them best. Throws `AppError`: the place is missing,
 * cannot be opened, or holds nothing that is known. Drivers opened before a failure are closed.
 */
export async function openSource(config: SourceConfig, context: LayoutContext): Promise<OpenedSource> {
  const planned = await planSlots(config);
  const opened: Driver[] = [];
  const openedSlots: PlannedSlot[] = [];
  const skipped: SkippedSlot[] = [];
  const close = async () => {
    await Promise.allSettled(opened.map((driver) => driver.close()));
  };
  try {
    const slots: OpenSlots = {};
    for (const slot of planned) {
      const { plan, folder } = slot;
      const counted = await countReads(plan.open, config, context);
      const driver = await openPlanned(plan.open, folder, { mayChange: !config.readOnly, counted }).catch(
        (error: unknown) => {
          if (!isAppError(error) || !canDoWithout(plan, planned)) throw error;
          const askAgainAt = performance.now() + retryAfterMillis(error);
          skipped.push({ slot, error: plan.namedIn ? sayWhere(error, plan.namedIn) : error, askAgainAt });
          return null;
        },
      );
      if (!driver) continue;
      opened.push(driver);
      openedSlots.push(slot);
      slots[plan.slot] = [...(slots[plan.slot] ?? []), { driver, scope: plan.scope }];
    }
    const definition = await chooseLayout(slots, config.label);
    const layout = await definition.open(
      slots,
      context,
      skipped.map(({ slot }) => slot.plan),
    );
    return {
      definition,
      layout,
      slots,
      plan: fingerprintOf(planned),
      skipped: skipped.map(({ error }) => error),
      async isMended() {
        for (const { slot, askAgainAt } of skipped)
          if (performance.now() >= askAgainAt && (await canOpen(slot))) return true;
        return false;
      },
      async canOpenAnew() {
        for (const slot of openedSlots) if (!(await canOpen(slot))) return false;
        return true;
      },
      close: async () => {
        await layout.close().catch(() => undefined);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A workspace whose other projects can be read is shown without the one that cannot. */
function canDoWithout(plan: SlotPlan, planned: readonly PlannedSlot[]): boolean {
  const alike = planned.filter((other) => other.plan.slot === plan.slot && other.plan.scope !== null);
  return plan.optional === true || (plan.scope !== null && alike.length > 1);
}

/** What is wrong with an address that nobody typed can only be mended where it stands. */
function sayWhere(error: AppError, file: string): AppError {
  const remedy = error.code === "bad_request" ? `Correct the cache section of ${file}.` : error.remedy;
  return new AppError(error.code, `The key store that ${file} names: ${error.message}`, { remedy, cause: error });
}

async function canOpen({ plan, folder }: PlannedSlot): Promise<boolean> {
  const driver = await openPlanned(plan.open, folder, { mayChange: false }).catch(() => null);
  await driver?.close();
  return driver !== null;
}

/** The layout that recognises these best. Throws `unsupported` when none does. */
export async function chooseLayout(slots: OpenSlots, label: string): Promise<LayoutDefinition> {
  let best: { definition: LayoutDefinition; precision: number } | null = null;
  for (const definition of layouts) {
    const recognition = await definition.recognises(slots);
    if (recognition && recognition.precision > (best?.precision ?? 0))
      best = { definition, precision: recognition.precision };
  }
  if (best) return best.definition;
  throw new AppError("unsupported", `${label} can be opened, but holds nothing that Trialdeck knows.`, {
    remedy:
      "An ExpOps store is a SQLite file with a table kv, Redis keys below mlops:projects:, or Firestore documents below mlops_projects.",
  });
}
