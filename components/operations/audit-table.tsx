"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { AuditRecord } from "../../lib/domain/operation.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { formatCount } from "../ui/format.ts";
import { HashText, NameText } from "../ui/names.tsx";
import { EmptyState, ErrorState, Skeleton } from "../ui/states.tsx";
import type { TableColumn } from "../ui/table/column.ts";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { RelativeTime } from "../ui/values.tsx";

const columns: TableColumn<AuditRecord>[] = [
  { id: "seq", title: "No.", width: 64, align: "end", cell: ({ seq }) => formatCount(seq) },
  { id: "at", title: "When", width: 96, cell: ({ at }) => <RelativeTime at={at} /> },
  { id: "by", title: "By", width: 96, cell: ({ by }) => <NameText name={by} /> },
  { id: "action", title: "Action", width: 130, cell: ({ action }) => action },
  { id: "result", title: "Result", width: 240, cell: ({ result }) => <NameText name={result} tail={0} /> },
  {
    id: "subject",
    title: "Subject",
    width: 300,
    grow: true,
    cell: ({ subject }) => <NameText name={subject} tail={16} />,
  },
  { id: "hash", title: "Hash", width: 90, cell: ({ hash }) => <HashText hash={hash} copy={false} /> },
];

/** Who changed what, newest first. */
export function AuditTable() {
  const query = useInfiniteQuery(operationQueries.audit());
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  if (query.isPending) return <Skeleton lines={8} className="p-4" />;
  if (!query.data) return <ErrorState error={query.error} what="the audit" onRetry={() => void query.refetch()} />;
  if (rows.length === 0)
    return <EmptyState title="Nothing has been changed yet">Each change and who made it is kept here.</EmptyState>;
  return (
    <VirtualTable<AuditRecord>
      className="h-full"
      label="Audit"
      columns={columns}
      rows={rows}
      sort={null}
      rowKey={({ seq }) => String(seq)}
      rowLabel={({ action, subject }) => `${action} ${subject}`}
      total={query.data.pages[0]?.total?.value ?? null}
      hasMore={query.hasNextPage}
      loadingMore={query.isFetchingNextPage}
      moreFailed={query.isFetchNextPageError ? query.error : null}
      onNeedMore={query.fetchNextPage}
    />
  );
}
