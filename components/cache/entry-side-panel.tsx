"use client";
import { useQuery } from "@tanstack/react-query";
import type { Entry } from "../../lib/domain/entry.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { ButtonLink } from "../ui/button.tsx";
import { NameText } from "../ui/names.tsx";
import { SidePanel } from "../ui/side-panel.tsx";
import { ErrorState, Skeleton } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { describeState, titleOfEntry } from "./describe-entry.ts";
import { EntryFacts } from "./entry-facts.tsx";

/** The selected entry in short; its page has the rest. */
export function EntrySidePanel({ entry, onClose }: { entry: Entry; onClose(): void }) {
  const query = useQuery(cacheQueries.entry(entry.source, entry.id));
  return (
    <SidePanel
      label="Selected entry"
      title={<NameText name={titleOfEntry(entry)} />}
      actions={
        <ButtonLink look="primary" className="h-7" href={`/cache/${entry.source}/${entry.id}`}>
          Open
        </ButtonLink>
      }
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 p-4">
        <div>
          <StatusMark name={entry.state} />
          <p className="mt-1 text-quiet">{describeState(entry)}</p>
        </div>
        {query.isPending ? (
          <Skeleton lines={8} />
        ) : query.isError ? (
          <ErrorState error={query.error} what="this entry" onRetry={() => query.refetch()} />
        ) : (
          <EntryFacts entry={query.data} />
        )}
      </div>
    </SidePanel>
  );
}
