import { statSync } from "node:fs";
import { basename, dirname, relative } from "node:path";
import type { BlobDriver } from "../contracts/driver.ts";
import type { SlotPlan } from "../contracts/layout.ts";
import { AppError } from "../domain/errors.ts";
import { openFilesDriver } from "../drivers/files/files-driver.ts";
import { type Environment, overrideRedis, readEnvironment } from "../settings/environment.ts";
import type { TargetPart } from "../settings/target.ts";
import { layouts } from "./registry.ts";
import type { SourceConfig } from "./source-config.ts";

export interface PlannedSlot {
  folder: string;
  plan: SlotPlan;
}

/** Text that changes when the places suggest other drivers than before (a new project in a workspace). */
export async function planOf(config: SourceConfig): Promise<string> {
  return fingerprintOf(await planSlots(config));
}

/** Equal for equal plans. */
export function fingerprintOf(planned: readonly PlannedSlot[]): string {
  return JSON.stringify(planned);
}

/** The drivers that a source's places suggest, as the environment overrules them. Throws `AppError` for a place that is missing or unknown. */
export async function planSlots(config: SourceConfig): Promise<PlannedSlot[]> {
  const hasIndex = config.parts.some((part) => part.scheme !== "folder" && part.scheme !== "gs");
  const plans = await Promise.all(config.parts.map((part) => planPart(part, hasIndex)));
  return withoutRepeats(plans.flat()).map((planned) => withEnvironment(withCredentials(planned, config)));
}

/** What the settings say of how to sign in; a key that lies beside a project's own config stays. */
function withCredentials(planned: PlannedSlot, { tls, googleKeyFile }: SourceConfig): PlannedSlot {
  const { open, optional } = planned.plan;
  if (open.engine === "redis" && tls && !optional)
    return { ...planned, plan: { ...planned.plan, open: { ...open, tls } } };
  if ((open.engine !== "firestore" && open.engine !== "gcs") || googleKeyFile === undefined || open.keyFile)
    return planned;
  const keyFile = relative(planned.folder, googleKeyFile);
  return { ...planned, plan: { ...planned.plan, open: { ...open, keyFile } } };
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
  if (!hasIndex) return plans.map((plan) => ({ folder: part.path, plan }));
  // One that a config names may be the very one that was named.
  const hasOther = plans.some(({ slot, open }) => slot === "index" && open.engine === "sqlite");
  const wanted = plans.filter(({ slot }) => slot !== "index");
  return wanted.map((plan) => ({ folder: part.path, plan: hasOther ? besideOther(plan) : plan }));
}

/** Files beside an index that is not opened, since another one was named. */
function besideOther(plan: SlotPlan): SlotPlan {
  if (plan.open.engine !== "files" || plan.slot !== "blobs") return plan;
  return { ...plan, open: { ...plan.open, hasOtherIndex: true } };
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
      const plans = await discover?.(folder, basename(path), readEnvironment().MLOPS_KV_BACKEND);
      if (plans) return plans;
    }
  } finally {
    await folder.close();
  }
  throw new AppError("unsupported", `The folder ${path} holds nothing that Trialdeck knows.`, {
    remedy: "Name an ExpOps workspace (its projects hold configs/project_config.yaml) or one project in it.",
  });
}

/** A folder that a target names. Throws `AppError` where there is none. */
export async function openFolder(path: string): Promise<BlobDriver> {
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
