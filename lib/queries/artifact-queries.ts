import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Artifact, ArtifactDetail } from "../domain/entry.ts";
import type { Preview } from "../domain/preview.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";
import { type HeldTable, isSameThing, keyOfThing, type ReadPage, stampPage } from "./held-table.ts";

export interface ArtifactsFilter {
  prefix?: string;
  run?: string;
  q?: string;
  sort?: string;
}

function askList(source: string, filter: ArtifactsFilter, cursor: string | null, limit: number, signal: AbortSignal) {
  return askApi<Page<Artifact>>(apiUrl(["sources", source, "artifacts"], { ...filter, cursor, limit }), { signal });
}

function askTable(
  source: string,
  filter: ArtifactsFilter,
  cursor: string | null,
  signal: AbortSignal,
): Promise<ReadPage<Artifact>> {
  return askList(source, filter, cursor, cursor ? 500 : 100, signal).then(stampPage);
}

function askArtifact(source: string, artifact: string, signal: AbortSignal): Promise<ArtifactDetail> {
  return askApi<ArtifactDetail>(apiUrl(["sources", source, "artifacts", artifact]), { signal });
}

export const artifactQueries = {
  /** Lists, of every source and filter. */
  lists: () => ["artifacts"] as const,
  /** The table. Live events do not move it by themselves. */
  list: (source: string, filter: ArtifactsFilter = {}) =>
    infiniteQueryOptions({
      queryKey: [...artifactQueries.lists(), source, filter],
      queryFn: ({ pageParam, signal }) => askTable(source, filter, pageParam, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      meta: { live: "held" },
    }),
  /** Events tell of entries: an artifact changes with the entry that names it. */
  held: (source: string, filter: ArtifactsFilter): HeldTable<Artifact> => ({
    queryKey: artifactQueries.list(source, filter).queryKey,
    events: ["cache"],
    keyOf: keyOfThing,
    isOf: (row, event) => isSameThing({ source: row.source, id: row.entryId ?? row.id }, event),
    readPage: (cursor, signal) => askTable(source, filter, cursor, signal),
    readRow: ({ id }, signal) => askArtifact(source, id, signal),
  }),
  /** A few artifacts that follow live events. */
  some: (source: string, filter: ArtifactsFilter, limit: number) =>
    queryOptions({
      queryKey: [...artifactQueries.lists(), "some", source, filter, limit],
      queryFn: ({ signal }) => askList(source, filter, null, limit, signal),
      placeholderData: keepPreviousData,
    }),
  details: (source: string | null) => ["artifact", ...(source === null ? [] : [source])] as const,
  /** `contentUrl` in it is signed for five minutes, so it is asked again before that. */
  detail: (source: string, artifact: string) =>
    queryOptions({
      queryKey: [...artifactQueries.details(source), artifact],
      queryFn: ({ signal }) => askArtifact(source, artifact, signal),
      refetchInterval: 240_000,
    }),
  /** `version` tells one state of the file from a later one. */
  preview: (source: string, artifact: string, version: string, window: { offset?: number; limit?: number } = {}) =>
    queryOptions({
      queryKey: ["artifact-preview", source, artifact, version, window] as const,
      queryFn: ({ signal }) =>
        askApi<Preview>(apiUrl(["sources", source, "artifacts", artifact, "preview"], { ...window }), { signal }),
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
    }),
};

/** Where the bytes of an artifact are, for a picture in a signed-in page. */
export function artifactContentUrl(source: string, artifact: string): string {
  return apiUrl(["sources", source, "artifacts", artifact, "content"]);
}
