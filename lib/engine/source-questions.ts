import type { CatalogReader, OverviewFigures } from "../catalog/contract.ts";
import { AppError } from "../domain/errors.ts";
import type { Experiment, Page, Source } from "../domain/source.ts";
import { grantOf, scopeIn, type Viewer } from "../domain/viewer.ts";
import type { SourceStatus } from "../sources/source-status.ts";
import { lookIn } from "./scope.ts";

export interface SourceQuestions {
  sources(viewer: Viewer): Promise<Page<Source>>;
  experiments(viewer: Viewer, source: string): Promise<Page<Experiment>>;
  overview(viewer: Viewer): Promise<OverviewFigures>;
}

/** What is configured and how it fares: the registry of source statuses that the other questions look names up in. */
export interface SourceRegistry {
  all(): SourceStatus[];
  /** Ids to look in: all that the viewer may know of (`null`: all there are), or the one asked for. Throws `not_found`. */
  pick(viewer: Viewer | null, source: string | undefined): string[];
  update(status: SourceStatus): void;
}

export function createSourceRegistry(): SourceRegistry {
  const statuses = new Map<string, SourceStatus>();
  return {
    all: () => [...statuses.values()],
    pick(viewer, source) {
      const isSeen = (id: string) => viewer === null || grantOf(viewer, id) !== null;
      if (source === undefined) return [...statuses.keys()].filter(isSeen);
      if (!statuses.has(source) || !isSeen(source))
        throw new AppError("not_found", "There is no such source.", { remedy: "GET /api/v1/sources lists them." });
      return [source];
    },
    update: (status) => void statuses.set(status.id, status),
  };
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
    async sources(viewer) {
      const seen = new Set(registry.pick(viewer, undefined));
      const items = await Promise.all(
        registry
          .all()
          .filter(({ id }) => seen.has(id))
          .map((status) => describeSource(status, reader, isReadOnly(status.id), viewer)),
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
      registry.pick(viewer, source);
      return reader.experiments({ source, scope: scopeIn(viewer, source) });
    },
    async overview(viewer) {
      const { sources, scope } = await lookIn(registry, reader, viewer, undefined);
      return reader.overview(sources, scope);
    },
  };
}

async function describeSource(
  status: SourceStatus,
  reader: CatalogReader,
  readOnly: boolean,
  viewer: Viewer,
): Promise<Source> {
  const progress = await reader.progress(status.id);
  const grant = grantOf(viewer, status.id);
  const isWhole = grant?.experiments === null;
  const { runs, entries } = isWhole ? progress : await countSeen(reader, viewer, status.id);
  const error = status.error && (isWhole ? status.error : withoutNames(status.error));
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
    indexed: { runs, entries, complete: progress.complete },
    capabilities: status.capabilities,
    hints: isWhole ? status.hints : [],
    role: grant?.role ?? "viewer",
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

async function countSeen(reader: CatalogReader, viewer: Viewer, source: string) {
  const { runs, entries, orphanPayloads } = await reader.overview([source], scopeIn(viewer, source));
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
  return { runs: sum(runs), entries: sum(entries) + orphanPayloads };
}

/** What a store answered may name what the viewer does not see. */
function withoutNames(error: NonNullable<SourceStatus["error"]>): NonNullable<SourceStatus["error"]> {
  return {
    ...error,
    message: "This source cannot be read now.",
    remedy: "Whoever looks after it sees why on the page Config.",
  };
}
