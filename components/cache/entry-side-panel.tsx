"use client";
import { useQuery } from "@tanstack/react-query";
import type { Entry } from "../../lib/domain/entry.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { ButtonLink } from "../ui/button.tsx";
import { NameText } from "../ui/names.tsx";
import { SidePanel } from "../ui/side-panel.tsx";
import { ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { describeState, titleOfEntry } from "./describe-entry.ts";
import { EntryFacts } from "./entry-facts.tsx";

export interface EntrySidePanelProps {
  source: string;
  entry: string;
  /** The row, which is at hand before the entry's own answer comes. */
  row: Entry | undefined;
  onClose(): void;
}

/** The selected entry in short; its page has the rest. */
export function EntrySidePanel({ source, entry: entryId, row, onClose }: EntrySidePanelProps) {
  const query = useQuery(cacheQueries.entry(source, entryId));
  const entry = query.data ?? row;
  return (
    <SidePanel
      label="Selected entry"
      title={<NameText name={entry ? titleOfEntry(entry) : entryId} />}
      actions={
        <ButtonLink look="primary" className="h-7" href={`/cache/${source}/${entryId}`}>
          Open
        </ButtonLink>
      }
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 p-4">
        {entry && (
          <div>
            <StatusMark name={entry.state} />
            <p className="mt-1 text-quiet">{describeState(entry)}</p>
          </div>
        )}
        {query.data && query.error && <InlineError error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending ? (
          <Skeleton lines={8} />
        ) : !query.data ? (
          <ErrorState error={query.error} what="this entry" onRetry={() => query.refetch()} />
        ) : (
          <EntryFacts entry={query.data} />
        )}
      </div>
    </SidePanel>
  );
}
