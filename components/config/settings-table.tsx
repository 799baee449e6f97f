"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Setting } from "../../lib/domain/settings.ts";
import { settingsQueries } from "../../lib/queries/settings-queries.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { formatCount, missing } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { ErrorState, Skeleton } from "../ui/states.tsx";
import type { TableColumn } from "../ui/table/column.ts";
import { VirtualTable } from "../ui/table/virtual-table.tsx";

const origins = {
  default: "default",
  "system-file": "the system's file",
  file: "settings file",
  environment: "environment",
  "command-line": "command line",
} as const satisfies Record<Setting["origin"], string>;

/** Every setting that counts, where it comes from, and where another place says otherwise. */
export function SettingsTable() {
  const query = useQuery(settingsQueries.list());
  const sources = useQuery(sourceQueries.list());
  const columns = useMemo(() => {
    const labels = new Map(sources.data?.items.map(({ id, label }) => [id, label]));
    return makeColumns((of) => (of === "server" ? "server" : (labels.get(of) ?? of)));
  }, [sources.data]);
  if (query.isPending) return <Skeleton lines={8} className="p-4" />;
  if (!query.data) return <ErrorState error={query.error} what="the settings" onRetry={() => void query.refetch()} />;
  return (
    <VirtualTable<Setting>
      className="h-full"
      label="Settings"
      columns={columns}
      pinned={pinned}
      rows={query.data.items}
      sort={null}
      rowKey={({ id }) => id}
      rowLabel={({ of, name }) => `${of} ${name}`}
      total={query.data.items.length}
    />
  );
}

const pinned: ReadonlySet<string> = new Set(["name"]);

function makeColumns(labelOf: (of: string) => string): TableColumn<Setting>[] {
  return [
    { id: "name", title: "Setting", width: 220, cell: ({ name }) => <NameText name={name} tail={8} /> },
    { id: "of", title: "Of", width: 160, cell: ({ of }) => <NameText name={labelOf(of)} tail={8} /> },
    { id: "value", title: "Value", width: 280, cell: ({ value }) => <NameText name={wordsOf(value)} tail={16} /> },
    { id: "origin", title: "Origin", width: 130, cell: ({ origin }) => origins[origin] },
    {
      id: "from",
      title: "From",
      width: 260,
      cell: ({ from }) => (from ? <NameText name={from} tail={20} /> : missing),
    },
    {
      id: "notes",
      title: "Notes",
      width: 300,
      grow: true,
      cell: ({ drift, warning }) => {
        const notes = [drift, warning].filter((note) => note !== undefined).join(" ");
        return notes ? <NameText name={notes} tail={0} className="text-amber" /> : missing;
      },
    },
  ];
}

/** Of a secret only whether it is set. */
function wordsOf(value: Setting["value"]): string {
  if (value === null) return missing;
  if (typeof value === "number") return Number.isInteger(value) ? formatCount(value) : String(value);
  return typeof value === "object" ? (value.set ? "set" : "not set") : String(value);
}
