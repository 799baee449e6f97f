import type { BlobDriver } from "../../contracts/driver.ts";
import type { SlotPlan } from "../../contracts/layout.ts";
import type { PlainValue } from "../../domain/values.ts";
import type { CacheSettings } from "./cache-settings.ts";
import { parseProjectConfig } from "./project-config.ts";

const mostProjects = 500;

interface ProjectPlace {
  name: string;
  /** Below the folder looked at; "" when that folder is the project itself. */
  path: string;
}

/**
 * What of a folder belongs to ExpOps: the folder may be a workspace (`<project>/configs/project_config.yaml`, up to 0.1.9
 * `projects/<project>/…`) or one project. `null`: neither. Facts: docs/layouts/expops.md, "The runtime folder".
 */
export async function discoverExpops(folder: BlobDriver, folderName: string): Promise<SlotPlan[] | null> {
  if (await isProject(folder, { name: folderName, path: "" }))
    return planProject(folder, { name: folderName, path: "" });
  const projects = await findProjects(folder);
  if (projects.length === 0) return null;
  const shared: SlotPlan[] = [
    { slot: "blobs", scope: null, open: { engine: "files", path: "" } },
    { slot: "code", scope: null, open: { engine: "files", path: "" } },
  ];
  if (await isRepository(folder, "")) shared.push({ slot: "code", scope: null, open: { engine: "git", path: "" } });
  const own = await Promise.all(projects.map((project) => planStores(folder, project)));
  return [...shared, ...own.flat()];
}

async function findProjects(folder: BlobDriver): Promise<ProjectPlace[]> {
  const candidates = [
    ...(await folder.folders("")).map((name) => ({ name, path: name })),
    ...(await folder.folders("projects")).map((name) => ({ name, path: `projects/${name}` })),
  ].slice(0, mostProjects);
  const kept = await Promise.all(candidates.map(async (place) => ((await isProject(folder, place)) ? [place] : [])));
  return kept.flat();
}

async function isProject(folder: BlobDriver, place: ProjectPlace): Promise<boolean> {
  const marks = [below(place.path, "configs/project_config.yaml"), below(place.path, `.${place.name}/metrics.sqlite`)];
  const found = await Promise.all(marks.map((path) => folder.stat(path)));
  if (found.some(Boolean)) return true;
  return (await folder.folders(place.path)).includes(`.${place.name}`);
}

async function planProject(folder: BlobDriver, place: ProjectPlace): Promise<SlotPlan[]> {
  return [
    { slot: "blobs", scope: place.name, open: { engine: "files", path: place.path } },
    { slot: "code", scope: place.name, open: { engine: "files", path: place.path } },
    ...(await planStores(folder, place)),
  ];
}

async function planStores(folder: BlobDriver, place: ProjectPlace): Promise<SlotPlan[]> {
  const plans: SlotPlan[] = [];
  const database = below(place.path, `.${place.name}/metrics.sqlite`);
  // A project that moved to Redis keeps its earlier runs in the database.
  if (await folder.stat(database))
    plans.push({ slot: "index", scope: place.name, open: { engine: "sqlite", path: database } });
  plans.push(...(await planConfigured(folder, place)));
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

const largestConfig = 1024 * 1024;

/** The key store and the bucket that the project's config names. What it says may be no address: opening it tells. */
async function planConfigured(folder: BlobDriver, place: ProjectPlace): Promise<SlotPlan[]> {
  const path = below(place.path, "configs/project_config.yaml");
  const bytes = await folder.read(path, { offset: 0, length: largestConfig });
  const cache = bytes && parseProjectConfig(bytes).config?.cache;
  if (!cache) return [];
  const named = { scope: null, optional: true, namedIn: path } as const;
  const plans: SlotPlan[] = [];
  if (cache.backend === "redis") plans.push({ ...named, slot: "index", open: planRedis(cache) });
  if (cache.backend === "gcp") {
    const own = below(place.path, "keys/firestore.json");
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
