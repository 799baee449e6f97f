import type { BlobDriver } from "../../contracts/driver.ts";
import type { SlotPlan } from "../../contracts/layout.ts";
import type { PlainValue } from "../../domain/values.ts";
import { type CacheSettings, wordOf } from "./cache-settings.ts";
import { parseProjectConfig } from "./project-config.ts";

const mostProjects = 500;

export interface ProjectPlace {
  name: string;
  /** Below the folder looked at; "" when that folder is the project itself. */
  path: string;
}

/**
 * What of a folder belongs to ExpOps: the folder may be a workspace (`<project>/configs/project_config.yaml`, up to 0.1.9
 * `projects/<project>/…`) or one project. `null`: neither. Facts: docs/layouts/expops.md, "The runtime folder".
 */
export async function discoverExpops(
  folder: BlobDriver,
  folderName: string,
  keyStore?: string,
): Promise<SlotPlan[] | null> {
  const projects = await findProjects(folder, folderName);
  const [first] = projects;
  if (!first) return null;
  if (first.path === "") return planProject(folder, first, keyStore);
  const shared: SlotPlan[] = [
    { slot: "blobs", scope: null, open: { engine: "files", path: "" } },
    { slot: "code", scope: null, open: { engine: "files", path: "" } },
  ];
  if (await isRepository(folder, "")) shared.push({ slot: "code", scope: null, open: { engine: "git", path: "" } });
  const own = await Promise.all(projects.map((project) => planStores(folder, project, keyStore)));
  return [...shared, ...own.flat()];
}

/** The folder itself where it is a project, else those in it. */
export async function findProjects(folder: BlobDriver, folderName: string): Promise<ProjectPlace[]> {
  const itself = { name: folderName, path: "" };
  if (await isProject(folder, itself)) return [itself];
  const candidates = [
    ...(await folder.folders("")).map((name) => ({ name, path: name })),
    ...(await folder.folders("projects")).map((name) => ({ name, path: `projects/${name}` })),
  ].slice(0, mostProjects);
  const kept = await Promise.all(candidates.map(async (place) => ((await isProject(folder, place)) ? [place] : [])));
  return kept.flat();
}

async function isProject(folder: BlobDriver, place: ProjectPlace): Promise<boolean> {
  const marks = [configPath(place), below(place.path, `.${place.name}/metrics.sqlite`)];
  const found = await Promise.all(marks.map((path) => folder.stat(path)));
  if (found.some(Boolean)) return true;
  return (await folder.folders(place.path)).includes(`.${place.name}`);
}

async function planProject(folder: BlobDriver, place: ProjectPlace, keyStore?: string): Promise<SlotPlan[]> {
  return [
    { slot: "blobs", scope: place.name, open: { engine: "files", path: place.path } },
    { slot: "code", scope: place.name, open: { engine: "files", path: place.path } },
    ...(await planStores(folder, place, keyStore)),
  ];
}

async function planStores(folder: BlobDriver, place: ProjectPlace, keyStore?: string): Promise<SlotPlan[]> {
  const plans: SlotPlan[] = [];
  const database = below(place.path, `.${place.name}/metrics.sqlite`);
  // A project that moved to Redis keeps its earlier runs in the database.
  if (await folder.stat(database))
    plans.push({ slot: "index", scope: place.name, open: { engine: "sqlite", path: database } });
  plans.push(...(await planConfigured(folder, place, keyStore)));
  for (const repository of [place.path, below(place.path, "history.git")]) {
    if (repository !== "" && (await isRepository(folder, repository))) {
      plans.push({ slot: "code", scope: place.name, open: { engine: "git", path: repository } });
    }
  }
  if (place.path === "" && (await isRepository(folder, ""))) {
    plans.push({ slot: "code", scope: place.name, open: { engine: "git", path: "" } });
  }
  return plans;
}

export const largestConfig = 1024 * 1024;

export function configPath({ path }: ProjectPlace): string {
  return below(path, "configs/project_config.yaml");
}

/** The key of a Google account that a project may keep beside its config. */
export function keyFilePath({ path }: ProjectPlace): string {
  return below(path, "keys/firestore.json");
}

/** The key store and the bucket that the project's config names. What it says may be no address: opening it tells. */
async function planConfigured(folder: BlobDriver, place: ProjectPlace, keyStore?: string): Promise<SlotPlan[]> {
  const path = configPath(place);
  const bytes = await folder.read(path, { offset: 0, length: largestConfig });
  const cache = bytes && parseProjectConfig(bytes).config?.cache;
  if (!cache) return [];
  const named = { scope: null, optional: true, namedIn: path } as const;
  const plans: SlotPlan[] = [];
  const backend = keyStore === undefined ? cache.backend : wordOf(keyStore);
  if (backend === "redis") plans.push({ ...named, slot: "index", open: planRedis(cache) });
  if (backend === "gcp") {
    const own = keyFilePath(place);
    const keyFile = (await folder.stat(own)) ? own : null;
    plans.push({ ...named, slot: "index", open: planFirestore(cache, keyFile) });
  }
  if (cache.bucket !== null)
    plans.push({
      ...named,
      slot: "blobs",
      open: { engine: "gcs", bucket: cache.bucket, prefix: "", emulatorHost: null },
    });
  return plans;
}

function planRedis({ options, secrets: { password } }: CacheSettings): SlotPlan["open"] {
  const { host = "localhost", port = 6379, db = 0 } = options;
  const name = String(host).includes(":") ? `[${host}]` : host;
  const credentials = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
  return { engine: "redis", url: `redis://${credentials}${name}:${port}/${db}` };
}

function planFirestore({ options }: CacheSettings, keyFile: string | null): SlotPlan["open"] {
  const textOf = (value: PlainValue | undefined) => (typeof value === "string" && value !== "" ? value : null);
  const emulatorHost = textOf(options.emulator_host);
  return { engine: "firestore", project: textOf(options.gcp_project) ?? "", database: null, keyFile, emulatorHost };
}

/** A work tree (`.git/HEAD`) or a bare repository (`HEAD` beside `objects`). */
async function isRepository(folder: BlobDriver, path: string): Promise<boolean> {
  if (await folder.stat(below(path, ".git/HEAD"))) return true;
  return (await folder.stat(below(path, "HEAD"))) !== null && (await folder.folders(path)).includes("objects");
}

function below(path: string, rest: string): string {
  return path === "" ? rest : `${path}/${rest}`;
}
