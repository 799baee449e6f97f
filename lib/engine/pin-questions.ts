import type { CatalogChange, CatalogReader, CatalogWriter } from "../catalog/contract.ts";
import { AppError } from "../domain/errors.ts";
import { grantOf, scopeIn, type Viewer } from "../domain/viewer.ts";
import type { OperationRules } from "../operations/context.ts";
import { requireRole } from "../operations/guard.ts";
import type { Pins } from "../state/pins.ts";
import type { SourceRegistry } from "./source-questions.ts";

export interface PinQuestions {
  /** Pins or unpins entries; answers of how many something changed. */
  pin(
    viewer: Viewer,
    source: string,
    asked: { entries: readonly string[]; pinned: boolean },
  ): Promise<{ changed: number }>;
}

interface PinKeeping {
  registry: SourceRegistry;
  reader: CatalogReader;
  writer: Pick<CatalogWriter, "pin">;
  pins: Pins;
  rules: Pick<OperationRules, "readOnly">;
  publish(source: string, changes: CatalogChange[]): void;
  now(): number;
}

/** Pins are ours alone: nothing is written to any store. */
export function answerPins({ registry, reader, writer, pins, rules, publish, now }: PinKeeping): PinQuestions {
  return {
    async pin(viewer, source, { entries, pinned }) {
      registry.pick(viewer, source);
      requireRole(viewer, source, "operator", pinned ? "Pinning" : "Unpinning");
      if (rules.readOnly)
        throw new AppError("forbidden", "This server only reads, so it keeps no pins.", {
          remedy: "Start it without --read-only and as the only one on its state folder.",
        });
      // A pin of an entry that is gone is let go by who sees the source whole: of which experiment it was is not known.
      const isWhole = grantOf(viewer, source)?.experiments === null;
      const present = pinned || !isWhole ? await presentOf(reader, viewer, source, entries) : null;
      const wanted = present?.map(({ id }) => id) ?? entries;
      const experiments = new Map(present?.map(({ id, experimentId }) => [id, experimentId]));
      const changed = pins.set(source, wanted, pinned, { by: viewer.name, at: now() }, experiments);
      publish(source, await writer.pin(source, changed, pinned));
      return { changed: changed.length };
    },
  };
}

/** Throws `not_found` where none of them is an entry that is there. */
async function presentOf(reader: CatalogReader, viewer: Viewer, source: string, entries: readonly string[]) {
  const limit = Math.max(1, entries.length);
  const { items } = await reader.plannedEntries(source, {
    entries,
    scope: scopeIn(viewer, source),
    after: null,
    limit,
  });
  const present = items.filter(({ of }) => of === "entry");
  if (present.length > 0) return present;
  throw new AppError("not_found", "There is no such entry in this source.", {
    remedy: "It may have expired or been deleted since; a file that no entry names cannot be pinned.",
  });
}
