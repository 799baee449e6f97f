import type { CatalogReader } from "../catalog/contract.ts";
import type { LostEntry } from "../domain/entry.ts";
import type { Page } from "../domain/source.ts";
import { scopeIn, type Viewer } from "../domain/viewer.ts";
import type { SourceRegistry } from "./source-questions.ts";

export interface LostAsked {
  entry?: string | undefined;
  run?: string | undefined;
  process?: string | undefined;
  step?: string | undefined;
  limit: number;
}

export interface LostQuestions {
  /** Entries that are gone while the files of their results are still there, and a run is recorded to have made them; the newest. */
  lostEntries(viewer: Viewer, source: string, asked: LostAsked): Promise<Page<LostEntry>>;
}

export function answerLost(registry: SourceRegistry, reader: CatalogReader): LostQuestions {
  return {
    async lostEntries(viewer, source, { entry, run, process, step, limit }) {
      registry.pick(viewer, source);
      const { items, total } = await reader.lostEntries(source, {
        ...(entry !== undefined && { entries: [entry] }),
        ...(run !== undefined && { run }),
        ...(process !== undefined && { process }),
        ...(step !== undefined && { step }),
        scope: scopeIn(viewer, source),
        recorded: true,
        limit,
      });
      const { asOf, complete } = await reader.progress(source);
      return {
        items: items.flatMap(
          ({ makers, madeAt: _madeAt, seconds, borrowedSeconds, experimentName: _name, ...item }): LostEntry[] => {
            const [maker] = makers;
            if (!maker) return [];
            const savedSeconds = seconds === null ? null : seconds + (borrowedSeconds ?? 0);
            return [{ ...item, source, runId: maker.id, runName: maker.name, savedSeconds }];
          },
        ),
        nextCursor: null,
        total: { value: total, exact: true },
        asOf: asOf === null ? null : new Date(asOf).toISOString(),
        complete,
      };
    },
  };
}
