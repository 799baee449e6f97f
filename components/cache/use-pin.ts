import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Entry } from "../../lib/domain/entry.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { pinEntries } from "../../lib/queries/keeping-queries.ts";
import { formatPlural } from "../ui/format.ts";
import { showToast } from "../ui/toast.tsx";

/** Pins entries or lets them go, of several sources as well, and says what came of it. */
export function usePin(): { isPending: boolean; pin(entries: readonly Entry[], pinned: boolean): void } {
  const client = useQueryClient();
  const pinning = useMutation({
    mutationFn: async ({ entries, pinned }: { entries: readonly Entry[]; pinned: boolean }) => {
      const bySource = [...Map.groupBy(entries, ({ source }) => source)];
      for (const [source, some] of bySource) await pinEntries({ source, entries: some.map(({ id }) => id), pinned });
    },
    onSuccess: (_, { entries, pinned }) => {
      if (entries.length > 1)
        showToast(`${formatPlural(entries.length, "entry", "entries")} ${pinned ? "pinned" : "unpinned"}.`);
    },
    onError: (error) => void showToast(error.message),
    // Tables hold their rows still against live events; this change is the reader's own.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: cacheQueries.lists() }),
        client.invalidateQueries({ queryKey: ["entry"] }),
      ]),
  });
  return { isPending: pinning.isPending, pin: (entries, pinned) => pinning.mutate({ entries, pinned }) };
}
