import {
  queryOptions,
  experimental_streamedQuery as streamedQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { type CheckPart, type CheckStep, type SourceCheck, worstOf } from "../domain/check.ts";
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

/** Looks at one stage of a source again; each step takes the place of the one that was told before. */
export function useStageCheck(source: string) {
  const client = useQueryClient();
  const { queryKey } = settingsQueries.check(source);
  return useMutation({
    mutationFn: async (part: CheckPart) => {
      for await (const line of askLines<CheckLine>(apiUrl(["settings", "check"]), { body: { source, ...part } }))
        if ("step" in line) client.setQueryData(queryKey, (told = []) => replaceStep(told, line.step));
    },
  });
}

function replaceStep(told: readonly CheckLine[], step: CheckStep): CheckLine[] {
  const replace = (one: CheckStep) => (one.id === step.id ? step : one);
  return told.map((line) => {
    if ("step" in line) return { step: replace(line.step) };
    const steps = line.answer.steps.map(replace);
    return { answer: { ...line.answer, steps, verdict: worstOf(steps) } };
  });
}
