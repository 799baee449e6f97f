import type { CatalogReader, EntriesQuery } from "../catalog/contract.ts";
import type { Entry, EntryDetail, TreeNode } from "../domain/entry.ts";
import { AppError } from "../domain/errors.ts";
import type { Page } from "../domain/source.ts";
import { maySee, scopeIn, type Viewer } from "../domain/viewer.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";
import type { Pins } from "../state/pins.ts";
import { openLookAgain } from "./look-again.ts";
import { lookIn } from "./scope.ts";
import { type SourceRegistry, wholePage } from "./source-questions.ts";

export interface CacheQuestions {
  entries(viewer: Viewer, query: Omit<EntriesQuery, "sources" | "scope"> & { source?: string }): Promise<Page<Entry>>;
  tree(viewer: Viewer, source: string, prefix: string | null): Promise<Page<TreeNode>>;
  entry(viewer: Viewer, source: string, entry: string): Promise<EntryDetail>;
}

export function answerCache(
  registry: SourceRegistry,
  reader: CatalogReader,
  sources: SourcesApi,
  pins: Pick<Pins, "find">,
): CacheQuestions {
  const lookAgain = openLookAgain(reader, sources);
  return {
    entries: async (viewer, { source, ...query }) =>
      reader.entries({ ...query, ...(await lookIn(registry, reader, viewer, source)) }),

    async tree(viewer, source, prefix) {
      registry.pick(viewer, source);
      return wholePage(await reader.tree({ source, scope: scopeIn(viewer, source), prefix }), reader, [source]);
    },

    async entry(viewer, source, entryId) {
      registry.pick(viewer, source);
      const entry = await reader.entry(source, entryId, scopeIn(viewer, source));
      const place = entry && (await reader.locator(source, "entry", entryId));
      if (!entry || !maySee(viewer, source, entry.experimentId)) {
        throw new AppError("not_found", "There is no such entry in this source.", {
          remedy: "It may have expired or been deleted since; the list of entries shows what is there.",
        });
      }
      lookAgain(source, entryId);
      // An orphan has no record; an unreachable store leaves the rest of the page as the catalog knows it.
      const raw = place ? await sources.readRawEntry(source, place.locator).catch(() => null) : null;
      const pin = pins.find(source, entryId);
      return { ...entry, pin: pin && { by: pin.by, at: new Date(pin.at).toISOString() }, raw };
    },
  };
}
