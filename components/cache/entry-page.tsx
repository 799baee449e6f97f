"use client";
import { useQuery } from "@tanstack/react-query";
import type { EntryDetail } from "../../lib/domain/entry.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { LostOffer } from "../invalidate/lost-offer.tsx";
import { useInvalidate } from "../invalidate/use-invalidate.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { NameText } from "../ui/names.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { ScrollBox, TextBox } from "../ui/scroll-box.tsx";
import { ErrorState, type Failure, NotRefreshed, Skeleton } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useTrail } from "../ui/trail.ts";
import { useUrlState } from "../ui/url-state.ts";
import { escapeInvisible } from "../ui/visible-text.ts";
import { describeState, titleOfEntry } from "./describe-entry.ts";
import { EntryFacts } from "./entry-facts.tsx";
import { EntryPayloads } from "./entry-payloads.tsx";
import { EntryUsers } from "./entry-users.tsx";
import { isRepairable } from "./invalidate-target.ts";
import { PinButton, PinNotice } from "./pin-controls.tsx";

/** One cache entry: its key, who made it, who used it, what it holds, and the stored record. */
export function EntryPage({ sourceId, entryId }: { sourceId: string; entryId: string }) {
  const query = useQuery(cacheQueries.entry(sourceId, entryId));
  const entry = query.data;
  useTrail([{ label: "Cache", href: "/cache" }, { label: entry ? titleOfEntry(entry) : "Entry" }]);
  if (query.isPending) return <Skeleton lines={8} className="p-4" />;
  if (entry) return <EntryView entry={entry} error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <PageHeader title="Cache entry" />
      {query.error && (
        <LostOffer
          source={sourceId}
          filter={{ entry: entryId }}
          className="px-4 py-3"
          otherwise={
            <ErrorState
              error={query.error}
              what="this entry"
              onRetry={() => query.refetch()}
              list={{ href: "/cache", label: "All entries" }}
            />
          }
        />
      )}
    </>
  );
}

/** `error`: why the entry that is shown could not be read anew. */
function EntryView({ entry, error, onRetry }: { entry: EntryDetail; error: Failure | null; onRetry(): void }) {
  const { get, change } = useUrlState();
  const { dialog, invalidate } = useInvalidate();
  const tab = get("tab") ?? "payloads";
  return (
    <>
      <PageHeader
        title={<NameText name={titleOfEntry(entry)} />}
        actions={
          <>
            {entry.state === "orphan" ? null : <PinButton entries={[entry]} />}
            <Button
              onClick={() =>
                invalidate({
                  source: entry.source,
                  selector: { entries: [entry.id] },
                  subject: titleOfEntry(entry),
                  repairable: isRepairable(entry.state),
                })
              }
            >
              Invalidate…
            </Button>
          </>
        }
      >
        <StatusMark name={entry.state} reason={describeState(entry)} />
        <span>{entry.scope}</span>
        <NotRefreshed error={error} onRetry={onRetry} />
      </PageHeader>
      {dialog}
      <p className="px-4 pb-3">{describeState(entry)}</p>
      {entry.state === "orphan" && (
        <LostOffer source={entry.source} filter={{ entry: entry.id }} className="px-4 pb-3" />
      )}
      <PinNotice entry={entry} />
      {entry.warnings.length > 0 && (
        <ul className="px-4 pb-3 text-amber" aria-label="Warnings">
          {entry.warnings.map(({ code, sentence }) => (
            <li key={`${code} ${sentence}`}>! {escapeInvisible(sentence)}</li>
          ))}
        </ul>
      )}
      <div className="grid items-start gap-6 px-4 pb-8 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <EntryFacts entry={entry} />
        <div className="min-w-0">
          <Tabs
            label="What the entry holds"
            tabs={[
              { id: "payloads", label: "Payloads", count: entry.payloads.length },
              { id: "users", label: "Used by", count: entry.usedBy.filter(({ how }) => how === "reused").length },
              { id: "raw", label: "Stored record" },
            ]}
            value={tab}
            onChange={(id) => change({ tab: id === "payloads" ? null : id }, "push")}
          >
            <div className="pt-4">
              {tab === "users" ? (
                <EntryUsers entry={entry} />
              ) : tab === "raw" ? (
                <RawRecord entry={entry} />
              ) : (
                <EntryPayloads entry={entry} />
              )}
            </div>
          </Tabs>
        </div>
      </div>
    </>
  );
}

function RawRecord({ entry }: { entry: EntryDetail }) {
  if (entry.raw === null) return <p className="text-quiet">No record names this payload, so there is none to show.</p>;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex min-w-0 items-start gap-2 text-label">
        <span className="shrink-0 py-1 text-quiet">Key</span>
        <ScrollBox label="Key" className="max-h-24 min-w-0 py-1">
          <code className="font-mono break-all" translate="no">
            {escapeInvisible(entry.key)}
          </code>
        </ScrollBox>
        <CopyButton text={entry.key} label="Copy the key" />
      </div>
      <TextBox label="Stored record" text={JSON.stringify(entry.raw, null, 2)} className="max-h-[60vh]" />
    </div>
  );
}
