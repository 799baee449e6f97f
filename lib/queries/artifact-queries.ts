import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Artifact, ArtifactDetail } from "../domain/entry.ts";
import type { Preview } from "../domain/preview.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";

export interface ArtifactsFilter {
  prefix?: string;
  run?: string;
  q?: string;
  sort?: string;
}

export const artifactQueries = {
  /** Lists, of every source and filter. */
  lists: () => ["artifacts"] as const,
  list: (source: string, filter: ArtifactsFilter = {}) =>
    infiniteQueryOptions({
      queryKey: [...artifactQueries.lists(), source, filter],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<Artifact>>(
          apiUrl(["sources", source, "artifacts"], { ...filter, cursor: pageParam, limit: pageParam ? 500 : 100 }),
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  /** `contentUrl` in it is signed for five minutes, so it is asked again before that. */
  detail: (source: string, artifact: string) =>
    queryOptions({
      queryKey: ["artifact", source, artifact, "detail"] as const,
      queryFn: ({ signal }) => askApi<ArtifactDetail>(apiUrl(["sources", source, "artifacts", artifact]), { signal }),
      refetchInterval: 240_000,
    }),
  preview: (source: string, artifact: string, window: { offset?: number; limit?: number } = {}) =>
    queryOptions({
      queryKey: ["artifact", source, artifact, "preview", window] as const,
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
