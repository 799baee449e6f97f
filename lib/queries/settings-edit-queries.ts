import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { SourceCheck } from "../domain/check.ts";
import type { SettingsForm, SourcePlace, SourceSettings, SourceWriting } from "../domain/source-settings.ts";
import { apiUrl, askApi } from "../wire/client.ts";
import { settingsQueries } from "./settings-queries.ts";

/** What a form of a source is drawn from, as the settings file is now. */
export function settingsForm() {
  return queryOptions({
    queryKey: [...settingsQueries.all(), "form"],
    queryFn: ({ signal }) => askApi<SettingsForm>(apiUrl(["settings", "form"]), { signal }),
    // Another reading under the form would take what was typed away.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

interface TriedSource {
  check: SourceCheck;
  /** How the settings file would change; `null` where the check failed. */
  writing: SourceWriting | null;
}

/** Checks what a form holds, and where that went well asks how the file would change. */
export function useTrySource(place: SourcePlace) {
  return useMutation({
    mutationFn: async (candidate: SourceSettings): Promise<TriedSource> => {
      const check = await askApi<SourceCheck>(apiUrl(["settings", "check"]), { body: { candidate, place } });
      if (check.verdict === "fail") return { check, writing: null };
      return { check, writing: await askApi<SourceWriting>(sourcesUrl, { body: { ...place, candidate } }) };
    },
  });
}

const sourcesUrl = apiUrl(["settings", "sources"]);

export function useWriteSource(place: SourcePlace) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (candidate: SourceSettings) =>
      askApi<SourceWriting>(sourcesUrl, { body: { ...place, candidate, write: true } }),
    onSuccess: () => client.invalidateQueries({ queryKey: settingsQueries.list().queryKey }),
  });
}

export function useDiscardDraft() {
  return useMutation({
    mutationFn: (of: string | null) => askApi(apiUrl(["settings", "drafts", "discard"]), { body: { of } }),
  });
}
