import { queryOptions, experimental_streamedQuery as streamedQuery } from "@tanstack/react-query";
import type { CheckStep, SourceCheck } from "../domain/check.ts";
import type { SettingsAnswer } from "../domain/settings.ts";
import { apiUrl, askApi, askLines } from "../wire/client.ts";

/** One line of a check: a step that has ended, or the whole when all have. */
export type CheckLine = { step: CheckStep } | { answer: SourceCheck };

export const settingsQueries = {
  all: () => ["settings"] as const,
  list: () =>
    queryOptions({
      queryKey: [...settingsQueries.all(), "list"],
      queryFn: ({ signal }) => askApi<SettingsAnswer>(apiUrl(["settings"]), { signal }),
      // Nothing tells of a file that was written.
      refetchInterval: 15_000,
    }),
  /** Looks at the source anew: never by itself, since stores are connected to. */
  check: (source: string) =>
    queryOptions({
      queryKey: [...settingsQueries.all(), "check", source],
      queryFn: streamedQuery<CheckLine>({
        streamFn: ({ signal }) => askLines<CheckLine>(apiUrl(["settings", "check"]), { body: { source }, signal }),
        refetchMode: "reset",
      }),
      staleTime: Number.POSITIVE_INFINITY,
    }),
};
