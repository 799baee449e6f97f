import type { BlobStat } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { ArtifactFact } from "../../domain/facts.ts";
import { artifactIdAt, entryIdOf, experimentIdOf } from "./paths.ts";
import { mediaTypeOf, readPayloadName, readResultKey } from "./payload-names.ts";
import { openReferenceReader } from "./payload-references.ts";
import type { Folder, PayloadScan, ProjectPlaces } from "./seams.ts";

const pageSize = 1_000;
const folders = ["cache", "artifacts"];

/** Finds the files of projects (results, spilled arrays and models, charts) and what their results refer to. */
export function openPayloadScan(places: ProjectPlaces, context: LayoutContext): PayloadScan {
  return {
    async *facts(project, signal, driver) {
      const { runtimes } = await places.of(project);
      const experimentId = experimentIdOf(context.sourceId, project);
      for (const runtime of runtimes.filter((one) => driver === undefined || one.driver === driver)) {
        for (const folder of folders) {
          for await (const stats of listPages(runtime, folder, signal)) {
            yield stats.map((stat) => describeFile(stat, runtime, project, experimentId, context.sourceId));
          }
        }
      }
    },

    async factsAt(project, files) {
      const experimentId = experimentIdOf(context.sourceId, project);
      const found = await Promise.all(
        files.map(async ({ runtime, path }) => {
          const stat = await runtime.driver.stat(path);
          return stat ? [describeFile(stat, runtime, project, experimentId, context.sourceId)] : [];
        }),
      );
      return found.flat();
    },

    ...openReferenceReader(places, context),
  };
}

/** A page at a time, so that a hundred thousand files are never held at once. Ends early, without an error, when told to stop. */
async function* listPages({ driver, folder }: Folder, below: string, signal: AbortSignal): AsyncGenerator<BlobStat[]> {
  const prefix = folder === "" ? below : `${folder}/${below}`;
  let cursor: string | null = null;
  do {
    if (signal.aborted) return;
    const page = await driver.list({ prefix, cursor, limit: pageSize });
    if (page.items.length > 0) yield page.items;
    cursor = page.cursor;
  } while (cursor !== null);
}

function describeFile(
  stat: BlobStat,
  runtime: Folder,
  project: string,
  experimentId: string,
  sourceId: string,
): ArtifactFact {
  const below = runtime.folder === "" ? stat.path : stat.path.slice(runtime.folder.length + 1);
  const name = `${runtime.namePrefix}${stat.path}`;
  const told = readPayloadName(below);
  const key = told.role === "result" ? readResultKey(below) : null;
  return {
    id: artifactIdAt(sourceId, stat.path, runtime),
    experimentId,
    name,
    bytes: stat.bytes,
    modifiedAt: stat.modifiedAt,
    mediaType: mediaTypeOf(stat.path),
    ...told,
    ...(key && { entryId: entryIdOf(sourceId, project, key.process, key.step, key.hashes) }),
    version: told.keyParts.find((part) => part.name === "version")?.value ?? null,
    address: `${runtime.driver.location}/${stat.path}`,
    bucket: runtime.driver.bucket,
    locator: name,
    token: stat.token,
  };
}
