import type { BlobDriver } from "../../contracts/driver.ts";
import type { Subject, ToldSubject } from "../../contracts/layout.ts";
import { AppError } from "../../domain/errors.ts";
import type { Fact } from "../../domain/facts.ts";
import { artifactIdAt } from "./paths.ts";
import type { LayoutParts } from "./project-desk.ts";

/** Files as they stand now; the driver's proof first, as `entrySubjects` says. */
export async function artifactSubjects(
  driver: BlobDriver,
  store: string,
  paths: readonly string[],
  told: readonly ToldSubject[],
): Promise<Subject[]> {
  const { changes } = driver;
  if (!changes) return told.map(() => ({ state: "refused", failure: readOnly(driver) }));
  const things = await changes.stat(paths);
  const stats = await Promise.all(paths.map((path) => driver.stat(path)));
  return told.map(({ token }, index): Subject => {
    const thing = things[index];
    const at = { store, locator: paths[index] as string };
    if (!thing) return { state: "gone", at };
    if (stats[index]?.token !== token) return { state: "changed", at };
    return { state: "as-told", ...at, thing };
  });
}

/** Facts of files that were set aside or put back. */
export async function artifactFactsAt(
  { driver, scope }: { driver: BlobDriver; scope: string | null },
  { sourceId, places, payloads }: LayoutParts,
  paths: readonly string[],
): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const [project, own] of Map.groupBy(paths, (path) => scope ?? projectOf(path))) {
    // Known from before: a folder whose last file was set aside may not be there any more.
    const { runtimes } = await places.of(project);
    const runtime = runtimes.find((one) => one.driver === driver);
    if (!runtime) continue;
    const files = own.map((path) => ({ runtime, path }));
    const found = await payloads.factsAt(project, files);
    const there = new Set(found.map(({ id }) => id));
    facts.push(...found.map((artifact): Fact => ({ kind: "artifact", artifact })));
    for (const path of own) {
      const id = artifactIdAt(sourceId, path, runtime);
      if (!there.has(id)) facts.push({ kind: "gone", of: "artifact", id });
    }
  }
  return facts;
}

/** Up to 0.1.9 projects stood below `projects`. */
function projectOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "projects" ? second : first;
}

function readOnly({ engine }: BlobDriver): AppError {
  return new AppError("forbidden", `${engine}: this store may only be read.`, {
    remedy: "Take readOnly out of the source's settings, or remove the file with the system that wrote it.",
  });
}
