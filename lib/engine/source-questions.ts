import type { Viewer } from "../auth/viewer.ts";
import type { CatalogReader, OverviewFigures, ViewerScope } from "../catalog/contract.ts";
import { AppError } from "../domain/errors.ts";
import type { Experiment, Page, Source } from "../domain/source.ts";
import type { SourceStatus } from "../sources/source-status.ts";

export interface SourceQuestions {
  sources(viewer: Viewer): Promise<Page<Source>>;
  experiments(viewer: Viewer, source: string): Promise<Page<Experiment>>;
  overview(viewer: Viewer): Promise<OverviewFigures>;
}

/** What is configured and how it fares: the registry of source statuses that the other questions look names up in. */
export interface SourceRegistry {
  all(): SourceStatus[];
  /** Ids to look in: all, or the one asked for. Throws `not_found`. */
  pick(source: string | undefined): string[];
  update(status: SourceStatus): void;
}

export function createSourceRegistry(): SourceRegistry {
  const statuses = new Map<string, SourceStatus>();
  return {
    all: () => [...statuses.values()],
    pick(source) {
      if (source === undefined) return [...statuses.keys()];
      if (!statuses.has(source))
        throw new AppError("not_found", "There is no such source.", { remedy: "GET /api/v1/sources lists them." });
      return [source];
    },
    update: (status) => void statuses.set(status.id, status),
  };
}

export function scopeOf(viewer: Viewer): ViewerScope {
  return { experiments: viewer.experiments };
}

/** A list that is answered whole, with how far its sources are read: as of the oldest, complete when all are. */
export async function wholePage<Item>(
  items: Item[],
  reader: Pick<CatalogReader, "progress">,
  sources: Iterable<string>,
): Promise<Page<Item>> {
  const progress = await Promise.all([...new Set(sources)].map((source) => reader.progress(source)));
  const times = progress.map(({ asOf }) => asOf);
  const oldest = times.includes(null) || times.length === 0 ? null : Math.min(...(times as number[]));
  return {
    items,
    nextCursor: null,
    total: { value: items.length, exact: true },
    asOf: oldest === null ? null : new Date(oldest).toISOString(),
    complete: progress.every(({ complete }) => complete),
  };
}

export function answerSources(
  registry: SourceRegistry,
  reader: CatalogReader,
  isReadOnly: (source: string) => boolean,
): SourceQuestions {
  return {
    async sources() {
      const items = await Promise.all(
        registry.all().map((status) => describeSource(status, reader, isReadOnly(status.id))),
      );
      const asOf =
        items
          .map((item) => item.asOf)
          .filter((at) => at !== null)
          .sort()[0] ?? null;
      const complete = items.every((item) => item.indexed.complete);
      return { items, nextCursor: null, total: { value: items.length, exact: true }, asOf, complete };
    },
    experiments(viewer, source) {
      registry.pick(source);
      return reader.experiments({ source, scope: scopeOf(viewer) });
    },
    overview: (viewer) => reader.overview(registry.pick(undefined), scopeOf(viewer)),
  };
}

async function describeSource(status: SourceStatus, reader: CatalogReader, readOnly: boolean): Promise<Source> {
  const progress = await reader.progress(status.id);
  const { error } = status;
  return {
    id: status.id,
    label: status.label,
    layout: status.layout ?? "unknown",
    engines: status.engines,
    readOnly,
    environment: status.environment,
    status: status.phase === "opening" ? "indexing" : status.phase,
    asOf: progress.asOf === null ? null : new Date(progress.asOf).toISOString(),
    sweepSeconds: status.sweepSeconds,
    indexed: { runs: progress.runs, entries: progress.entries, complete: progress.complete },
    capabilities: status.capabilities,
    hints: status.hints,
    ...(error && {
      error: {
        code: error.code,
        message: error.message,
        remedy: error.remedy,
        since: new Date(error.since).toISOString(),
      },
    }),
  };
}
