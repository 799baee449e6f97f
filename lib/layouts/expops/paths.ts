import { idOf } from "../../contracts/ids.ts";
import type { KeyHashes } from "./keys.ts";
import type { Folder, PlacedFile, ProjectPlace } from "./seams.ts";

/**
 * Recorded paths are absolute and of the machine that ran (`/srv/ws/lab/.lab/cache/…`), or `gs://` addresses. Only the part below the
 * project's runtime folder is true elsewhere. Facts: docs/layouts/expops.md, "Recorded paths".
 */

const resultName = /_([0-9a-f]{64})_([0-9a-f]{64})_([0-9a-f]{64}|none)\.pkl$/;

/** The hashes in a result's file name, whatever stands before them. */
export function hashesOfResult(path: string): KeyHashes | null {
  const match = resultName.exec(path);
  return match && { input: match[1] as string, config: match[2] as string, function: match[3] as string };
}

/** The version in `…/cache/<version>/…` or `…/artifacts/<version>/…`; up to 0.1.9 there is none. */
export function versionOfPath(path: string): string | null {
  return /(?:^|[/\\])(?:cache|artifacts)[/\\]([0-9a-f]{64})[/\\]/.exec(path)?.[1] ?? null;
}

/** A recorded path below the project's runtime folder (`cache/…`, `artifacts/…`); `null` when it stood somewhere else. */
export function belowRuntime(recorded: string, project: string): string | null {
  const path = /^[A-Za-z]:\\/.test(recorded) ? recorded.replaceAll("\\", "/") : recorded;
  for (const folder of [`/.${project}/`, `/${project}/`]) {
    for (let at = path.lastIndexOf(folder); at >= 0; at = at === 0 ? -1 : path.lastIndexOf(folder, at - 1)) {
      const rest = path.slice(at + folder.length);
      if (/^(cache|artifacts)\//.test(rest)) return rest;
    }
  }
  return null;
}

/** The file that a recorded path means, in whichever place of the project holds such; `null` when none does. */
export function placeFile(recorded: string, { project, runtimes }: ProjectPlace): PlacedFile | null {
  const isAddress = recorded.startsWith("gs://");
  const alike = runtimes.filter(({ era }) => (era === "bucket") === isAddress);
  const named = isAddress ? alike.find(({ driver }) => recorded.startsWith(`${driver.location}/`)) : undefined;
  const runtime = named ?? alike[0];
  const rest = belowRuntime(recorded, project);
  if (!runtime || rest === null) return null;
  return { runtime, path: runtime.folder === "" ? rest : `${runtime.folder}/${rest}` };
}

/** Id of a file by its path in the driver that shows it. */
export function artifactIdAt(sourceId: string, path: string, { namePrefix }: Folder): string {
  return idOf(sourceId, "artifact", `${namePrefix}${path}`);
}

/** Id of the file that a record names: the same as that of the file found. Where no slot shows it, the recorded path stands in. */
export function artifactIdOf(sourceId: string, recorded: string, place: ProjectPlace): string {
  const file = placeFile(recorded, place);
  return file ? artifactIdAt(sourceId, file.path, file.runtime) : idOf(sourceId, "artifact", recorded);
}

/** Ids of this layout. A run or entry is known within its project, since a copied project folder repeats the names. */
export function runIdOf(sourceId: string, project: string, runName: string): string {
  const name = JSON.stringify([project, runName]);
  return remembered(`run ${sourceId} ${name}`, () => idOf(sourceId, "run", name));
}
export function experimentIdOf(sourceId: string, project: string): string {
  return remembered(`experiment ${sourceId} ${project}`, () => idOf(sourceId, "experiment", project));
}
export function entryIdOf(
  sourceId: string,
  project: string,
  process: string,
  step: string | null,
  hashes: KeyHashes,
): string {
  return idOf(
    sourceId,
    "entry",
    JSON.stringify([project, process, step, hashes.input, hashes.config, hashes.function]),
  );
}

const mostRemembered = 50_000;
const ids = new Map<string, string>();

/** Half a million entries name the same few runs. */
function remembered(key: string, make: () => string): string {
  const known = ids.get(key);
  if (known !== undefined) return known;
  if (ids.size >= mostRemembered) ids.clear();
  const id = make();
  ids.set(key, id);
  return id;
}
