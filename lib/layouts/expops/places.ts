import { type BlobDriver, type BlobStat, hasHistory } from "../../contracts/driver.ts";
import type { OpenSlots } from "../../contracts/layout.ts";
import type { Folder, ProjectPlace, ProjectPlaces, Runtime } from "./seams.ts";

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
    if (isFound(place) && place.code.length > 0) return true;
    return hasBucket && performance.now() - (lookedAt.get(place.project) ?? 0) < bucketMillis;
  }

  function isFound({ runtimes }: ProjectPlace): boolean {
    return runtimes.length > 0 && (!hasBucket || runtimes.some(({ era, isEmpty }) => era === "bucket" && !isEmpty));
  }

  async function look(project: string): Promise<ProjectPlace> {
    const known = found.get(project);
    if (known && isGood(known)) return known;
    const runtimes = known && isFound(known) ? known.runtimes : await findRuntimes(blobs, project);
    const folders =
      known && known.code.length > 0 ? known.code : await findCode(code.length > 0 ? code : blobs, project);
    // A project whose results are in a bucket keeps its logs on the machine that ran.
    const logs = runtimes.find(({ era }) => era !== "bucket") ?? null;
    const place = { project, runtimes, logs, code: folders };
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

/** Where a file may stand, by its name within the source: a folder before a bucket, which costs more to ask. */
export function placesOfFile(slots: OpenSlots, name: string): { driver: BlobDriver; path: string }[] {
  const blobs = blobSlots(slots.blobs).sort((a, b) => Number(isBucket(a.driver)) - Number(isBucket(b.driver)));
  return blobs.flatMap(({ driver, scope }) => {
    const prefix = namePrefix(scope);
    return name.startsWith(prefix) ? [{ driver, path: name.slice(prefix.length) }] : [];
  });
}

/** Where a file stands. */
export async function locateFile(
  slots: OpenSlots,
  name: string,
): Promise<{ driver: BlobDriver; path: string; stat: BlobStat } | null> {
  for (const { driver, path } of placesOfFile(slots, name)) {
    const stat = await driver.stat(path);
    if (stat) return { driver, path, stat };
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

/** One folder at most, and a bucket's for each bucket: where the project has nothing in it yet, the place where that will be. */
async function findRuntimes(slots: readonly BlobSlot[], project: string): Promise<Runtime[]> {
  const found: Runtime[] = [];
  const empty: Runtime[] = [];
  for (const slot of slots) {
    const runtime = await findRuntimeIn(slot, project);
    if (runtime && (runtime.era === "bucket" || found.every(({ era }) => era === "bucket"))) found.push(runtime);
    if (!runtime && isBucket(slot.driver) && isOf(slot, project))
      empty.push({ era: "bucket", isEmpty: true, ...folderIn(slot, slot.scope === null ? project : "") });
  }
  return [...found, ...empty];
}

function isOf({ scope }: BlobSlot, project: string): boolean {
  return scope === null || scope === project;
}

function folderIn({ driver, scope }: BlobSlot, folder: string): Folder {
  return { driver, folder, namePrefix: namePrefix(scope) };
}

async function findRuntimeIn(slot: BlobSlot, project: string): Promise<Runtime | null> {
  const { driver, scope } = slot;
  if (!isOf(slot, project)) return null;
  const at = (folder: string) => folderIn(slot, folder);
  const own = scope === null ? project : "";
  if ((await driver.folders(own)).includes(`.${project}`)) return { era: "local", ...at(below(own, `.${project}`)) };
  const candidates = scope === null ? [below("projects", project), project] : [""];
  for (const folder of candidates) {
    const inside = await driver.folders(folder);
    if (!runtimeFolders.some((name) => inside.includes(name))) continue;
    return { era: isBucket(driver) ? "bucket" : "old", ...at(folder) };
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
