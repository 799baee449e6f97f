"use client";
import { Download } from "lucide-react";
import type { LedgerGrouping, LedgerItem } from "../../../lib/domain/ledger.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { Input, Select } from "../../ui/input.tsx";
import { Menu } from "../../ui/menu.tsx";
import { showToast } from "../../ui/toast.tsx";
import type { UrlChange } from "../../ui/url-state.ts";
import { SourceSelect } from "../source-select.tsx";
import { groupings, groupingWords, type LedgerView, spans } from "./ledger-view.ts";

export interface LedgerToolbarProps {
  view: LedgerView;
  sources: readonly Source[];
  items: readonly LedgerItem[];
  onChange(changes: UrlChange): void;
}

/** The ring stays while the picker inside the field has the focus. */
const dayClass = "focus-within:outline-2 focus-within:outline-accent";

/** What the ledger is told by, of which source and of which days; and its file. */
export function LedgerToolbar({ view, sources, items, onChange }: LedgerToolbarProps) {
  const range = view.days !== null ? String(view.days) : view.from || view.to ? "chosen" : "all";
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-2">
      <Select
        aria-label="Told by"
        value={view.by}
        onChange={({ target }) => onChange({ by: target.value, sort: null })}
      >
        {groupings.map((by) => (
          <option key={by} value={by}>
            by {groupingWords[by].label}
          </option>
        ))}
      </Select>
      <SourceSelect sources={sources} value={view.source} onChange={onChange} />
      <Select
        aria-label="Days"
        value={range}
        onChange={({ target }) => onChange({ days: spanOf(target.value), from: null, to: null })}
      >
        <option value="all">all days</option>
        {spans.map((span) => (
          <option key={span} value={span}>
            last {span} days
          </option>
        ))}
        {range === "chosen" && <option value="chosen">chosen days</option>}
      </Select>
      <span className="flex items-center gap-1.5 text-label text-quiet">
        from
        <Input
          type="date"
          className={dayClass}
          aria-label="From day"
          value={view.from ?? ""}
          onChange={({ target }) => onChange({ from: target.value, days: null })}
        />
      </span>
      <span className="flex items-center gap-1.5 text-label text-quiet">
        to
        <Input
          type="date"
          className={dayClass}
          aria-label="To day"
          value={view.to ?? ""}
          onChange={({ target }) => onChange({ to: target.value, days: null })}
        />
      </span>
      <Menu
        label="Export"
        align="end"
        items={[
          { label: "CSV", hint: "figures unrounded", onSelect: () => void exportLedger(view.by, items, "safe CSV") },
          { label: "JSON", hint: "figures unrounded", onSelect: () => void exportLedger(view.by, items, "JSON") },
        ]}
      >
        <Download aria-hidden className="size-4 text-quiet" />
        <span className="max-md:sr-only">Export</span>
      </Menu>
    </div>
  );
}

function spanOf(value: string): string | null {
  return spans.some((span) => String(span) === value) ? value : null;
}

/** What writes files is loaded when one is asked for. */
async function exportLedger(by: LedgerGrouping, items: readonly LedgerItem[], format: "safe CSV" | "JSON") {
  try {
    const [{ saveTable }, { tableOfLedger }] = await Promise.all([
      import("../../charts/frame/save-chart.ts"),
      import("./export-ledger.ts"),
    ]);
    saveTable(`ledger-by-${by}`, format, tableOfLedger(by, items));
  } catch (error) {
    showToast(error instanceof Error ? error.message : "The export failed.");
  }
}
