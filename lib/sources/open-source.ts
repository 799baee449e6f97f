import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { BlobDriver, Driver } from "../contracts/driver.ts";
import type { LayoutContext, LayoutDefinition, OpenLayout, OpenSlots, SlotPlan } from "../contracts/layout.ts";
import { AppError, isAppError } from "../domain/errors.ts";
import { openFilesDriver } from "../drivers/files/files-driver.ts";
import { type Environment, overrideRedis, readEnvironment } from "../settings/environment.ts";
import type { TargetPart } from "../settings/target.ts";
import { layouts, openPlanned } from "./registry.ts";
import type { SourceConfig } from "./source-config.ts";

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
  close(): Promise<void>;
}

interface PlannedSlot {
  folder: string;
  plan: SlotPlan;
}

/**
 * Looks at the places a source names, opens its drivers and the layout that recognises them best. Throws `AppError`: the place is missing,
 * cannot be opened, or holds nothing that is known. Drivers opened before a failure are closed.
 */
export async function openSource(config: SourceConfig, context: LayoutContext): Promise<OpenedSource> {
  const planned = await planSlots(config);
  const opened: Driver[] = [];
  const skipped: { slot: PlannedSlot; error: AppError }[] = [];
  const close = async () => {
    await Promise.allSettled(opened.map((driver) => driver.close()));
  };
  try {
    const slots: OpenSlots = {};
    for (const slot of planned) {
      const { plan, folder } = slot;
      const driver = await openPlanned(plan.open, folder, { mayChange: !config.readOnly }).catch((error: unknown) => {
        if (!isAppError(error) || !canDoWithout(plan, planned)) throw error;
        skipped.push({ slot, error: plan.namedIn ? sayWhere(error, plan.namedIn) : error });
        return null;
      });
      if (!driver) continue;
      opened.push(driver);
      slots[plan.slot] = [...(slots[plan.slot] ?? []), { driver, scope: plan.scope }];
    }
    const definition = await chooseLayout(slots, config);
    const layout = await definition.open(
      slots,
      context,
      skipped.map(({ slot }) => slot.plan),
    );
    return {
      definition,
      layout,
      slots,
      plan: fingerprint(planned),
      skipped: skipped.map(({ error }) => error),
      isMended: () => canOpenOneOf(skipped.map(({ slot }) => slot)),
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

async function canOpenOneOf(slots: readonly PlannedSlot[]): Promise<boolean> {
  for (const { plan, folder } of slots) {
    const driver = await openPlanned(plan.open, folder, { mayChange: false }).catch(() => null);
    await driver?.close();
    if (driver) return true;
  }
  return false;
}

/** Text that changes when the places suggest other drivers than before (a new project in a workspace). */
export async function planOf(config: SourceConfig): Promise<string> {
  return fingerprint(await planSlots(config));
}

function fingerprint(planned: readonly PlannedSlot[]): string {
  return JSON.stringify(planned);
}

async function planSlots(config: SourceConfig): Promise<PlannedSlot[]> {
  const hasIndex = config.parts.some((part) => part.scheme !== "folder" && part.scheme !== "gs");
  const plans = await Promise.all(config.parts.map((part) => planPart(part, hasIndex)));
  return withoutRepeats(plans.flat()).map(withEnvironment);
}

/** Projects that share one Redis need it opened once, whichever of them names it. */
function withoutRepeats(planned: readonly PlannedSlot[]): PlannedSlot[] {
  const keyOf = ({ folder, plan: { slot, scope, open } }: PlannedSlot) => JSON.stringify([folder, slot, scope, open]);
  return [...new Map(planned.map((slot) => [keyOf(slot), slot])).values()];
}

/** What the variables say wins over the config of a project, as it does for the tool itself; an address that was typed stays as it is. */
function withEnvironment(planned: PlannedSlot): PlannedSlot {
  const { open } = planned.plan;
  if (!planned.plan.optional) return planned;
  return { ...planned, plan: { ...planned.plan, open: overrideStore(open, readEnvironment()) } };
}

function overrideStore(open: SlotPlan["open"], environment: Environment): SlotPlan["open"] {
  switch (open.engine) {
    case "redis":
      return { ...open, url: overrideRedis(open.url, environment) };
    case "firestore":
      return {
        ...open,
        project: open.project || (environment.GOOGLE_CLOUD_PROJECT ?? ""),
        emulatorHost: environment.FIRESTORE_EMULATOR_HOST ?? open.emulatorHost,
      };
    case "gcs":
      return {
        ...open,
        bucket: environment.MLOPS_GCS_BUCKET ?? open.bucket,
        emulatorHost: environment.STORAGE_EMULATOR_HOST ?? open.emulatorHost,
      };
    default:
      return open;
  }
}

async function planPart(part: TargetPart, hasIndex: boolean): Promise<PlannedSlot[]> {
  if (part.scheme === "redis")
    return [{ folder: "", plan: { slot: "index", scope: null, open: { engine: "redis", url: part.url } } }];
  if (part.scheme === "firestore") return [planFirestore(part)];
  if (part.scheme === "gs") return [planBucket(part)];
  if (part.scheme === "sqlite" || looksLikeDatabase(part.path)) return [planDatabase(part.path)];
  const plans = await planFolder(part.path);
  return plans.filter((plan) => !(hasIndex && plan.slot === "index")).map((plan) => ({ folder: part.path, plan }));
}

function planFirestore({ project, database }: Extract<TargetPart, { scheme: "firestore" }>): PlannedSlot {
  const open = { engine: "firestore", project, database, keyFile: null } as const;
  const emulatorHost = readEnvironment().FIRESTORE_EMULATOR_HOST ?? null;
  return { folder: "", plan: { slot: "index", scope: null, open: { ...open, emulatorHost } } };
}

function planBucket({ bucket, prefix }: Extract<TargetPart, { scheme: "gs" }>): PlannedSlot {
  const emulatorHost = readEnvironment().STORAGE_EMULATOR_HOST ?? null;
  return { folder: "", plan: { slot: "blobs", scope: null, open: { engine: "gcs", bucket, prefix, emulatorHost } } };
}

/** A database named by itself: when it stands in a project's runtime folder (`.<project>/`), it is that project's. */
function planDatabase(path: string): PlannedSlot {
  const folder = basename(dirname(path));
  const scope = folder.startsWith(".") && folder.length > 1 ? folder.slice(1) : null;
  return { folder: dirname(path), plan: { slot: "index", scope, open: { engine: "sqlite", path: basename(path) } } };
}

async function planFolder(path: string): Promise<SlotPlan[]> {
  const folder = await openFolder(path);
  try {
    for (const { discover } of layouts) {
      const plans = await discover?.(folder, basename(path));
      if (plans) return plans;
    }
  } finally {
    await folder.close();
  }
  throw new AppError("unsupported", `The folder ${path} holds nothing that Trialdeck knows.`, {
    remedy: "Name an ExpOps workspace (its projects hold configs/project_config.yaml) or one project in it.",
  });
}

async function openFolder(path: string): Promise<BlobDriver> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new AppError("source_unavailable", `There is no folder ${path}.`, {
      remedy: "Check the path; it may not be mounted.",
    });
  if (!stat.isDirectory()) {
    throw new AppError("unsupported", `${path} is a file, not a folder.`, {
      remedy: "Name a folder, or a database file as sqlite:FILE.",
    });
  }
  return openFilesDriver({ path: path });
}

function looksLikeDatabase(path: string): boolean {
  return /\.(sqlite3?|db)$/.test(path) && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

async function chooseLayout(slots: OpenSlots, config: SourceConfig): Promise<LayoutDefinition> {
  let best: { definition: LayoutDefinition; precision: number } | null = null;
  for (const definition of layouts) {
    const recognition = await definition.recognises(slots);
    if (recognition && recognition.precision > (best?.precision ?? 0))
      best = { definition, precision: recognition.precision };
  }
  if (best) return best.definition;
  throw new AppError("unsupported", `${config.label} can be opened, but holds nothing that Trialdeck knows.`, {
    remedy:
      "An ExpOps store is a SQLite file with a table kv, Redis keys below mlops:projects:, or Firestore documents below mlops_projects.",
  });
}
