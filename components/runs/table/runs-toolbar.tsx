"use client";
import { Columns3, Download, Rows3 } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Menu, type MenuItem } from "../../ui/menu.tsx";
import { type Grouping, groupings } from "./runs-view.ts";

export interface RunsToolbarProps {
  group: Grouping | null;
  onGroup(group: Grouping | null): void;
  onColumns(): void;
  columnCount: number;
  total: number | null;
  selectedCount: number;
  exporting: boolean;
  onExport(what: "all" | "selected", format: "csv" | "json"): void;
}

/** What one does with the table as a whole. */
export function RunsToolbar(props: RunsToolbarProps) {
  const { group, onGroup, onColumns, columnCount, total, selectedCount, exporting, onExport } = props;
  const exportItems = (what: "all" | "selected", heading: string): MenuItem[] => [
    { kind: "heading", label: heading },
    { label: "CSV", hint: "columns as shown", onSelect: () => onExport(what, "csv") },
    { label: "JSON", hint: "columns as shown", onSelect: () => onExport(what, "json") },
  ];
  return (
    <div className="flex shrink-0 items-center gap-2">
      <Menu
        label="Group"
        items={[null, ...groupings].map((one) => ({
          kind: "check" as const,
          label: one === null ? "No groups" : one === "experiment" ? "By experiment" : "By status",
          checked: one === group,
          onSelect: () => onGroup(one),
        }))}
      >
        <Rows3 aria-hidden className="size-4 text-quiet" />
        <span className="max-md:sr-only">{group ? `By ${group}` : "Group"}</span>
      </Menu>
      <Button onClick={onColumns} aria-haspopup="dialog">
        <Columns3 aria-hidden className="size-4 text-quiet" />
        <span className="max-md:sr-only">Columns</span>
        <span className="text-label text-quiet">{columnCount}</span>
      </Button>
      <Menu
        label="Export"
        align="end"
        items={[
          ...(selectedCount > 0 ? exportItems("selected", `${formatPlural(selectedCount, "selected run")}`) : []),
          ...exportItems("all", total === null ? "All that match" : `All ${formatCount(total)} that match`),
        ]}
      >
        <Download aria-hidden className="size-4 text-quiet" />
        <span className="max-md:sr-only">{exporting ? "Exporting…" : "Export"}</span>
      </Menu>
    </div>
  );
}
