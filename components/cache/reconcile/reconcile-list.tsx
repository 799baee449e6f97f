"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useMemo } from "react";
import type { Entry } from "../../../lib/domain/entry.ts";
import type { EntryFault } from "../../../lib/domain/orphan.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { type ReconcileFilter, reconcileQueries } from "../../../lib/queries/reconcile-queries.ts";
import { useInvalidate } from "../../invalidate/use-invalidate.tsx";
import { Button } from "../../ui/button.tsx";
import { formatBytes, formatPlural } from "../../ui/format.ts";
import { EmptyState, ErrorState, type Failure, FilteredEmptyState, Skeleton } from "../../ui/states.tsx";
import type { TableColumn } from "../../ui/table/column.ts";
import { VirtualTable } from "../../ui/table/virtual-table.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { titleOfEntry } from "../describe-entry.ts";
import { targetOf } from "../invalidate-target.ts";
import { BucketList } from "./bucket-list.tsx";
import type { ReconcileKind } from "./kinds.ts";
import { entryColumns, orphanColumns, type Reason } from "./reconcile-columns.tsx";
import { ReviveButton } from "./revive-button.tsx";

export interface ReconcileListProps {
  kind: ReconcileKind;
  filter: ReconcileFilter;
  sources: readonly Source[];
  onClear(): void;
}

/** One kind: how many, what they are, what could not be judged, what mends them, and the rows. */
export function ReconcileList(props: ReconcileListProps) {
  const { side } = props.kind;
  return side === "payload" ? <OrphanList {...props} /> : <EntryList {...props} side={side} />;
}

function EntryList({ side, ...props }: ReconcileListProps & { side: "index" | EntryFault }) {
  const router = useRouter();
  const query = useQuery(reconcileQueries.entries(side, props.filter));
  const columns = useMemo(() => entryColumns(side, props.sources), [side, props.sources]);
  const total = query.data?.total;
  return (
    <Listed
      {...props}
      query={query}
      says={total && `${total.exact ? "" : "at least "}${formatPlural(total.value, props.kind.one, props.kind.many)}`}
    >
      <Rows<Entry & Reason>
        label={props.kind.title}
        columns={columns}
        rows={query.data?.items ?? []}
        nameOf={titleOfEntry}
        onOpen={(entry) => router.push(`/cache/${entry.source}/${entry.id}`)}
      />
    </Listed>
  );
}

function OrphanList(props: ReconcileListProps) {
  const router = useRouter();
  const query = useQuery(reconcileQueries.orphans(props.filter));
  const columns = useMemo(() => orphanColumns(props.sources), [props.sources]);
  const { items = [], total, nextCursor } = query.data ?? {};
  const listed = items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const cut = nextCursor ? "the latest of them " : "";
  return (
    <Listed
      {...props}
      query={query}
      says={total && `${formatPlural(total.value, props.kind.one, props.kind.many)}, ${cut}${formatBytes(listed)}`}
      mends={<ReviveButton orphans={items} />}
      before={<BucketList sources={props.sources} source={props.filter.source} />}
    >
      <Rows
        label={props.kind.title}
        columns={columns}
        rows={items}
        nameOf={({ name }) => name}
        onOpen={(artifact) => router.push(`/artifacts/${artifact.source}/${artifact.id}`)}
      />
    </Listed>
  );
}

interface Answer {
  isPending: boolean;
  error: Failure | null;
  data: { items: readonly unknown[]; why: readonly string[]; total: Total | null } | undefined;
  refetch(): unknown;
}
interface Total {
  value: number;
  exact: boolean;
}

function Listed({
  kind,
  filter,
  sources,
  onClear,
  query,
  says,
  mends,
  before,
  children,
}: ReconcileListProps & {
  query: Answer;
  says: string | null | undefined;
  /** What else mends it. */
  mends?: ReactNode;
  before?: ReactNode;
  children: ReactNode;
}) {
  const { data } = query;
  return (
    <section aria-label={kind.title} className="flex h-full min-h-0 flex-col overflow-auto">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 pt-2 pb-1">
        <h2 className="text-head font-semibold">{kind.title}</h2>
        {says && <span className="text-quiet">{says}</span>}
        <span className="ml-auto flex flex-wrap gap-2">
          {mends}
          <MendButton kind={kind} filter={filter} sources={sources} total={data?.total ?? null} />
        </span>
      </div>
      <p className="m-0 px-4 pb-2 text-quiet">{kind.says}</p>
      {before}
      {data?.why.map((sentence) => (
        <p key={sentence} role="note" className="m-0 px-4 pb-2 text-label text-amber">
          <span aria-hidden>!</span> {escapeInvisible(sentence)}
        </p>
      ))}
      {query.isPending ? (
        <Skeleton lines={4} className="p-4" />
      ) : !data ? (
        query.error && (
          <ErrorState error={query.error} what={kind.title.toLowerCase()} onRetry={() => void query.refetch()} />
        )
      ) : data.items.length > 0 ? (
        <div className="min-h-60 flex-1 border-t border-line">{children}</div>
      ) : filter.q ? (
        <FilteredEmptyState what={kind.many} filter={filter.q} onClear={onClear} />
      ) : (
        <EmptyState title={data.total ? "Nothing to mend" : "Not judged"} className="py-6">
          {data.total ? kind.none : "See above what is in the way."}
        </EmptyState>
      )}
    </section>
  );
}

function MendButton({
  kind,
  filter: { source, q },
  sources,
  total,
}: Pick<ReconcileListProps, "kind" | "filter" | "sources"> & { total: Total | null }) {
  const { dialog, invalidate } = useInvalidate();
  if (!total?.value) return null;
  const filter = { ...kind.selector, ...(source && { source }), ...(q && { q }) };
  const target = targetOf({ selected: [], filter, sources, total });
  const refusal = "refusal" in target ? target.refusal : undefined;
  const subject = formatPlural(total.value, kind.one, kind.many);
  return (
    <>
      <Button
        aria-disabled={refusal !== undefined || undefined}
        data-tip={refusal}
        className="aria-disabled:opacity-55"
        onClick={() => "refusal" in target || invalidate({ ...target, subject, intent: kind.intent })}
      >
        {kind.mend}
      </Button>
      {dialog}
    </>
  );
}

function Rows<Row extends Reason & { id: string }>({
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

const pinnedColumns: ReadonlySet<string> = new Set(["entry", "payload"]);
