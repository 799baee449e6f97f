"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useMemo } from "react";
import type { Source } from "../../../lib/domain/source.ts";
import { ledgerQueries } from "../../../lib/queries/ledger-queries.ts";
import { oldestOf, sourceQueries } from "../../../lib/queries/source-queries.ts";
import { useAddition } from "../../invalidate/use-addition.tsx";
import { useInvalidate } from "../../invalidate/use-invalidate.tsx";
import { Button } from "../../ui/button.tsx";
import { formatBytes, formatPlural } from "../../ui/format.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, ErrorState, type Failure, Skeleton, StaleBadge } from "../../ui/states.tsx";
import type { TableColumn } from "../../ui/table/column.ts";
import { VirtualTable } from "../../ui/table/virtual-table.tsx";
import { useTrail } from "../../ui/trail.ts";
import { useUrlState } from "../../ui/url-state.ts";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { CacheSections } from "../cache-sections.tsx";
import { titleOfEntry } from "../describe-entry.ts";
import { targetOf } from "../invalidate-target.ts";
import { SourceSelect } from "../source-select.tsx";
import { brokenColumns, orphanColumns } from "./reconcile-columns.tsx";

/** Where index and payloads do not agree: records without their payload, and payloads without a record. */
export function ReconcilePage() {
  const { get, change } = useUrlState();
  const router = useRouter();
  useTrail([{ label: "Cache", href: "/cache" }, { label: "Reconcile" }]);
  const source = get("source");
  const sources = useQuery(sourceQueries.list()).data?.items ?? none;
  const broken = useQuery(ledgerQueries.broken(source));
  const orphans = useQuery(ledgerQueries.orphans(source));
  const columns = useMemo(() => ({ broken: brokenColumns(sources), orphans: orphanColumns(sources) }), [sources]);
  const listed = orphans.data?.items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) ?? 0;
  const isCut = orphans.data?.nextCursor != null;
  const { dialog, invalidate } = useInvalidate();
  const { dialog: additionDialog, add } = useAddition();
  const revivable = orphans.data?.items.filter((one) => one.revivable) ?? [];
  const repair = (state: "broken" | "orphan", noun: string, total: Total | null | undefined) => {
    if (!total?.value) return null;
    const target = targetOf({ selected: [], filter: { ...(source && { source }), state: [state] }, sources, total });
    const refusal = "refusal" in target ? target.refusal : undefined;
    return (
      <Button
        aria-disabled={refusal !== undefined || undefined}
        data-tip={refusal}
        onClick={() =>
          "refusal" in target || invalidate({ ...target, subject: formatPlural(total.value, noun), intent: "repair" })
        }
      >
        Repair…
      </Button>
    );
  };
  const revive = () => {
    if (revivable.length === 0) return null;
    const owners = [...new Set(revivable.map((one) => one.source))];
    const [owner] = owners;
    const refusal = owners.length > 1 ? "A plan is of one source: choose it above." : undefined;
    return (
      <Button
        aria-disabled={refusal !== undefined || undefined}
        data-tip={refusal}
        className="aria-disabled:opacity-55"
        onClick={() =>
          refusal === undefined &&
          owner !== undefined &&
          add({
            source: owner,
            intent: "revive",
            selector: { entries: revivable.map(({ id }) => id) },
            subject: `the entries of ${formatPlural(revivable.length, "payload")}`,
          })
        }
      >
        Revive…
      </Button>
    );
  };
  return (
    <div className="flex h-full min-h-0 flex-col overflow-auto">
      <PageHeader title="Cache" actions={<SourceSelect sources={sources} value={source} onChange={change} />}>
        <CacheSections at="Reconcile" />
        <StaleBadge asOf={oldestOf(sources)} after={120} />
      </PageHeader>
      <Side
        title="Records whose result is missing"
        says={broken.data && formatPlural(broken.data.total?.value ?? 0, "record")}
        action={repair("broken", "record", broken.data?.total)}
        why={broken.data?.why}
        query={broken}
        empty="Every record that would be served has its result."
      >
        <Rows
          label="Records whose result is missing"
          columns={columns.broken}
          rows={broken.data?.items ?? []}
          nameOf={titleOfEntry}
          onOpen={(entry) => router.push(`/cache/${entry.source}/${entry.id}`)}
        />
      </Side>
      <Side
        title="Payloads that no record names"
        says={
          orphans.data?.total &&
          `${formatPlural(orphans.data.total.value, "payload")}, ${isCut ? "the latest of them " : ""}${formatBytes(listed)}`
        }
        action={
          <>
            {revive()} {repair("orphan", "payload", orphans.data?.total)}
          </>
        }
        why={orphans.data?.why}
        query={orphans}
        empty={orphans.data?.total === null ? null : "Every payload is named by a record, or cannot be judged."}
      >
        <Rows
          label="Payloads that no record names"
          columns={columns.orphans}
          rows={orphans.data?.items ?? []}
          nameOf={({ name }) => name}
          onOpen={(artifact) => router.push(`/artifacts/${artifact.source}/${artifact.id}`)}
        />
      </Side>
      {dialog}
      {additionDialog}
    </div>
  );
}

interface Total {
  value: number;
  exact: boolean;
}

interface Answer {
  isPending: boolean;
  error: Failure | null;
  data: { items: readonly unknown[] } | undefined;
  refetch(): unknown;
}

/** One side: how many, what could not be judged, and the list. */
function Side({
  title,
  says,
  action,
  why,
  query,
  empty,
  children,
}: {
  title: string;
  says: string | null | undefined;
  action: ReactNode;
  why: readonly string[] | undefined;
  query: Answer;
  /** `null`: nothing was judged, and `why` says so. */
  empty: string | null;
  children: ReactNode;
}) {
  const isEmpty = query.data?.items.length === 0;
  return (
    <section aria-label={title} className="flex min-h-60 flex-1 flex-col border-t border-line">
      <div className="flex flex-wrap items-baseline gap-x-3 px-4 py-2">
        <h2 className="text-head font-semibold">{title}</h2>
        {says && <span className="text-quiet">{says}</span>}
        <span className="ml-auto">{action}</span>
      </div>
      {why?.map((sentence) => (
        <p key={sentence} role="note" className="m-0 px-4 pb-2 text-label text-amber">
          <span aria-hidden>!</span> {escapeInvisible(sentence)}
        </p>
      ))}
      {query.isPending ? (
        <Skeleton lines={4} className="p-4" />
      ) : query.error && !query.data ? (
        <ErrorState error={query.error} what={title.toLowerCase()} onRetry={() => void query.refetch()} />
      ) : isEmpty ? (
        <EmptyState title={empty === null ? "Not judged" : "Nothing to mend"} className="py-6">
          {empty ?? "See above what is in the way."}
        </EmptyState>
      ) : (
        <div className="min-h-0 flex-1">{children}</div>
      )}
    </section>
  );
}

function Rows<Row extends { source: string; id: string }>({
  label,
  columns,
  rows,
  nameOf,
  onOpen,
}: {
  label: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  nameOf(row: Row): string;
  onOpen(row: Row): void;
}) {
  return (
    <VirtualTable
      className="h-full"
      label={label}
      columns={columns}
      pinned={pinnedColumns}
      rows={rows}
      rowKey={({ source, id }) => `${source}/${id}`}
      rowLabel={nameOf}
      total={rows.length}
      sort={null}
      onOpen={onOpen}
    />
  );
}

const none: readonly Source[] = [];
const pinnedColumns: ReadonlySet<string> = new Set(["entry", "payload"]);
