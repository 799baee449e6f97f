import { type BlobDriver, hasHistory } from "../../contracts/driver.ts";
import type { OpenSlots } from "../../contracts/layout.ts";
import type { Folder, ProjectPlace, ProjectPlaces } from "./seams.ts";

/** Slots of blob drivers; `scope` as in `OpenSlots`. */
interface BlobSlot {
  driver: BlobDriver;
  scope: string | null;
}

const configPath = "configs/project_config.yaml";
const runtimeFolders = ["cache", "artifacts", "logs"];
/** A repository may begin above the workspace: so many folders are looked at for the project. */
const mostLooks = 300;
const deepest = 4;
const bucketMillis = 5_000;

/** Finds the folders of projects in the blobs and code slots. Facts: docs/layouts/expops.md, "The runtime folder". */
export function openPlaces(slots: OpenSlots): ProjectPlaces {
  const blobs = blobSlots(slots.blobs);
  const code = blobSlots(slots.code);
  const found = new Map<string, ProjectPlace>();

  const hasBucket = blobs.some(({ driver }) => isBucket(driver));
  const lookedAt = new Map<string, number>();

  /** What is not there yet may come. A bucket is asked but now and then, since each look costs a few questions over a network. */
  function isGood(place: ProjectPlace): boolean {
    if (place.runtime && place.code.length > 0 && (place.era === "bucket" || !hasBucket)) return true;
    return hasBucket && performance.now() - (lookedAt.get(place.project) ?? 0) < bucketMillis;
  }

  async function look(project: string): Promise<ProjectPlace> {
    const known = found.get(project);
    if (known && isGood(known)) return known;
    const isFound = known?.runtime && (known.era === "bucket" || !hasBucket);
    const runtime = isFound ? known : await findRuntime(blobs, project);
    const folders =
      known && known.code.length > 0 ? known.code : await findCode(code.length > 0 ? code : blobs, project);
    const place = {
      project,
      era: runtime?.era ?? ("local" as const),
      runtime: runtime?.runtime ?? null,
      logs: runtime?.logs ?? null,
      code: folders,
    };
    found.set(project, place);
    lookedAt.set(project, performance.now());
    return place;
  }

  return {
    of: look,
    async all() {
      const names = await Promise.all([...blobs, ...code].map(findProjects));
      return Promise.all([...new Set(names.flat())].map(look));
    },
  };
}

/** Where a file stands, by its name within the source. */
export function locateFile(slots: OpenSlots, name: string): { driver: BlobDriver; path: string } | null {
  for (const { driver, scope } of blobSlots(slots.blobs)) {
    const prefix = namePrefix(scope);
    if (name.startsWith(prefix)) return { driver, path: name.slice(prefix.length) };
  }
  return null;
}

function blobSlots(slots: OpenSlots[string] | undefined): BlobSlot[] {
  return (slots ?? []).flatMap(({ driver, scope }) => (driver.kind === "blob" ? [{ driver, scope }] : []));
}

/** A driver rooted at a project's own folder shows paths without it: the project is put before, as if the workspace were the root. */
function namePrefix(scope: string | null): string {
  return scope === null ? "" : `${scope}/`;
}

type Runtime = Pick<ProjectPlace, "era" | "runtime" | "logs">;

/** A project whose results are in a bucket keeps its logs on the machine that ran. */
async function findRuntime(slots: readonly BlobSlot[], project: string): Promise<Runtime | null> {
  let logs: Folder | null = null;
  for (const slot of slots) {
    const found = await findRuntimeIn(slot, project);
    if (!found) continue;
    if (found.era === "bucket") return { ...found, logs };
    if (found.era === "old" || slots.every(({ driver }) => !isBucket(driver)) || (await holdsResults(found)))
      return { ...found, logs: found.runtime };
    logs ??= found.runtime;
  }
  return logs && { era: "local", runtime: logs, logs };
}

async function holdsResults({ runtime }: Pick<ProjectPlace, "runtime">): Promise<boolean> {
  const inside = runtime ? await runtime.driver.folders(runtime.folder) : [];
  return inside.includes("cache") || inside.includes("artifacts");
}

async function findRuntimeIn(
  { driver, scope }: BlobSlot,
  project: string,
): Promise<Pick<ProjectPlace, "era" | "runtime"> | null> {
  if (scope !== null && scope !== project) return null;
  const at = (folder: string): Folder => ({ driver, folder, namePrefix: namePrefix(scope) });
  const own = scope === null ? project : "";
  if ((await driver.folders(own)).includes(`.${project}`))
    return { era: "local", runtime: at(below(own, `.${project}`)) };
  const candidates = scope === null ? [below("projects", project), project] : [""];
  for (const folder of candidates) {
    const inside = await driver.folders(folder);
    if (!runtimeFolders.some((name) => inside.includes(name))) continue;
    return { era: isBucket(driver) ? "bucket" : "old", runtime: at(folder) };
  }
  return null;
}

export function isBucket(driver: BlobDriver): boolean {
  return driver.engine === "gcs";
}

async function findCode(slots: readonly BlobSlot[], project: string): Promise<Folder[]> {
  const found: Folder[] = [];
  for (const { driver, scope } of slots) {
    if (scope !== null && scope !== project) continue;
    const candidates = scope === null ? [project, below("projects", project)] : ["", project];
    const folder =
      (await firstWithConfig(driver, candidates)) ?? (hasHistory(driver) ? await searchDeeper(driver, project) : null);
    if (folder !== null) found.push({ driver, folder, namePrefix: namePrefix(scope) });
  }
  return found.sort((a, b) => Number(hasHistory(a.driver)) - Number(hasHistory(b.driver)));
}

async function firstWithConfig(driver: BlobDriver, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) if (await driver.stat(below(folder, configPath))) return folder;
  return null;
}

/** Breadth first for `…/<project>/configs/project_config.yaml`; failing that, for a repository that is the project itself. */
async function searchDeeper(driver: BlobDriver, project: string): Promise<string | null> {
  let level = [""];
  for (let depth = 0, looks = 0; depth < deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (++looks > mostLooks) return null;
      const inside = await driver.folders(folder);
      if (inside.includes(project) && (await driver.stat(below(below(folder, project), configPath))))
        return below(folder, project);
      next.push(...inside.filter((name) => !name.startsWith(".")).map((name) => below(folder, name)));
    }
    level = next;
  }
  return firstWithConfig(driver, [""]);
}

async function findProjects({ driver, scope }: BlobSlot): Promise<string[]> {
  if (scope !== null) return [scope];
  const names = await driver.folders("");
  const old = (await driver.folders("projects")).map((name) => ({ name, path: below("projects", name) }));
  const looked = await Promise.all(
    [...names.map((name) => ({ name, path: name })), ...old].map(async ({ name, path }) => {
      const inside = await driver.folders(path);
      const isOne =
        inside.includes(`.${name}`) ||
        (inside.includes("configs") && (await driver.stat(below(path, configPath))) !== null);
      return isOne || (isBucket(driver) && inside.includes("cache")) ? [name] : [];
    }),
  );
  return looked.flat();
}

function below(folder: string, rest: string): string {
  return folder === "" ? rest : `${folder}/${rest}`;
}
